"""The records behind a figure as a reader meets them: counts by outcome, then the list."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Case, Count, Model, Q, QuerySet, Sum
from django.urls import reverse

from contracts.models import DoctorTeam, PartnershipAgreement
from institutions.models import InstitutionProfile
from targets.indicators import base
from targets.indicators.base import Outcome, Subject, flag
from targets.indicators.measure import RecordSet
from targets.indicators.until import OPEN_ENDED
from targets.presenters import NOTHING
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor

PAGE_SIZE = 100
UID_SHOWN = 8
# 页签占到这一份以上，沿主键走几步就凑满一页。
COMMON_SHARE = 20
NO_END = "长期"
Writer = Callable[[Any], str]
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
    def records(self) -> int:
        return sum(tally.records for tally in self.tallies)

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
    tally = record_set.tally
    grouped = record_set.rows.order_by().values("outcome").annotate(records=Count("pk"))
    if tally.amount:
        grouped = grouped.annotate(added=Sum("contribution"))
    found = list(grouped.order_by("outcome"))
    return Part(record_set, tuple(_tally(group, tally) for group in found))


def _tally(group: dict[str, Any], tally: base.Tally) -> Tally:
    outcome, records = group["outcome"], group["records"]
    # 每条计 1 的，贡献就是计入的条数：不必让数据库把同一条件再判一遍。
    ones = records if outcome == Outcome.COUNTED else 0
    added = (group["added"] or 0) if tally.amount else ones
    return Tally(outcome, records, added * tally.sign)


def permission_for(records: Part | RecordSet) -> Permission:
    """What it takes to see the records of this kind one by one."""
    record_set = records.record_set if isinstance(records, Part) else records
    if record_set.tally.subject.is_personal:
        return Permission.VIEW_PERSONS
    return PERMISSIONS.get(record_set.rows.model, Permission.VIEW_TARGETS)


def export_permission_for(records: Part | RecordSet) -> Permission:
    """What it takes besides to take the list away as a file."""
    needed = permission_for(records)
    return Permission.EXPORT_PERSONS if needed is Permission.VIEW_PERSONS else Permission.EXPORT


def record_page(part: Part, shelf: Shelf, *, actor: Actor, after: int) -> RecordPage:
    """The records of one shelf past the key `after` that lie in the actor's scope."""
    found: list[dict[str, Any]] = []
    if part.on(shelf):
        found = list(listed(part, shelf, actor=actor).filter(pk__gt=after)[: PAGE_SIZE + 1])
    kept = found[:PAGE_SIZE]
    words = words_of(part)
    return RecordPage(
        headings=words.headings,
        rows=tuple(words.row(record) for record in kept),
        after=kept[-1]["pk"] if len(found) > PAGE_SIZE else None,
    )


def listed(part: Part, shelf: Shelf, *, actor: Actor) -> QuerySet[Any, dict[str, Any]]:
    """The rows of one shelf in the actor's scope, by key: page and file read these very rows."""
    rows: Any = part.record_set.rows.filter(_on_shelf(part, shelf))
    page = part.subject.page
    paths = (column.path for column in part.subject.columns)
    wanted = {"pk", "outcome", "contribution", *paths, *((page[1],) if page else ())}
    chosen: QuerySet[Any, dict[str, Any]] = rows.visible_to(actor).values(*wanted).order_by("pk")
    return chosen


def total_of(parts: Iterable[Part]) -> int:
    return sum(part.total for part in parts)


def _on_shelf(part: Part, shelf: Shelf) -> Q | Case:
    excluded = ~Q(outcome__in=PLAIN_OUTCOMES)
    on_it = excluded if shelf is Shelf.EXCLUDED else Q(outcome=shelf.value)
    # 规划器以为等值条件只剩千分之五的行，于是整表连接再排序；写成真假值，它才肯沿主键走。
    is_common = part.on(shelf) * COMMON_SHARE >= part.records
    return flag(on_it) if is_common else on_it


@dataclass(frozen=True, slots=True)
class Words:
    """How the records of one part are written, column by column."""

    part: Part
    writers: tuple[tuple[str, Writer], ...]

    @property
    def headings(self) -> tuple[str, ...]:
        return tuple(column.heading for column in self.part.subject.columns)

    def row(self, record: dict[str, Any]) -> RecordRow:
        page = self.part.subject.page
        return RecordRow(
            cells=tuple(write(record[path]) for path, write in self.writers),
            outcome=self.outcome(record),
            contribution=self.contribution(record),
            address=reverse(page[0], args=[record[page[1]]]) if page else "",
        )

    def file_cells(self, record: dict[str, Any]) -> tuple[str | int, ...]:
        """The row for a file: numbers as numbers, all else as on the page."""
        cells = (
            record[path] if write is written and is_number(record[path]) else write(record[path])
            for path, write in self.writers
        )
        return (*cells, self.outcome(record), self.contribution(record))

    def outcome(self, record: dict[str, Any]) -> str:
        outcome: str = record["outcome"]
        return Shelf(outcome).label if outcome in PLAIN_OUTCOMES else outcome

    def contribution(self, record: dict[str, Any]) -> int:
        contribution: int = record["contribution"]
        return contribution * self.part.record_set.tally.sign


def words_of(part: Part) -> Words:
    model = part.record_set.rows.model
    paths = (column.path for column in part.subject.columns)
    return Words(part, tuple((path, writer_of(model, path)) for path in paths))


def writer_of(model: type[Model], path: str) -> Writer:
    """How values under `path` are written: choices by their label, the rest by their type."""
    try:
        choices = dict(model._meta.get_field(path).flatchoices)  # type: ignore[union-attr]
    except FieldDoesNotExist:
        choices = {}
    if not choices:
        return written
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
    return f"{value:,}" if is_number(value) else str(value)


def is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
