"""Measuring the catalogue: one grouped query per subject, one roll-up of the small result."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.postgres.fields import ArrayField
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

from institutions.models import RegionPlacement
from targets.indicators.base import Indicator, Outcome, RollUp, Subject, Tally
from targets.indicators.calculation import (
    Cell,
    Figure,
    Tree,
    add,
    stated,
    stated_sources,
    summed,
)
from targets.indicators.lens import AS_IT_IS, Lens, fetch
from targets.indicators.once import worked_out

Figures = dict[int, Figure]
Cells = dict[Tally, dict[int, Cell]]


def tree_on(day: date, root: int, lens: Lens = AS_IT_IS) -> Tree:
    """The region tree below `root` as it hung on `day`."""
    placements: QuerySet[Any, Any] = RegionPlacement.objects.on(day).values(
        "region_id", "parent_id"
    )
    return Tree({row["region_id"]: row["parent_id"] for row in fetch(placements, lens)}, root)


def measure(
    catalogue: Sequence[Indicator], *, day: date, tree: Tree, lens: Lens = AS_IT_IS
) -> dict[tuple[str, str], Figures]:
    """Every figure of the catalogue for every region of `tree`, by indicator key and region."""
    own = count_cells(catalogue, day=day, regions=tree.top_down, lens=lens)
    return figures_from(catalogue, own, tree)


def count_cells(
    catalogue: Sequence[Indicator],
    *,
    day: date,
    regions: Sequence[int],
    lens: Lens = AS_IT_IS,
) -> Cells:
    """What each of `regions` holds itself, for every tally: one pass over each subject."""
    cells: Cells = {}
    for subject, tallies in tallies_of(catalogue).items():
        cells.update(_count(subject, tallies, day, regions, lens))
    return cells


def figures_from(
    catalogue: Sequence[Indicator], own: Cells, tree: Tree
) -> dict[tuple[str, str], Figures]:
    """The regions' own cells climbed up the tree and put together as figures."""
    cells = {tally: _roll_up(tally, tree, by_region) for tally, by_region in own.items()}
    return {
        indicator.key: {region: _figure(indicator, cells, region) for region in tree.top_down}
        for indicator in catalogue
    }


def tallies_of(catalogue: Sequence[Indicator]) -> dict[Subject, list[Tally]]:
    """Every tally of the catalogue once, by the subject it counts, in catalogue order."""
    by_subject: dict[Subject, list[Tally]] = {}
    for indicator in catalogue:
        for tally in (*indicator.numerator, *indicator.denominator):
            known = by_subject.setdefault(tally.subject, [])
            if tally not in known:
                known.append(tally)
    return by_subject


def _roll_up(tally: Tally, tree: Tree, own: Mapping[int, Cell]) -> dict[int, Cell]:
    climb = stated if tally.subject.roll_up is RollUp.STATED else summed
    return climb(tree, own)


def _figure(indicator: Indicator, cells: Mapping[Tally, Mapping[int, Cell]], region: int) -> Figure:
    top = add(cells[t][region].times(t.sign) for t in indicator.numerator)
    bottom = add(cells[t][region].times(t.sign) for t in indicator.denominator)
    return Figure(
        numerator=top.value,
        denominator=bottom.value if indicator.denominator else None,
        excluded=top.excluded,
        missing=top.missing,
        expected=top.expected,
    )


def _count(
    subject: Subject, tallies: Sequence[Tally], day: date, regions: Sequence[int], lens: Lens
) -> Cells:
    """One pass over the subject's rows, grouped by the region each row belongs to."""
    counters: dict[str, Any] = {}
    for index, tally in enumerate(tallies):
        counters.update(_counters(tally, f"t{index}"))
    rows = within(subject, day, regions)
    if subject.is_worked_out_once:
        rows, lens = worked_out(rows, tallies, lens)
    rows = rows.order_by().values(counted_region=F(subject.region)).annotate(**counters)
    own: Cells = {tally: {} for tally in tallies}
    for row in fetch(rows, lens):
        for index, tally in enumerate(tallies):
            cell = _cell(row, f"t{index}", tally)
            if cell is not None:
                own[tally][row["counted_region"]] = cell
    return own


def _counters(tally: Tally, prefix: str) -> dict[str, Any]:
    counted = tally.counted()
    counters: dict[str, Any] = {
        f"{prefix}_value": Sum(tally.amount, filter=counted)
        if tally.amount
        else Count("pk", filter=counted)
    }
    if tally.excluding:
        counters[f"{prefix}_excluded"] = Count("pk", filter=tally.excluded())
    if tally.missing is not None:
        counters[f"{prefix}_missing"] = Count("pk", filter=tally.unreported())
        counters[f"{prefix}_expected"] = Count("pk", filter=tally.expected())
    return counters


def _cell(row: Mapping[str, Any], prefix: str, tally: Tally) -> Cell | None:
    value = row[f"{prefix}_value"]
    if value is None and tally.subject.roll_up is RollUp.STATED:
        return None
    return Cell(
        value or 0,
        row.get(f"{prefix}_excluded", 0),
        row.get(f"{prefix}_missing", 0),
        row.get(f"{prefix}_expected", 0),
    )


class _OneOf(Func):
    """Whether the first expression is among the numbers of the second, an array."""

    # 不写成 IN（子查询）：规划器以为只有几个区划，转而逐人去查索引。
    template = "%(expressions)s)"
    arg_joiner = " = ANY("
    output_field = BooleanField()


def within(subject: Subject, day: date, regions: Sequence[int]) -> QuerySet[Any]:
    """The subject's rows on `day` that belong to one of `regions`."""
    wanted = Value(list(regions), output_field=ArrayField(BigIntegerField()))
    # 先取区划为列再筛：直接按关系筛，Django 会把居住地再连接一遍。
    rows: QuerySet[Any] = subject.rows(day).annotate(placed_in=F(subject.region))
    return rows.filter(_OneOf(F("placed_in"), wanted))


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
