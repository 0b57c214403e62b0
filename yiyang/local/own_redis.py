"""A pytest plugin: each of several test processes uses a Redis database of its own."""

import os
from urllib.parse import urlsplit

# 在读设置之前：同用一个库时，一个进程清缓存会清掉另一个的。
if (worker := os.environ.get("PYTEST_XDIST_WORKER")) and "REDIS_URL" in os.environ:
    address = urlsplit(os.environ["REDIS_URL"])
    os.environ["REDIS_URL"] = address._replace(path=f"/{worker.removeprefix('gw')}").geturl()
