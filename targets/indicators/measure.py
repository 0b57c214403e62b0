"""Measuring the catalogue: one grouped query per subject, one roll-up of the small result."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import (
    BigIntegerField,
    BooleanField,
    Case,
    Count,
    F,
    Func,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from institutions.models import RegionPlacement
from targets.indicators.base import Indicator, Outcome, RollUp, Subject, Tally
from targets.indicators.calculation import Figure, Row, Tree, stated_sources
from targets.indicators.lens import AS_IT_IS, Lens, fetch, fetch_rows
from targets.indicators.once import worked_out
from targets.indicators.slots import Part, Slot, figure_rows, slots_of

Figures = dict[int, Figure]
Counts = dict[Subject, dict[int, Row]]
PLACED_IN = "placed_in"
ROW = Value(1)


def tree_on(day: date, root: int, lens: Lens = AS_IT_IS) -> Tree:
    """The region tree below `root` as it hung on `day`."""
    placements: QuerySet[Any, Any] = RegionPlacement.objects.on(day).values(
        "region_id", "parent_id"
    )
    return Tree({row["region_id"]: row["parent_id"] for row in fetch(placements, lens)}, root)


@dataclass(frozen=True, slots=True)
class Area:
    """The regions to count in, and how much of the registers lies there."""

    regions: Sequence[int]
    # 占登记的大半：从头读到尾，不逐人去查。
    is_large: bool = False
    # 就是整棵树：别处的行没有几条，数完再丢，不必每行先问在不在。
    is_whole: bool = False


def measure(
    catalogue: Sequence[Indicator], *, day: date, tree: Tree, lens: Lens = AS_IT_IS
) -> dict[tuple[str, str], Figures]:
    """Every figure of the catalogue for every region of `tree`, by indicator key and region."""
    own = count(catalogue, day=day, area=Area(tree.top_down), lens=lens)
    rows = figure_rows(catalogue, own, tree)
    return {
        indicator.key: {region: row.figure(index) for region, row in rows.items()}
        for index, indicator in enumerate(catalogue)
    }


def count(
    catalogue: Sequence[Indicator], *, day: date, area: Area, lens: Lens = AS_IT_IS
) -> Counts:
    """What each region of `area` holds itself, number by number: one pass over each subject."""
    return {
        subject: count_subject(subject, slots, day, area, lens)
        for subject, slots in slots_of(catalogue).items()
    }


def count_subject(
    subject: Subject, slots: Sequence[Slot], day: date, area: Area, lens: Lens = AS_IT_IS
) -> dict[int, Row]:
    """One pass over the subject's rows, grouped by the region each row belongs to."""
    tallies = dict.fromkeys(slot.tally for slot in slots)
    placed = _placed(subject, day) if area.is_whole else within(subject, day, area.regions)
    rows, lens = worked_out(placed, [PLACED_IN], tallies, lens)
    counters = {f"c{index}": _counter(slot) for index, slot in enumerate(slots)}
    grouped = rows.order_by().values(PLACED_IN).annotate(**counters)
    wanted = set(area.regions)
    with _read_through(area.is_large and subject.is_large):
        counted = fetch_rows(grouped.values_list(PLACED_IN, *counters), lens)
        return {row[0]: row[1:] for row in counted if row[0] in wanted}


@contextmanager
def _read_through(is_on: bool) -> Iterator[None]:
    """Let the planner join by hashing only: it takes a province's register for a few rows."""
    if not is_on:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off")
        yield
        cursor.execute("SET LOCAL enable_nestloop = on")


def _counter(slot: Slot) -> Any:
    tally = slot.tally
    if slot.part is Part.EXCLUDED:
        return Count(ROW, filter=tally.excluded())
    if slot.part is Part.MISSING:
        return Count(ROW, filter=tally.unreported())
    if slot.part is Part.EXPECTED:
        return Count(ROW, filter=tally.expected())
    if not tally.amount:
        return Count(ROW, filter=tally.counted())
    amount = Sum(tally.amount, filter=tally.counted())
    return amount if tally.subject.roll_up is RollUp.STATED else Coalesce(amount, 0)


class _OneOf(Func):
    """Whether the first expression is among the numbers of the second, an array."""

    # 不写成 IN（子查询）：规划器以为只有几个区划，转而逐人去查索引。
    template = "%(expressions)s)"
    arg_joiner = " = ANY("
    output_field = BooleanField()


def within(subject: Subject, day: date, regions: Sequence[int]) -> QuerySet[Any]:
    """The subject's rows on `day` that belong to one of `regions`."""
    wanted = Value(list(regions), output_field=ArrayField(BigIntegerField()))
    return _placed(subject, day).filter(_OneOf(F(PLACED_IN), wanted))


def _placed(subject: Subject, day: date) -> QuerySet[Any]:
    # 先取区划为列再筛：直接按关系筛，Django 会把居住地再连接一遍。
    rows: QuerySet[Any] = subject.rows(day).annotate(**{PLACED_IN: F(subject.region)})
    return rows


@dataclass(frozen=True, slots=True)
class RecordSet:
    """The records behind one tally: rows annotated with `outcome` and `contribution`."""

    tally: Tally
    rows: QuerySet[Any]

    def contributions(self) -> int:
        """What the records add to the figure, sign included."""
        counted = self.rows.filter(outcome=Outcome.COUNTED.value).order_by()
        total: int | None = counted.aggregate(total=Sum("contribution"))["total"]
        return (total or 0) * self.tally.sign


def records_behind(
    tallies: Iterable[Tally], *, day: date, region: int, tree: Tree
) -> list[RecordSet]:
    """The very rows the figure was counted from, in `region` on `day`, one set per tally."""
    return [RecordSet(tally, _records(tally, day, region, tree)) for tally in tallies]


def _records(tally: Tally, day: date, region: int, tree: Tree) -> QuerySet[Any]:
    subject = tally.subject
    rows: QuerySet[Any] = within(subject, day, tree.below(region)).filter(tally.among)
    if subject.roll_up is RollUp.STATED:
        published = rows.values_list("region_id", flat=True)
        rows = rows.filter(region__in=stated_sources(tree, published, region))
    rows = rows.annotate(outcome=tally.outcome(), contribution=contribution(tally))
    return rows.order_by("pk")


def contribution(tally: Tally) -> Any:
    """What a row adds to the tally, before its sign: its amount if counted, else 0."""
    amount = F(tally.amount) if tally.amount else Value(1)
    return Case(
        When(tally.counted(), then=amount), default=Value(0), output_field=BigIntegerField()
    )
