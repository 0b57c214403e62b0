"""Handing out persons in a file: numbered and on record before the first byte leaves."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Max, QuerySet
from django.utils.timezone import get_current_timezone

from contracts.models import ExportColumn, Person, PersonExport
from contracts.models.disclosures import RESTRICTED_COLUMNS
from contracts.persons.export_rows import headings_of, lines_of
from contracts.persons.permission import account_of
from contracts.persons.reveals import checked_reason
from yiyang.access.models import User
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor
from yiyang.audit.kinds import EventKind, Outcome
from yiyang.audit.recording import Details, record
from yiyang.lib.demo import demo_mark
from yiyang.lib.workbooks import Layout, streamed

KEYS_AT_ONCE = 10_000
TITLE = "老年人"
CHANGED = "确认之后台账有变动：当时 {:,} 人，现在 {:,} 人。请重新选择并确认。"
CAUTION = "内含个人信息：只限所写用途，不得转发，用毕销毁。"


def exporter(actor: Actor, columns: Sequence[ExportColumn]) -> int:
    """The account, if it may hand out these columns; else PermissionDenied."""
    needed = [Permission.VIEW_PERSONS, Permission.EXPORT_PERSONS]
    if any(column in RESTRICTED_COLUMNS for column in columns):
        needed.append(Permission.VIEW_RESTRICTED)
    return account_of(actor, *needed)


def export_persons(
    *,
    by: Actor,
    persons: QuerySet[Person],
    columns: Sequence[ExportColumn],
    purpose: str,
    filters: str,
    day: date,
    confirmed: int,
    at: datetime,
) -> tuple[PersonExport, Iterator[bytes]]:
    """Enter the export under the next number, then give the file, which carries it as watermark.

    ValidationError when the register has changed since `confirmed` persons were agreed to.
    """
    account = exporter(by, columns)
    keys = keys_of(persons)
    if len(keys) != confirmed:
        raise ValidationError(CHANGED.format(confirmed, len(keys)))
    export = _entered(
        PersonExport(
            purpose=checked_reason(purpose),
            columns=[one.value for one in columns],
            filters=filters,
            row_count=len(keys),
            by_id=account,
            at=at,
        )
    )
    written: Details = {"columns": " ".join(export.columns), "rows": len(keys), "filters": filters}
    _record(account, f"contracts_personexport:{export.number}", export.purpose, written)
    mark = watermark(by, at, export.number)
    note = f"用途：{export.purpose}　{CAUTION}"
    layout = Layout(TITLE, mark, note, headings_of(columns))
    return export, streamed(layout, lines_of(keys, columns, actor=by, day=day))


def _record(account: int, subject: str, reason: str, details: Details) -> None:
    record(
        kind=EventKind.EXPORT,
        actor_id=account,
        outcome=Outcome.ALLOWED,
        subject=subject,
        reason=reason,
        details=details,
    )


def keys_of(persons: QuerySet[Person]) -> array[int]:
    """The keys of the persons, eight bytes each: what 80,000 rows are read along."""
    rows = persons.order_by("pk").values_list("pk", flat=True)
    return array("q", rows.iterator(chunk_size=KEYS_AT_ONCE))


def watermark(by: Actor, at: datetime, number: str) -> str:
    """Which export, by whom, when: in the first row and on every printed page."""
    username = User.objects.values_list("username", flat=True).get(pk=by.user_id)
    local = at.astimezone(get_current_timezone())
    demo = demo_mark()
    parts = (
        f"导出编号 {number}",
        f"账号 {username}",
        f"{local:%Y-%m-%d %H:%M:%S}",
        demo,
    )
    return "　".join(part for part in parts if part)


def _entered(export: PersonExport) -> PersonExport:
    """Commit the export under DC, year and the next serial of the year; none is skipped."""
    export.year = export.at.astimezone(get_current_timezone()).year
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('contracts_personexport'))")
        rows = PersonExport.objects.filter(year=export.year)
        export.serial = (rows.aggregate(last=Max("serial"))["last"] or 0) + 1
        export.number = f"DC{export.year}-{export.serial:05d}"
        export.save(force_insert=True)
    return export
