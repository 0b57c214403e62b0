"""What a saved plan promised, beside what a run measured afterwards."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from institutions.models import Region
from targets.indicators.base import Indicator
from targets.indicators.calculation import Figure, value_of
from targets.indicators.catalogue import BY_KEY
from targets.models import IndicatorRun, IndicatorSnapshot, Plan, PlanFigure
from targets.results import figure_of
from yiyang.access.scope import Actor


@dataclass(frozen=True, slots=True)
class Kept:
    """A promised figure beside the one a run measured."""

    region: Region
    indicator: Indicator
    before: Figure
    promised: Figure
    actual: Figure | None

    @property
    def is_reached(self) -> bool | None:
        """Whether the measured value is at least the promised one; None where one is unknown."""
        if self.actual is None:
            return None
        wanted, got = (
            value_of(figure, is_ratio=self.indicator.is_ratio)
            for figure in (self.promised, self.actual)
        )
        return None if wanted is None or got is None else got >= wanted


def run_to_compare(plan: Plan) -> IndicatorRun | None:
    """The published run of the plan's day, else the first one after it."""
    runs = IndicatorRun.objects.published().filter(as_of__gte=plan.as_of)
    return runs.order_by("as_of", "-id").first()


def kept_figures(plan: Plan, run: IndicatorRun | None, actor: Actor) -> list[Kept]:
    """What a saved plan said would change, beside what `run` measured."""
    promises = PlanFigure.objects.visible_to(actor).filter(plan=plan).select_related("region")
    measured = _measured(run, actor, {promise.region_id for promise in promises})
    order = {key: index for index, key in enumerate(BY_KEY)}
    kept = [
        _kept(promise, measured.get((promise.region_id, promise.indicator, promise.reading)))
        for promise in promises
        if (promise.indicator, promise.reading) in BY_KEY
    ]
    changed = [line for line in kept if line.before != line.promised]
    return sorted(
        changed,
        key=lambda line: (
            order[line.indicator.key],
            line.region.pk != plan.region_id,
            line.region.code,
        ),
    )


def _kept(promise: PlanFigure, snapshot: IndicatorSnapshot | None) -> Kept:
    return Kept(
        region=promise.region,
        indicator=BY_KEY[promise.indicator, promise.reading],
        before=Figure(promise.numerator_before, promise.denominator_before),
        promised=Figure(promise.numerator, promise.denominator),
        actual=figure_of(snapshot) if snapshot else None,
    )


def _measured(
    run: IndicatorRun | None, actor: Actor, regions: Iterable[int]
) -> dict[tuple[int, str, str], IndicatorSnapshot]:
    if run is None:
        return {}
    snapshots = IndicatorSnapshot.objects.visible_to(actor).filter(run=run, region__in=regions)
    return {(row.region_id, row.indicator, row.reading): row for row in snapshots}
