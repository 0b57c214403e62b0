"""Bodies of answers: JSON pages with the way on, and the tag by which they are asked for again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.http import parse_etags
from rest_framework.renderers import BaseRenderer

NOT_MODIFIED = 304


class JsonRenderer(BaseRenderer):
    """Named for the negotiation; views write their bodies themselves."""

    media_type = "application/json"
    format = "json"

    def render(self, data: Any, accepted: Any = None, context: Any = None) -> bytes:
        return json_text(data).encode()


class CsvRenderer(JsonRenderer):
    media_type = "text/csv"
    format = "csv"


class NdjsonRenderer(JsonRenderer):
    media_type = "application/x-ndjson"
    format = "ndjson"


def json_text(value: Any) -> str:
    """JSON with Chinese as it is, days and instants in ISO 8601."""
    return json.dumps(value, ensure_ascii=False, default=_plain, allow_nan=False)


def page_body(request: HttpRequest, texts: Sequence[str], after: int | None) -> str:
    """A page of documents already written, and the address of the next one."""
    head = {"mark": settings.DEMO_MARK} if settings.DEMO else {}
    way_on = {"next": next_address(request, after), "after": after}
    opening = json_text({**head, **way_on})[:-1]
    return f'{opening}, "results": [{",".join(texts)}]}}'


def next_address(request: HttpRequest, after: int | None) -> str | None:
    """The same address asking for what follows `after`; None on the last page."""
    if after is None:
        return None
    query = request.GET.copy()
    query["after"] = str(after)
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")


def with_etag(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Tag the body; 304 without it where the caller holds the same one already."""
    tag = etag_of(response.content)
    if tag in parse_etags(request.headers.get("If-None-Match", "")):
        response = HttpResponse(status=NOT_MODIFIED)
    response["ETag"] = tag
    # 浏览器与代理一律不存；调用方自己凭 ETag 再问。
    response["Cache-Control"] = "private, no-cache"
    return response


def etag_of(body: bytes) -> str:
    return f'"{hashlib.blake2b(body, digest_size=16).hexdigest()}"'


def _plain(value: Any) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value)
