"""Receiving a whole register: read, measured against the last one, kept, and queued."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction

from institutions.api.entries import UploadEntry
from institutions.ingest.admitting import institutions_seen
from institutions.models import Region, RegisterUpload, UploadRow, UploadState
from institutions.uploads import queue
from yiyang.access.scope import Actor
from yiyang.api.bodies import json_text
from yiyang.api.models import ApiToken
from yiyang.api.writing import Outcome, Row, RowStatus, Writing

ROWS_AT_ONCE = 1000
NOT_OVER = "{month} 还没有结束；请在月末之后报送那个月的整册。"
HALF = (
    "整册只有 {sent} 行，{what} {held} 行，像是只有一部分，没有收下。请核对是否完整；"
    "确实少了这么多，请加 accept_short=1 重发。"
)
LAST_ONE, REGISTER = "上一次收下的整册有", "登记里令牌范围内的养老服务机构有"
UNDER_WAY = (UploadState.RECEIVED, UploadState.RUNNING, UploadState.DONE)


@dataclass(frozen=True, slots=True)
class Sent:
    """What was sent: the month, the content's fingerprint and its rows."""

    month_end: date
    sha256: str
    bodies: Sequence[Any]
    asks: bool
    accepts_short: bool


def fingerprint(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def receive(*, actor: Actor, token: ApiToken, sent: Sent) -> tuple[RegisterUpload, bool]:
    """Keep the register and have it worked through; the one there is where it is the same.

    ValidationError where the month is not over, or most of the rows are missing.
    """
    if sent.month_end > actor.day:
        raise ValidationError({"month": NOT_OVER.format(month=f"{sent.month_end:%Y-%m}")})
    mine = RegisterUpload.objects.filter(token__user_id=token.user_id)
    same = mine.filter(month_end=sent.month_end, sha256=sent.sha256, state__in=UNDER_WAY)
    if found := same.first():
        if found.state != UploadState.DONE:
            # 后台停过、没有处理完的，再发一次就接着处理；正在处理的不会处理两遍。
            queue.run(found.pk)
        return found, False
    if not sent.accepts_short:
        _refuse_half(actor, token, sent)
    with transaction.atomic():
        upload = RegisterUpload.objects.create(
            token=token,
            month_end=sent.month_end,
            sha256=sent.sha256,
            rows=len(sent.bodies),
            asks=sent.asks,
            state=UploadState.RECEIVED,
        )
        UploadRow.objects.bulk_create(_rows(upload, sent.bodies), batch_size=ROWS_AT_ONCE)
        queue.run(upload.pk)
    return upload, True


def _refuse_half(actor: Actor, token: ApiToken, sent: Sent) -> None:
    """Refuse what is much shorter than the last register sent with the same reach."""
    regions = set(token.regions.values_list("region_id", flat=True))
    done = RegisterUpload.objects.done().filter(token__user_id=token.user_id)
    last = next(
        (
            one
            for one in done.select_related("token").prefetch_related("token__regions")[:20]
            if {two.region_id for two in one.token.regions.all()} == regions
        ),
        None,
    )
    held = last.rows if last is not None else institutions_seen(actor)
    if len(sent.bodies) * 100 < held * (100 - settings.IMPORT_SHORT_PERCENT):
        what = LAST_ONE if last is not None else REGISTER
        raise ValidationError(HALF.format(sent=len(sent.bodies), what=what, held=held))


def _rows(upload: RegisterUpload, bodies: Sequence[Any]) -> list[UploadRow]:
    """The rows as they were sent; what cannot be read is refused already."""
    rows, refused = READING.rows_of(bodies, "/rows/{row}")
    regions = dict(Region.objects.values_list("code", "pk"))
    return [
        *(_row(upload, one, one.values, regions) for one in rows),
        *(_refused(upload, one, bodies[one.row.number], regions) for one in refused),
    ]


def _row(
    upload: RegisterUpload, row: Row, values: Mapping[str, Any], regions: Mapping[str, int]
) -> UploadRow:
    return UploadRow(
        upload=upload,
        number=row.number,
        code=values["code"],
        region_id=regions.get(values["region"]),
        document=_plain(values),
    )


def _refused(
    upload: RegisterUpload, outcome: Outcome, body: Any, regions: Mapping[str, int]
) -> UploadRow:
    """A row that cannot be read: its code and region where they can, its faults."""
    said = body if isinstance(body, Mapping) else {}
    region, code = said.get("region"), said.get("code")
    return UploadRow(
        upload=upload,
        number=outcome.row.number,
        code=code if isinstance(code, str) and len(code) <= CODE_LENGTH else "",
        region_id=regions.get(region) if isinstance(region, str) else None,
        document={
            name: said[name]
            for name in ("code", "name", "region")
            if isinstance(said.get(name), str) and len(said[name]) <= NAME_LENGTH
        },
        status=RowStatus.REFUSED,
        errors=[one.as_json() for one in outcome.faults],
    )


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as JSON keeps them."""
    found: dict[str, Any] = json.loads(json_text(values))
    return found


def month_end_of(text: str) -> date:
    """The last day of a month written 2026-03. ValueError for anything else."""
    first = date.fromisoformat(f"{text}-01")
    return (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


CODE_LENGTH, NAME_LENGTH = 32, 100
READING = Writing(
    entry=UploadEntry,
    keys=("code",),
    lock=lambda rows: None,
    take=lambda call, rows: [],
    lookup=lambda actor, row: None,
    title="民政整册",
)
