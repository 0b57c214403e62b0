"""先整册下载机构，再接着读变更，手里的一份就与门户一直相同；只用标准库。

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
    with ask(f"/{code}/?as_of=2100-12-31", Accept="application/x-ndjson") as answer:
        for line in answer:
            yield json.loads(line)


def changes(after):
    """一页一页读变更，直到读到了头；给出每页与读到的编号。"""
    more = True
    while more:
        with ask(f"/changes/?after={after}&limit=1000") as answer:
            page = json.load(answer)
        after, more = page["after"], page["more"]
        yield page["results"], after


with ask("/changes/?limit=1") as answer:
    head = json.load(answer)["head"]
profiles = {one["id"]: one for one in whole_register("profiles")}

for results, reached in changes(head):  # 读完一页就记下 reached，中断了从它重来
    for one in results:
        if one["resource"] != "profiles":
            continue
        if one["operation"] == "tombstone":
            profiles.pop(one["key"], None)
        else:
            profiles[one["key"]] = one["document"]

print("机构概况", len(profiles), "段，读到变更", reached)
