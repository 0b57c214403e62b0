"""One indicator in one region with what explains it: targets, readings, breakdown and trend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from institutions.models import Region
from targets.explain.small_cells import may_compare
from targets.indicators.base import Indicator
from targets.indicators.calculation import value_of
from targets.indicators.catalogue import readings_of
from targets.models import IndicatorDefinition, IndicatorRun, IndicatorSnapshot, Target
from targets.presenters import (
    NOTHING,
    Tone,
    asides_text,
    fraction_text,
    gap_text,
    quote_text,
    threshold_text,
    tone_of,
    value_text,
)
from targets.results import figure_of, target_lines, targets_of
from targets.standing import standing_on
from targets.tables.due import due_lines
from targets.tables.table import Entry, entries_of
from yiyang.access.scope import Actor


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of the indicator as the run stored it, in words."""

    indicator: Indicator
    definition: IndicatorDefinition
    value: str
    fraction: str
    asides: tuple[str, ...]
    is_judged: bool
    quote: str
    is_comparable: bool


@dataclass(frozen=True, slots=True)
class Demand:
    """One target that uses the indicator, with its figures of the day and of the due day."""

    target: Target
    threshold: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A region of the breakdown; `tone` is None where no target is judged."""

    region: Region
    exact: Fraction | None
    value: str
    fraction: str
    asides: tuple[str, ...]
    tone: Tone | None
    gap: str
    quote: str


@dataclass(frozen=True, slots=True)
class TrendValue:
    """One value of the trend: for the eye, as a plain number for the page's drawing, exactly."""

    text: str
    fraction: str
    drawn: str
    exact: Fraction | None = None


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """All readings of one measured day."""

    as_of: date
    run_id: int
    values: tuple[TrendValue, ...]


def targets_using(code: str, on: date | None = None) -> list[Target]:
    """The targets of every policy that use the indicator, with the readings judged `on` a day."""
    targets = list(targets_of().filter(indicator=code))
    return targets if on is None else [standing_on(target, on) for target in targets]


def judged_readings(targets: Sequence[Target]) -> set[str]:
    return {target.judged_reading for target in targets if target.judged_reading}


def stored_readings(
    run: IndicatorRun, region: Region, code: str, targets: Sequence[Target], actor: Actor
) -> list[Reading]:
    """The readings the run stored for the region, judged ones first."""
    snapshots = {
        snapshot.reading: snapshot
        for snapshot in IndicatorSnapshot.objects.filter(run=run, region=region, indicator=code)
        .visible_to(actor)
        .select_related("definition")
    }
    judged = judged_readings(targets)
    known = [record for record in readings_of(code) if record.reading in snapshots]
    return [
        _reading(
            record,
            snapshots[record.reading],
            (region, run),
            is_judged=record.reading in judged,
            is_comparable=may_compare(record, actor),
        )
        for record in sorted(known, key=lambda record: record.reading not in judged)
    ]


def demands(
    run: IndicatorRun, region: Region, targets: Sequence[Target], actor: Actor
) -> list[Demand]:
    """What each target asks of the region and what became of it."""
    due = due_lines(targets, [region], until=run.as_of, actor=actor)
    first: dict[int, Demand] = {}
    for line in target_lines(run, [region], targets, actor=actor):
        threshold = threshold_text(line.target, line.indicator)
        found = Demand(line.target, threshold, entries_of(line, due))
        first.setdefault(line.target.pk, found)
    return list(first.values())


def breakdown(
    run: IndicatorRun,
    regions: Sequence[Region],
    indicator: Indicator,
    target: Target | None,
    actor: Actor,
) -> list[Part]:
    """The same reading in each of `regions`, judged against `target` where it asks for it."""
    lines = {
        line.region.pk: line
        for line in target_lines(run, regions, [target] if target else [], actor=actor)
        if line.is_judged and not (line.is_historical or line.is_unsigned)
        if line.indicator.key == indicator.key
    }
    snapshots = IndicatorSnapshot.objects.filter(
        run=run, region__in=regions, indicator=indicator.code, reading=indicator.reading
    ).visible_to(actor)
    figures = {snapshot.region_id: figure_of(snapshot) for snapshot in snapshots}
    return [
        Part(
            region=region,
            exact=value_of(figures[region.pk], is_ratio=indicator.is_ratio),
            value=value_text(figures[region.pk], indicator),
            fraction=fraction_text(figures[region.pk], indicator),
            asides=asides_text(figures[region.pk], indicator),
            tone=tone_of(line.judgement) if line else None,
            gap=gap_text(line) if line else "",
            quote=quote_text(figures[region.pk], indicator, region, run),
        )
        for region in regions
        if region.pk in figures
        for line in (lines.get(region.pk),)
    ]


def trend(region: Region, readings: Sequence[Indicator], actor: Actor) -> list[TrendPoint]:
    """The published figures of the region, the last measured day of each month, oldest first."""
    snapshots = (
        IndicatorSnapshot.objects.filter(
            run__in=IndicatorRun.objects.published(),
            region=region,
            indicator__in={record.code for record in readings},
        )
        .visible_to(actor)
        .select_related("run")
        .order_by("run__as_of", "run_id")
    )
    months: dict[tuple[int, int], dict[str, IndicatorSnapshot]] = {}
    for snapshot in snapshots:
        day = snapshot.run.as_of
        months.setdefault((day.year, day.month), {})[snapshot.reading] = snapshot
    return [_point(by_reading, readings) for by_reading in months.values()]


def _point(by_reading: dict[str, IndicatorSnapshot], readings: Sequence[Indicator]) -> TrendPoint:
    run = next(reversed(by_reading.values())).run
    values = tuple(_trend_value(by_reading.get(record.reading), record) for record in readings)
    return TrendPoint(run.as_of, run.pk, values)


def _trend_value(snapshot: IndicatorSnapshot | None, indicator: Indicator) -> TrendValue:
    if snapshot is None:
        return TrendValue(NOTHING, "", "")
    figure = figure_of(snapshot)
    value = value_of(figure, is_ratio=indicator.is_ratio)
    # 只供画线：判定与打印都不用这个小数。
    scale = 100 if indicator.is_ratio else 1
    drawn = "" if value is None else f"{float(value * scale):.4f}"
    return TrendValue(value_text(figure, indicator), fraction_text(figure, indicator), drawn, value)


def _reading(
    record: Indicator,
    snapshot: IndicatorSnapshot,
    place: tuple[Region, IndicatorRun],
    *,
    is_judged: bool,
    is_comparable: bool,
) -> Reading:
    figure = figure_of(snapshot)
    return Reading(
        indicator=record,
        definition=snapshot.definition,
        value=value_text(figure, record),
        fraction=fraction_text(figure, record),
        asides=asides_text(figure, record),
        is_judged=is_judged,
        quote=quote_text(figure, record, *place),
        is_comparable=is_comparable,
    )
