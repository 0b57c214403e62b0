"""Working through a whole register: one transaction, each row answered, then the receipt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Max, Min, Sum

from institutions.api import writing_institutions
from institutions.api.reach import lock_institutions
from institutions.api.writing_reports import BED_REPORT, OCCUPANCY_REPORT
from institutions.models import (
    BedBasis,
    BedRegister,
    Institution,
    RegisterUpload,
    UploadRow,
    UploadState,
)
from institutions.uploads.matching import probable_matches
from yiyang.access.scope import Actor
from yiyang.api.models import ApiToken
from yiyang.api.tokens import actor_of_token
from yiyang.api.writing import Call, Outcome, Row, RowStatus
from yiyang.changelog.context import recorded
from yiyang.changelog.models import Change, ChangeNumber
from yiyang.changelog.sequencer import number_changes

UPLOAD_LOCK = 715_022
AT_ONCE = 1000
REASON = "民政整册报送"
GONE = "令牌已收回或到期，没有处理；请用有效的令牌重新上传。"
PROBABLE = (
    "登记里已有“{name}”（{code}），疑为同一家（{why}）。是同一家，请改用这个编码；"
    "不是同一家，请在这一行写 is_new 为 true 重新报送。"
)
PROFILE = (
    *("code", "name", "region", "address", "credit_code", "status", "elderly_kind"),
    *("elderly_grade", "ownership"),
)
WAITING = (UploadState.RECEIVED, UploadState.RUNNING)
# 一行里几部分的结果，取最要紧的一个作为这一行的。
WORST = (
    *(RowStatus.REFUSED, RowStatus.NEEDS_CONSENT, RowStatus.NEW, RowStatus.CHANGED),
    RowStatus.UNCHANGED,
)


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of the rows that goes to one register."""

    name: str
    values: Callable[[UploadRow, date], dict[str, Any] | None]
    take: Callable[[Call, Sequence[Row]], list[Outcome]]


def run(upload_id: int, *, day: date, at: Callable[[], datetime]) -> None:
    """Work an upload through; safe to run twice, and to die half way."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [UPLOAD_LOCK, upload_id])
        if not cursor.fetchone()[0]:
            return
    try:
        rows = RegisterUpload.objects.filter(pk=upload_id, state__in=WAITING)
        upload = rows.select_related("token__user").first()
        if upload is not None:
            _run(upload, day=day, at=at)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [UPLOAD_LOCK, upload_id])


def waiting() -> list[int]:
    """Uploads not worked through, oldest first: their worker was killed, or never came."""
    rows = RegisterUpload.objects.filter(state__in=WAITING).order_by("pk")
    return list(rows.values_list("pk", flat=True))


def batch_of(upload: RegisterUpload) -> str:
    """What the change log calls the upload."""
    return f"upload:{upload.pk}"


def _run(upload: RegisterUpload, *, day: date, at: Callable[[], datetime]) -> None:
    actor = actor_of_token(upload.token, day)
    if not actor.is_known or not ApiToken.objects.usable(day).filter(pk=upload.token_id).exists():
        upload.state, upload.message, upload.finished_at = UploadState.FAILED, GONE, at()
        upload.save(update_fields=["state", "message", "finished_at"])
        return
    RegisterUpload.objects.filter(pk=upload.pk).update(state=UploadState.RUNNING)
    with recorded(by=actor, reason=REASON, batch=batch_of(upload)):
        _take_all(upload, Call(actor, asks=upload.asks))
        counts = Counter(upload.sent.values_list("status", flat=True))
        upload.counts = {status.value: counts[status.value] for status in RowStatus}
        upload.state, upload.finished_at = UploadState.DONE, at()
        upload.save(update_fields=["counts", "state", "finished_at"])
    _write_receipt(upload)


def _take_all(upload: RegisterUpload, call: Call) -> None:
    sent = list(upload.sent.filter(status="").select_related("region").order_by("number"))
    matched = _refuse_probable(upload, call.actor, sent)
    rest = [row for row in sent if row.pk not in matched]
    for start in range(0, len(rest), AT_ONCE):
        _take(upload, call, rest[start : start + AT_ONCE])
    fields = ["status", "errors", "requests"]
    UploadRow.objects.bulk_update(sent, fields, batch_size=AT_ONCE)


def _refuse_probable(upload: RegisterUpload, actor: Actor, sent: Sequence[UploadRow]) -> set[int]:
    """Enter no second record of an institution that is most likely there under another code."""
    known = set(
        Institution.objects.filter(code__in=[row.code for row in sent]).values_list(
            "code", flat=True
        )
    )
    new = [row for row in sent if row.code not in known and not row.document.get("is_new")]
    matches = probable_matches(
        new, actor=actor, day=upload.month_end, taken={row.code for row in sent}
    )
    by_key = {row.pk: row for row in new}
    for key, match in matches.items():
        words = PROBABLE.format(name=match.name, code=match.code, why=match.why)
        pointer = f"#/rows/{by_key[key].number}/code"
        fault = {"pointer": pointer, "code": "probable_match", "detail": words}
        by_key[key].status, by_key[key].errors = RowStatus.REFUSED, [fault]
    return set(matches)


def _take(upload: RegisterUpload, call: Call, sent: Sequence[UploadRow]) -> None:
    """Each part to its own register; what became of the parts is told together."""
    outcomes: dict[int, list[Outcome]] = {row.number: [] for row in sent}
    for part in PARTS:
        rows = [
            Row(row.number, f"/rows/{row.number}{part.name}", values)
            for row in sent
            if not _is_refused(outcomes[row.number])
            and (values := part.values(row, upload.month_end)) is not None
        ]
        if part is PARTS[0]:
            lock_institutions(rows, "code")
        for outcome in part.take(call, rows):
            outcomes[outcome.row.number].append(outcome)
    for row in sent:
        _tell(row, outcomes[row.number])


def _is_refused(outcomes: Sequence[Outcome]) -> bool:
    """Of a row whose institution is refused, no other part is written either."""
    return any(one.status is RowStatus.REFUSED for one in outcomes)


def _tell(row: UploadRow, outcomes: Sequence[Outcome]) -> None:
    found = {one.status for one in outcomes}
    row.status = next(status for status in WORST if status in found)
    row.errors = [fault.as_json() for one in outcomes for fault in one.faults]
    row.requests = [
        {**made.as_json(), "due_on": made.due_on.isoformat()}
        for one in outcomes
        for made in one.requests
    ]


def _write_receipt(upload: RegisterUpload) -> None:
    """The numbers under which the change log keeps what the upload led to."""
    number_changes()
    changes = Change.objects.filter(batch=batch_of(upload))
    numbers = ChangeNumber.objects.filter(change__in=changes)
    found = numbers.aggregate(first=Min("first_number"), last=Max("last_number"))
    upload.first_number, upload.last_number = found["first"], found["last"]
    upload.changes = changes.aggregate(rows=Sum("row_count"))["rows"] or 0
    upload.save(update_fields=["first_number", "last_number", "changes"])


def _institution(row: UploadRow, month_end: date) -> dict[str, Any]:
    said: Mapping[str, Any] = row.document
    since = said.get("starts_on")
    starts_on = date.fromisoformat(since) if since else month_end
    return {"starts_on": starts_on, **{name: said[name] for name in PROFILE if name in said}}


def _beds(row: UploadRow, month_end: date) -> dict[str, Any] | None:
    if not (said := row.document.get("beds")):
        return None
    return {
        "institution": row.code,
        "register": BedRegister.CIVIL_AFFAIRS.value,
        "basis": BedBasis.ACTUAL.value,
        "counted_on": month_end,
        **said,
    }


def _occupancy(row: UploadRow, month_end: date) -> dict[str, Any] | None:
    if not (said := row.document.get("occupancy")):
        return None
    return {"institution": row.code, "counted_on": month_end, **said}


PARTS = (
    _Part("", _institution, writing_institutions.take),
    _Part("/beds", _beds, BED_REPORT.take),
    _Part("/occupancy", _occupancy, OCCUPANCY_REPORT.take),
)
