"""Showing one field of one person in plain: for a reason, for a time, on the record first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.timezone import get_current_timezone

from contracts.identity import COLUMNS
from contracts.models import Person, Reveal, RevealField, RevealReason
from contracts.models.disclosures import SHORTEST_REASON
from contracts.persons.opening import open_field
from contracts.persons.permission import account_of
from contracts.reasons import refuse_identity
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor
from yiyang.audit.kinds import EventKind, Outcome
from yiyang.audit.recording import record

TOO_MANY: Final = "too_many"
NOTHING: Final = "没有登记这一项，无须查看。"


@dataclass(frozen=True, slots=True, repr=False)
class Revealed:
    """A plain value on its way to one answer, and until when it may stand there."""

    value: str
    until: datetime

    def __repr__(self) -> str:
        # 默认的 repr 会把明文写进日志和出错页。
        return "Revealed(…)"


def reveal(
    *, by: Actor, person: Person, field: RevealField, reason: RevealReason, note: str, at: datetime
) -> Revealed:
    """Show one field; the row and the audit event are committed before it is opened.

    ValidationError without a proper reason, where nothing is known, and over the day's limit
    (code TOO_MANY). SealError when the value was altered; the look stays on record all the same.
    """
    account = account_of(by, Permission.VIEW_PERSONS, Permission.REVEAL_PERSON)
    note = checked_reason(note, person)
    if field.value in COLUMNS and getattr(person, COLUMNS[field]) is None:
        raise ValidationError(NOTHING)
    until = at + timedelta(seconds=settings.REVEAL_SECONDS)
    row = Reveal(person=person, field=field, reason=reason, note=note, by_id=account)
    row.at, row.until = at, until
    entered = _entered(row)
    record(
        kind=EventKind.REVEAL,
        actor_id=account,
        outcome=Outcome.ALLOWED if entered else Outcome.DENIED,
        subject=f"person:{person.uid}",
        reason=f"{reason.label}：{note}",
        details={"field": field.value},
    )
    if not entered:
        raise ValidationError(_over_limit(), code=TOO_MANY)
    return Revealed(_plain(person, field), until)


def checked_reason(text: str, *persons: Person) -> str:
    """The text of a reason, trimmed; ValidationError when too short, or naming number or person."""
    reason = " ".join(text.split())
    if len(reason) < SHORTEST_REASON:
        raise ValidationError(f"请写明具体事由，至少 {SHORTEST_REASON} 个字。")
    refuse_identity(reason, *persons)
    return reason


def _entered(row: Reveal) -> bool:
    """Commit the row unless the account's day is used up; its requests wait for one another."""
    midnight = row.at.astimezone(get_current_timezone()).replace(
        hour=0, minute=0, second=0, microsecond=0
    )
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtext('contracts_reveal'), %s)", [row.by_id]
            )
        used = Reveal.objects.of_account_since(row.by_id, midnight).count()
        if used >= settings.REVEALS_PER_DAY:
            return False
        row.save(force_insert=True)
    return True


def _over_limit() -> str:
    return (
        f"今天查看明文已满 {settings.REVEALS_PER_DAY} 次，不能再看。"
        "明天可以继续；确需更多，请报安全管理员，成批需要请走导出。"
    )


def _plain(person: Person, field: RevealField) -> str:
    if field is RevealField.BORN_ON:
        return person.born_on.isoformat()
    return open_field(person, field)
