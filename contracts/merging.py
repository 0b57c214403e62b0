"""Merging two records of one person, so that every day counts that person once.

The kept record takes over what the other alone knew: names and numbers, days lived somewhere,
sign-ups and care. The dropped one stays, marked as its duplicate, with its own sealed fields and
residences, and what would count a day twice is voided with the reason.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models.functions import Now

from contracts.correction import actor_id_of, required_reason, seal_anew
from contracts.identity import Identity, open_identity
from contracts.merged_signups import merge_signups
from contracts.models import (
    HealthManagement,
    HomeSickbed,
    KeyGroupMembership,
    Person,
    PersonResidence,
)
from contracts.models.care import CONDITIONS
from yiyang.audit.kinds import EventKind, Outcome
from yiyang.audit.recording import record
from yiyang.changelog.context import Recorder, recorded
from yiyang.lib.spans import Span, free_spans

VOIDED = "合并重复记录：与保留的记录重复"


def merge_persons(*, by: Recorder, keep: Person, drop: Person, reason: str) -> None:
    """From now on `drop` is a duplicate of `keep`; ValidationError when they are two people."""
    required_reason(reason, keep, drop)
    with recorded(by=by, reason=reason.strip()):
        locked = Person.objects.select_for_update().filter(pk__in=(keep.pk, drop.pk))
        persons = {person.pk: person for person in locked.order_by("pk")}
        kept, dropped = persons[keep.pk], persons[drop.pk]
        known = _identity_of_one(kept, dropped)
        Person.objects.filter(duplicate_of=dropped).update(duplicate_of=kept)
        # 先标重复：保留的记录才能接过对方的身份证号而不撞唯一约束。
        Person.objects.filter(pk=dropped.pk).update(duplicate_of=kept)
        _write(kept, dropped, known)
        _merge_facts(kept, dropped)
        record(
            kind=EventKind.MERGE,
            actor_id=actor_id_of(by),
            outcome=Outcome.ALLOWED,
            subject=f"person:{kept.uid}",
            reason=reason,
            details={"dropped": f"person:{dropped.uid}"},
        )


def _identity_of_one(kept: Person, dropped: Person) -> Identity:
    """What both records together know; ValidationError when they contradict each other."""
    if kept.pk == dropped.pk:
        raise ValidationError("两条记录是同一条，不用合并。")
    for person in (kept, dropped):
        if person.voided_at is not None or person.duplicate_of_id is not None:
            raise ValidationError(f"记录 {person.uid} 已作废或已标为重复，不能再合并。")
        if person.destruction_items.filter(destroyed_at__isnull=False).exists():
            raise ValidationError(f"记录 {person.uid} 的个人信息已销毁，无从核对，不能合并。")
    one, other = open_identity(kept), open_identity(dropped)
    for label, left, right in (
        ("身份证号", one.id_number, other.id_number),
        ("出生日期", kept.born_on, dropped.born_on),
        ("死亡日期", kept.died_on, dropped.died_on),
    ):
        if left and right and left != right:
            raise ValidationError(f"两条记录的{label}不同：确为同一人的，请先更正录错的一条。")
    return Identity(
        name=one.name or other.name,
        id_number=one.id_number or other.id_number,
        phone=one.phone or other.phone,
    )


def _write(kept: Person, dropped: Person, known: Identity) -> None:
    values: dict[str, Any] = {}
    if known != open_identity(kept):
        values = seal_anew(kept, known)
    if kept.died_on is None and dropped.died_on is not None:
        values["died_on"] = dropped.died_on
    if values:
        Person.objects.filter(pk=kept.pk).update(**values)


def _merge_facts(kept: Person, dropped: Person) -> None:
    _fill_residences(kept, dropped)
    for group in set(dropped.key_groups.kept().values_list("group", flat=True)):
        _merge_dated(KeyGroupMembership, kept, dropped, {"group": group})
    _merge_dated(HomeSickbed, kept, dropped, {})
    _merge_health(kept, dropped)
    merge_signups(kept, dropped, void_reason=VOIDED)


def _fill_residences(kept: Person, dropped: Person) -> None:
    """Give the kept record the days only the other had; the other's own rows place it still."""
    held = _spans(kept.residences.kept())
    PersonResidence.objects.bulk_create(
        _copy(row, kept, span)
        for row in dropped.residences.kept()
        for span in free_spans((row.starts_on, row.ends_on), held)
    )


def _merge_dated(model: Any, kept: Person, dropped: Person, same: dict[str, Any]) -> None:
    """Move rows that fall on free days; of the others, void them and keep the free days."""
    held = _spans(model.objects.kept().filter(person=kept, **same))
    for row in model.objects.kept().filter(person=dropped, **same):
        whole = (row.starts_on, row.ends_on)
        free = free_spans(whole, held)
        if free == [whole]:
            model.objects.filter(pk=row.pk).update(person=kept)
            continue
        model.objects.filter(pk=row.pk).update(voided_at=Now(), void_reason=VOIDED)
        model.objects.bulk_create(_copy(row, kept, span) for span in free)


def _merge_health(kept: Person, dropped: Person) -> None:
    """One row a year: a year only the other had moves, a year both had keeps the earlier days."""
    of_year = {row.year: row for row in kept.health_managements.kept()}
    for row in dropped.health_managements.kept():
        mine = of_year.get(row.year)
        if mine is None:
            HealthManagement.objects.filter(pk=row.pk).update(person=kept)
            continue
        HealthManagement.objects.filter(pk=row.pk).update(voided_at=Now(), void_reason=VOIDED)
        days = {name: _earlier(getattr(mine, name), getattr(row, name)) for name in CONDITIONS}
        HealthManagement.objects.filter(pk=mine.pk).update(**days)


def _earlier(one: date | None, other: date | None) -> date | None:
    return min(filter(None, (one, other)), default=None)


def _spans(rows: Iterable[Any]) -> list[Span]:
    return sorted(((row.starts_on, row.ends_on) for row in rows), key=lambda span: span[0])


def _copy(row: Any, person: Person, span: Span) -> Any:
    """The same fact of another person, on some of its days."""
    own = {"id", "person", "starts_on", "ends_on", "voided_at", "void_reason"}
    values = {f.attname: getattr(row, f.attname) for f in row._meta.fields if f.name not in own}
    return type(row)(person=person, starts_on=span[0], ends_on=span[1], **values)
