"""差异清单: what the other office wrote into the registers on one day (rules.md 25)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import BigIntegerField, Count, Model
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce
from django.utils.timezone import make_aware

from institutions.history import (
    INSTITUTION_WORDING,
    OF_INSTITUTION,
    HistoryEntry,
    entries_in_words,
    institution_names,
)
from institutions.models import Institution, Side
from institutions.ownership import ANSWERING, WRITING
from yiyang.access.roles import ROLES, Role
from yiyang.access.scope import Actor
from yiyang.changelog.models import ChangeEntry, ChangeEntryQuerySet

DIFFERENCES_SHOWN = 200
NAMELESS = "未登记名称的机构"


@dataclass(frozen=True, slots=True)
class RegisterCount:
    """How many entries of one register were written, of how many institutions."""

    register: str
    entries: int
    institutions: int


@dataclass(frozen=True, slots=True)
class Difference:
    """One entry with the institution it belongs to."""

    institution_id: int
    institution: str
    entry: HistoryEntry


def roles_of(side: Side) -> list[Role]:
    """The roles that write or answer for a side."""
    needed = {WRITING[side], ANSWERING[side]}
    return [role for role in Role if ROLES[role].permissions & needed]


def other_side(actor: Actor) -> Side:
    """Whose writes the actor is to be told of: those of the other office."""
    is_civil = actor.may(WRITING[Side.CIVIL_AFFAIRS])
    return Side.HEALTH if is_civil else Side.CIVIL_AFFAIRS


def differences(side: Side, *, day: date, actor: Actor) -> ChangeEntryQuerySet:
    """What `side` wrote on `day` about institutions in the actor's scope."""
    start = make_aware(datetime.combine(day, time()))
    end = make_aware(datetime.combine(day + timedelta(days=1), time()))
    # 新增的行只有变更后，其余都有变更前。
    key = Coalesce(
        KeyTextTransform("institution_id", "after"), KeyTextTransform("institution_id", "before")
    )
    return (
        ChangeEntry.objects.filter(
            change__at__gte=start,
            change__at__lt=end,
            change__table_name__in=_models(),
            change__actor__role__in=roles_of(side),
        )
        .annotate(institution=Cast(key, BigIntegerField()))
        .filter(institution__in=Institution.objects.visible_to(actor).values("pk"))
    )


def counts_of(found: ChangeEntryQuerySet) -> list[RegisterCount]:
    """The entries register by register, in the order of registers."""
    grouped = (
        found.order_by()
        .values_list("change__table_name")
        .annotate(entries=Count("pk"), institutions=Count("institution", distinct=True))
    )
    by_table = {table: (entries, institutions) for table, entries, institutions in grouped}
    return [
        RegisterCount(str(model._meta.verbose_name), *by_table[table])
        for table, model in _models().items()
        if table in by_table
    ]


def lines_of(found: ChangeEntryQuerySet) -> list[Difference]:
    """The latest entries in words, in a number of queries that never grows."""
    rows: list[Any] = list(
        found.select_related("change__actor").order_by("-change_id", "-ordinal")[:DIFFERENCES_SHOWN]
    )
    names = institution_names({row.institution for row in rows})
    told = entries_in_words(rows, OF_INSTITUTION, INSTITUTION_WORDING)
    return [
        Difference(row.institution, names.get(row.institution, NAMELESS), entry)
        for row, entry in zip(rows, told, strict=True)
    ]


def _models() -> Mapping[str, type[Model]]:
    return {model._meta.db_table: model for model in OF_INSTITUTION}
