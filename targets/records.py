"""The records behind a figure as a reader meets them: counts by outcome, then the list."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Count, Model, QuerySet, Sum
from django.urls import reverse

from contracts.models import DoctorTeam, PartnershipAgreement
from institutions.models import InstitutionProfile
from targets.indicators.base import Outcome, Subject
from targets.indicators.measure import RecordSet
from targets.indicators.until import OPEN_ENDED
from targets.presenters import NOTHING
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor

PAGE_SIZE = 100
UID_SHOWN = 8
NO_END = "长期"
# 汇总数人人可看；逐条看记录，还须有看那一类登记的权限。
PERMISSIONS: dict[type[Model], Permission] = {
    InstitutionProfile: Permission.VIEW_INSTITUTIONS,
    DoctorTeam: Permission.VIEW_INSTITUTIONS,
    PartnershipAgreement: Permission.VIEW_AGREEMENTS,
}


class Shelf(StrEnum):
    """The tabs of a record list: outcomes, every reason of exclusion being one."""

    COUNTED = "counted"
    NOT_COUNTED = "not_counted"
    MISSING = "missing"
    EXCLUDED = "excluded"

    @property
    def label(self) -> str:
        return SHELF_TITLES[self]


SHELF_TITLES = {
    Shelf.COUNTED: "计入",
    Shelf.NOT_COUNTED: "未计入",
    Shelf.MISSING: "缺报",
    Shelf.EXCLUDED: "排除",
}
PLAIN_OUTCOMES = tuple(outcome.value for outcome in Outcome)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many records share an outcome, and what they add to the figure."""

    outcome: str
    records: int
    contribution: int

    @property
    def shelf(self) -> Shelf:
        return Shelf(self.outcome) if self.outcome in PLAIN_OUTCOMES else Shelf.EXCLUDED


@dataclass(frozen=True, slots=True)
class Part:
    """One kind of record behind one side of a figure, counted by outcome."""

    record_set: RecordSet
    tallies: tuple[Tally, ...]

    @property
    def subject(self) -> Subject:
        return self.record_set.tally.subject

    @property
    def is_subtracted(self) -> bool:
        return self.record_set.tally.sign < 0

    @property
    def total(self) -> int:
        """What all records of this kind add to the figure, sign included."""
        return sum(tally.contribution for tally in self.tallies)

    def on(self, shelf: Shelf) -> int:
        return sum(tally.records for tally in self.tallies if tally.shelf is shelf)

    @property
    def shelves(self) -> list[tuple[Shelf, int]]:
        return [(shelf, self.on(shelf)) for shelf in Shelf]

    @property
    def reasons(self) -> list[Tally]:
        return [tally for tally in self.tallies if tally.shelf is Shelf.EXCLUDED]


@dataclass(frozen=True, slots=True)
class RecordRow:
    """One record: the columns in words, what became of it, and its page if it has one."""

    cells: tuple[str, ...]
    outcome: str
    contribution: int
    address: str


@dataclass(frozen=True, slots=True)
class RecordPage:
    """One page of a list; `after` is where the next begins, None on the last."""

    headings: tuple[str, ...]
    rows: tuple[RecordRow, ...]
    after: int | None


def counted_part(record_set: RecordSet) -> Part:
    """The records of one tally by outcome, in one grouped query."""
    grouped = (
        record_set.rows.order_by()
        .values("outcome")
        .annotate(records=Count("pk"), added=Sum("contribution"))
        .order_by("outcome")
    )
    sign = record_set.tally.sign
    tallies = (Tally(g["outcome"], g["records"], (g["added"] or 0) * sign) for g in grouped)
    return Part(record_set, tuple(tallies))


def permission_for(part: Part) -> Permission:
    """What it takes to see the records of this kind one by one."""
    if part.subject.is_personal:
        return Permission.VIEW_PERSONS
    return PERMISSIONS.get(part.record_set.rows.model, Permission.VIEW_TARGETS)


def record_page(part: Part, shelf: Shelf, *, actor: Actor, after: int) -> RecordPage:
    """The records of one shelf past the key `after` that lie in the actor's scope."""
    rows = _on_shelf(part.record_set.rows, shelf).filter(pk__gt=after)
    rows = rows.visible_to(actor)  # type: ignore[attr-defined]
    paths = [column.path for column in part.subject.columns]
    page = part.subject.page
    wanted = {"pk", "outcome", "contribution", *paths, *((page[1],) if page else ())}
    found = list(rows.values(*wanted).order_by("pk")[: PAGE_SIZE + 1])
    writers = [writer_of(rows.model, path) for path in paths]
    kept = found[:PAGE_SIZE]
    return RecordPage(
        headings=tuple(column.heading for column in part.subject.columns),
        rows=tuple(_row(record, paths, writers, part) for record in kept),
        after=kept[-1]["pk"] if len(found) > PAGE_SIZE else None,
    )


def total_of(parts: Iterable[Part]) -> int:
    return sum(part.total for part in parts)


def _on_shelf(rows: QuerySet[Any], shelf: Shelf) -> QuerySet[Any]:
    if shelf is Shelf.EXCLUDED:
        return rows.exclude(outcome__in=PLAIN_OUTCOMES)
    return rows.filter(outcome=shelf.value)


def _row(
    record: dict[str, Any], paths: Sequence[str], writers: Sequence[Writer], part: Part
) -> RecordRow:
    outcome = record["outcome"]
    page = part.subject.page
    return RecordRow(
        cells=tuple(write(record[path]) for path, write in zip(paths, writers, strict=True)),
        outcome=Shelf(outcome).label if outcome in PLAIN_OUTCOMES else outcome,
        contribution=record["contribution"] * part.record_set.tally.sign,
        address=reverse(page[0], args=[record[page[1]]]) if page else "",
    )


Writer = Callable[[Any], str]


def writer_of(model: type[Model], path: str) -> Writer:
    """How values under `path` are written: choices by their label, the rest by their type."""
    try:
        choices = dict(model._meta.get_field(path).flatchoices)  # type: ignore[union-attr]
    except FieldDoesNotExist:
        choices = {}
    return lambda value: str(choices[value]) if value in choices else written(value)


def written(value: Any) -> str:
    """A value as a clerk reads it: dates in ISO form, yes and no as signs, short uids."""
    if value is None or value == "":
        return NOTHING
    if isinstance(value, bool):
        return "✓" if value else "✗"
    if isinstance(value, date):
        return NO_END if value == OPEN_ENDED else value.isoformat()
    if isinstance(value, UUID):
        return str(value)[:UID_SHOWN]
    return f"{value:,}" if isinstance(value, int) else str(value)
