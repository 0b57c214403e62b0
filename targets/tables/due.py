"""到期结果: what each target had reached on its own due day, kept beside every later figure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from institutions.models import Region
from targets.indicators.catalogue import BY_KEY
from targets.models import IndicatorRun, IndicatorSnapshot, Target
from targets.results import TargetLine, figure_of, goal_of, line_of
from targets.standing import standing_on
from yiyang.access.scope import Actor

DueLines = dict[tuple[int, int, str], TargetLine]


def due_lines(
    targets: Sequence[Target], regions: Sequence[Region], *, until: date, actor: Actor
) -> DueLines:
    """The lines of targets due by `until`, by target, region and reading."""
    due = [
        standing_on(target, target.due_on)
        for target in targets
        if target.due_on and target.due_on <= until
    ]
    runs = newest_runs({target.due_on for target in due if target.due_on})
    by_id = {region.pk: region for region in regions}
    snapshots = IndicatorSnapshot.objects.filter(
        run__in=[run.pk for run in runs.values()],
        region__in=regions,
        indicator__in={target.indicator for target in due},
    ).visible_to(actor)
    measured: dict[tuple[int, str], list[IndicatorSnapshot]] = {}
    for snapshot in snapshots:
        measured.setdefault((snapshot.run_id, snapshot.indicator), []).append(snapshot)
    return {
        (target.pk, snapshot.region_id, snapshot.reading): _line(run, target, snapshot, by_id)
        for target in due
        if (run := runs.get(target.due_on or until))
        for snapshot in measured.get((run.pk, target.indicator), ())
        if (snapshot.indicator, snapshot.reading) in BY_KEY
    }


def newest_runs(days: Iterable[date]) -> dict[date, IndicatorRun]:
    """The newest published run of each of `days` that was measured."""
    runs = IndicatorRun.objects.published().filter(as_of__in=days).newest_first()
    newest: dict[date, IndicatorRun] = {}
    for run in runs:
        newest.setdefault(run.as_of, run)
    return newest


def _line(
    run: IndicatorRun, target: Target, snapshot: IndicatorSnapshot, by_id: dict[int, Region]
) -> TargetLine:
    indicator = BY_KEY[snapshot.indicator, snapshot.reading]
    figure = figure_of(snapshot)
    region, goal = by_id[snapshot.region_id], goal_of(target)
    return line_of(run, region, target, indicator, figure, goal=goal, is_historical=False)
