"""先整册下载机构，再一页一页接着读；只用标准库。

用法：YIYANG_URL=https://… YIYANG_TOKEN=yy_… python quick_start.py
"""

import json
import os
import urllib.request

API = os.environ["YIYANG_URL"] + "/api/v1"
HEADERS = {"Authorization": "Bearer " + os.environ["YIYANG_TOKEN"]}


def ask(path, **headers):
    request = urllib.request.Request(API + path, headers={**HEADERS, **headers})
    return urllib.request.urlopen(request, timeout=60)


def whole_register(code):
    """整册：一行一条，边收边读。"""
    with ask(f"/{code}/", Accept="application/x-ndjson") as answer:
        for line in answer:
            yield json.loads(line)


def pages(code):
    """一页一页：after 由上一页给出，末页为 null。"""
    after = None
    while True:
        query = "?limit=100" + (f"&after={after}" if after is not None else "")
        with ask(f"/{code}/{query}") as answer:
            page = json.load(answer)
        yield from page["results"]
        after = page["after"]
        if after is None:
            return


institutions = {one["code"]: one for one in whole_register("institutions")}
assert list(institutions) == [one["code"] for one in pages("institutions")]
print("机构", len(institutions), "家")
