"""Uploads of a whole register over the API: sending one, its receipt, its rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from http import HTTPStatus
from typing import Any, cast
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase, QueryDict
from rest_framework import serializers
from rest_framework.request import Request

from institutions.models import RegisterUpload, UploadRow, UploadState
from institutions.uploads.receiving import Sent, fingerprint, month_end_of, receive
from yiyang.access.scope import Actor
from yiyang.api.asking import (
    LARGEST_KEY,
    LARGEST_PAGE,
    PAGE,
    asked_number,
    refuse_unknown,
)
from yiyang.api.bodies import json_text, page_body, with_etag
from yiyang.api.errors import Fault, Refusal, bad_parameter, refused
from yiyang.api.models import ApiToken
from yiyang.api.parsing import JSON_TYPE, LINES_TYPE, refuse_kind, text_of, value_of
from yiyang.api.resources import Document, Resource
from yiyang.api.views import JSON, UID, ApiView, ListView, actor_of, inner
from yiyang.api.write_views import mark
from yiyang.api.writing import RowStatus
from yiyang.listing.filters import ListFilter, a_day, choice

MONTH, ASKS, SHORT = "month", "request_changes", "accept_short"
ASKED = frozenset({MONTH, ASKS, SHORT})
STATUS = "status"
NO_MONTH = "请写报送的月份，如 month=2026-03。"
NO_ROWS = (
    "内容请写成 {“rows”: [ … ]}（外层只有 rows，月份写在地址里），或一行一条的 NDJSON；至少一行。"
)
MOST_ROWS = 10_000
TOO_MANY = f"整册至多 {MOST_ROWS} 行。"


class UploadDocument(serializers.ModelSerializer[Any]):
    """The receipt of a whole register."""

    month = serializers.CharField(help_text="月份，如 2026-03")
    counts = serializers.DictField(child=serializers.IntegerField(), help_text="各种结果的行数")

    class Meta:
        model = RegisterUpload
        fields = (
            *("uid", "month", "sha256", "rows", "asks", "state", "counts", "message"),
            *("received_at", "finished_at", "changes", "first_number", "last_number"),
        )


class UploadFilter(ListFilter):
    """Uploads by state and month."""

    is_dated = False
    state = choice("状态", UploadState.choices)
    first = a_day("月末日从", field="month_end", lookup="gte")
    last = a_day("月末日到", field="month_end", lookup="lte")


def uploads(actor: Actor, day: date) -> QuerySet[RegisterUpload]:
    """The caller's own: what other accounts have sent is not theirs to read."""
    return RegisterUpload.objects.visible_to(actor).filter(token__user=actor.user_id)


def documents_of(found: Sequence[RegisterUpload], actor: Actor, day: date) -> list[Document]:
    return [document_of(one) for one in found]


def document_of(upload: RegisterUpload) -> Document:
    names = set(UploadDocument.Meta.fields) - {"month"}
    plain = {name: getattr(upload, name) for name in UploadDocument.Meta.fields if name in names}
    return {**plain, "month": f"{upload.month_end:%Y-%m}"}


UPLOADS = Resource(
    code="uploads",
    title="民政整册",
    serializer=UploadDocument,
    rows=uploads,
    filterset=UploadFilter,
    lookup="uid",
    lookup_name="uid",
    documents=documents_of,
    note=(
        "整册的回执：内容指纹（请求内容的 SHA-256）、行数、各种结果的行数，"
        "与这次写入在变更里的首末编号。"
    ),
)


class UploadListView(ListView):
    """Uploads received, and a new one."""

    def post(self, request: Request) -> HttpResponse:
        query = request._request.GET
        refuse_unknown(query, ASKED)
        sent = _sent(request, query)
        token = cast(ApiToken, request.auth)
        try:
            upload, is_new = receive(actor=actor_of(request), token=token, sent=sent)
        except ValidationError as error:
            raise refused(Refusal.UPLOAD_REFUSED, detail="；".join(error.messages)) from None
        upload.refresh_from_db()
        response = HttpResponse(
            json_text({**mark(), **document_of(upload)}),
            status=HTTPStatus.ACCEPTED if is_new else HTTPStatus.OK,
            content_type=JSON,
        )
        response["Location"] = f"/api/v1/{UPLOADS.code}/{upload.uid}/"
        return response


class UploadRowsView(ApiView):
    """What became of each row of one upload, as far as the token reaches."""

    resource = UPLOADS

    def get(self, request: Request, key: str) -> HttpResponseBase:
        query = request._request.GET
        refuse_unknown(query, frozenset({"after", "limit", STATUS}))
        upload = upload_of(request, key)
        rows = UploadRow.objects.visible_to(actor_of(request)).filter(upload=upload)
        if STATUS in query:
            rows = rows.filter(status__in=_statuses(str(query[STATUS])))
        after = asked_number(query, "after", LARGEST_KEY)
        limit = asked_number(query, "limit", LARGEST_PAGE, least=1) or PAGE
        if after is not None:
            rows = rows.filter(number__gt=after)
        found = list(rows.order_by("number")[: limit + 1])
        way_on = found[limit - 1].number if len(found) > limit else None
        texts = [json_text(row_document(one)) for one in found[:limit]]
        body = page_body(request._request, texts, way_on)
        return with_etag(request._request, HttpResponse(body, content_type=JSON))


def row_document(row: UploadRow) -> Document:
    return {
        "row": row.number,
        "key": {"code": row.code},
        "status": row.status or None,
        "requests": row.requests,
        "errors": row.errors,
    }


def upload_of(request: Request, key: str) -> RegisterUpload:
    """The caller's upload of that number. ApiRefusal 404 where there is none."""
    actor = actor_of(request)
    found = None
    if UID.fullmatch(key):
        found = uploads(actor, inner(request).actor.day).filter(uid=UUID(key)).first()
    if found is None:
        raise refused(Refusal.NOT_FOUND)
    return found


def _sent(request: Request, query: QueryDict) -> Sent:
    kind = refuse_kind(request._request, (JSON_TYPE, LINES_TYPE))
    content = _content(request)
    bodies = _rows_of_lines(content) if kind == LINES_TYPE else _rows_of_json(content)
    if len(bodies) > MOST_ROWS:
        raise refused(Refusal.TOO_LARGE, detail=TOO_MANY)
    return Sent(
        month_end=_month(query),
        sha256=fingerprint(content),
        bodies=bodies,
        asks=_switch(query, ASKS),
        accepts_short=_switch(query, SHORT),
    )


def _content(request: Request) -> bytes:
    """The body as it came; a whole register may be larger than a form."""
    most: int = settings.API_UPLOAD_MAX_BYTES
    content: bytes = request._request.read(most + 1)
    if len(content) > most:
        raise refused(Refusal.TOO_LARGE)
    return content


def _rows_of_json(content: bytes) -> list[Any]:
    body = value_of(text_of(content))
    if not isinstance(body, dict) or set(body) != {"rows"} or not isinstance(body["rows"], list):
        raise _no_rows()
    if not body["rows"]:
        raise _no_rows()
    return list(body["rows"])


def _rows_of_lines(content: bytes) -> list[Any]:
    lines = [line for line in text_of(content).split("\n") if line.strip()]
    if not lines:
        raise _no_rows()
    return [value_of(line) for line in lines]


def _no_rows() -> Exception:
    return refused(Refusal.INVALID, faults=(Fault(NO_ROWS, "required", pointer="#/rows"),))


def _month(query: QueryDict) -> date:
    text = str(query.get(MONTH, ""))
    try:
        if len(text) != len("2026-03"):
            raise ValueError(text)
        month_end = month_end_of(text)
    except (ValueError, OverflowError):
        raise bad_parameter(MONTH, NO_MONTH, "not_a_month") from None
    if month_end.year < FIRST_YEAR:
        raise bad_parameter(MONTH, NO_MONTH, "not_a_month")
    return month_end


def _switch(query: QueryDict, name: str) -> bool:
    value = query.get(name, "0")
    if value not in ("0", "1"):
        raise bad_parameter(name, "请写 1（是）或 0（否）。", "invalid_choice")
    return value == "1"


def _statuses(text: str) -> list[str]:
    asked = text.split(",")
    known = {status.value for status in RowStatus}
    if not set(asked) <= known:
        listed = "、".join(sorted(known))
        raise bad_parameter(STATUS, f"只能是其中之一：{listed}；几个用逗号分开。", "invalid_choice")
    return asked


FIRST_YEAR = 2000
