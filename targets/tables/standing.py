"""Where the targets in force stand in an actor's region: one line each, with the way it came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from institutions.models import Region
from targets.indicators.base import Indicator
from targets.indicators.calculation import value_of
from targets.models import IndicatorRun, IndicatorSnapshot
from targets.presenters import Shown, present, value_text
from targets.regions import children_of, own_regions, top_region, visible_regions
from targets.results import TargetLine, figure_of, target_lines, targets_of
from targets.snapshots import tree_of
from targets.tables.sparkline import Sparkline, sparkline
from yiyang.access.scope import Actor
from yiyang.asked import Asked

MONTHS_DRAWN = 13
Series = dict[tuple[int, str, str], dict[int, IndicatorSnapshot]]


@dataclass(frozen=True, slots=True)
class Standing:
    """One target in one region: the figure of the run, its verdict and its past year."""

    line: TargetLine
    shown: Shown
    trend: Sparkline
    since: str

    @property
    def is_behind(self) -> bool:
        return self.line.judgement.is_behind

    @property
    def query(self) -> str:
        """The address parameters of this very figure."""
        line = self.line
        return f"region={line.region.code}&as_of={line.run.as_of}&target={line.target.code}"


def home_regions(run: IndicatorRun, actor: Actor, asked: Asked) -> list[Region]:
    """The region an actor answers for; the granted ones where there are several."""
    if own := asked.once(own_regions, run, actor):
        return own
    below = children_of(asked.once(tree_of, run), top_region(run, actor))
    return visible_regions(run, below, actor)


def standings(run: IndicatorRun, actor: Actor, asked: Asked) -> list[Standing]:
    """Every judged target in force, region by region, in the order of policies."""
    regions = home_regions(run, actor, asked)
    lines = [
        line
        for line in target_lines(run, regions, targets_of(), actor=actor)
        if line.is_judged and not (line.is_historical or line.is_unsigned)
    ]
    months = monthly_runs(until=run)
    series = _series(months, regions, {line.indicator.code for line in lines}, actor)
    return [_standing(line, months, series) for line in lines]


def monthly_runs(*, until: IndicatorRun) -> list[tuple[int, date]]:
    """Number and day of the last run of each of the last months, the oldest first."""
    first = until.as_of - timedelta(days=MONTHS_DRAWN * 31)
    published = IndicatorRun.objects.published().filter(as_of__range=(first, until.as_of))
    runs = published.order_by("-as_of", "-pk")
    last: dict[tuple[int, int], tuple[int, date]] = {}
    for pk, day in runs.values_list("pk", "as_of"):
        last.setdefault((day.year, day.month), (pk, day))
    return list(last.values())[:MONTHS_DRAWN][::-1]


def _series(
    months: Sequence[tuple[int, date]], regions: Sequence[Region], codes: set[str], actor: Actor
) -> Series:
    found: Series = {}
    snapshots = IndicatorSnapshot.objects.filter(
        run__in=[pk for pk, _ in months], region__in=regions, indicator__in=codes
    ).visible_to(actor)
    for one in snapshots:
        found.setdefault((one.region_id, one.indicator, one.reading), {})[one.run_id] = one
    return found


def _standing(line: TargetLine, months: Sequence[tuple[int, date]], series: Series) -> Standing:
    past = series.get((line.region.pk, *line.indicator.key), {})
    told = [(day, past.get(pk)) for pk, day in months]
    words = "；".join(f"{day} {_text(one, line.indicator)}" for day, one in told)
    drawn = sparkline([_value(one, line.indicator) for _, one in told], words)
    first = next(((day, one) for day, one in told if one is not None), None)
    since = ""
    if first is not None and first[0] < line.run.as_of:
        since = f"{first[0]} 为 {_text(first[1], line.indicator)}"
    return Standing(line, present(line), drawn, since)


def _value(snapshot: IndicatorSnapshot | None, indicator: Indicator) -> Fraction | None:
    if snapshot is None:
        return None
    return value_of(figure_of(snapshot), is_ratio=indicator.is_ratio)


def _text(snapshot: IndicatorSnapshot | None, indicator: Indicator) -> str:
    return "没有量度" if snapshot is None else value_text(figure_of(snapshot), indicator)
