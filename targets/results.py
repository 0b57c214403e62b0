"""Stored figures held against the targets: the lines of every target table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from django.conf import settings
from django.db.models import QuerySet

from institutions.models import Region
from targets.indicators.base import Indicator
from targets.indicators.calculation import (
    Figure,
    Goal,
    Judgement,
    judge,
    needed,
    value_of,
)
from targets.indicators.catalogue import BY_KEY, readings_of
from targets.indicators.measure import tree_on
from targets.models import IndicatorRun, IndicatorSnapshot, PolicyDocument, Target
from targets.standing import standing_on
from yiyang.access.scope import Actor


@dataclass(frozen=True, slots=True)
class TargetLine:
    """One target, one reading, one region, as a run measured it."""

    run: IndicatorRun
    region: Region
    target: Target
    indicator: Indicator
    figure: Figure
    goal: Goal
    judgement: Judgement
    is_judged: bool
    is_historical: bool

    @property
    def is_unsigned(self) -> bool:
        """Whether the day measured lies before the policy was signed: it asks for nothing yet."""
        return self.target.policy.signed_on > self.run.as_of

    @property
    def value(self) -> Fraction | None:
        return value_of(self.figure, is_ratio=self.indicator.is_ratio)

    @property
    def needed(self) -> int | None:
        """还差几家: how many more must be counted; None where it cannot be said."""
        return needed(self.figure, self.goal, is_ratio=self.indicator.is_ratio)


def latest_run(*, on: date | None = None) -> IndicatorRun | None:
    """The newest published run, or the newest of the day `on`."""
    runs = IndicatorRun.objects.published().newest_first().select_related("region")
    return (runs if on is None else runs.filter(as_of=on)).first()


def run_of(day: date, region: Region) -> IndicatorRun | None:
    """The run that holds `region` on `day`: the published one, else a preview of the region."""
    return latest_run(on=day) or (
        IndicatorRun.objects.done()
        .filter(as_of=day, region=region)
        .newest_first()
        .select_related("region")
        .first()
    )


def targets_of(policies: QuerySet[PolicyDocument] | None = None) -> QuerySet[Target]:
    """Every published target, or those of `policies`, in the order of policies and clauses."""
    targets = Target.objects.select_related("policy", "clause", "region").prefetch_related(
        "milestones", "revisions"
    )
    targets = targets.published() if policies is None else targets.filter(policy__in=policies)
    return targets.order_by("policy__signed_on", "policy_id", "position")


def target_lines(
    run: IndicatorRun,
    regions: Sequence[Region],
    targets: Iterable[Target],
    *,
    actor: Actor | None = None,
) -> list[TargetLine]:
    """The lines of `targets` for `regions` from one run: judged reading first, then references.

    With an `actor` only the regions it may see are filled.
    """
    figures = _figures(run, regions, actor)
    standing = [standing_on(target, run.as_of) for target in targets]
    areas = _areas({target.region_id for target in standing}, run)
    in_force = set(PolicyDocument.objects.in_force(run.as_of).values_list("pk", flat=True))
    lines = []
    for target in standing:
        goal, is_historical = goal_of(target), is_past(target.policy, in_force, run.as_of)
        lines += [
            line_of(run, region, target, indicator, figure, goal=goal, is_historical=is_historical)
            for indicator in ordered_readings(target)
            for region in dict.fromkeys(regions)
            if region.pk in areas[target.region_id]
            and (figure := figures.get((region.pk, indicator.key))) is not None
        ]
    return lines


def _areas(set_for: Iterable[int], run: IndicatorRun) -> dict[int, frozenset[int]]:
    """Where what is set for a region holds: there and below; what stands above the run, all over.

    Walked once for each region a target is set for, not once a line.
    """
    tree = tree_on(run.as_of, run.region_id)
    every = frozenset(tree.top_down)
    return {one: frozenset(tree.below(one)) if one in every else every for one in set_for}


def ordered_readings(target: Target) -> list[Indicator]:
    """The readings of the target's indicator, the judged one first."""
    readings = readings_of(target.indicator)
    return sorted(readings, key=lambda record: record.reading != target.judged_reading)


def goal_of(target: Target) -> Goal:
    """The target's demand in exact numbers."""
    return Goal(
        comparator=target.comparator,
        threshold=_exact(target.threshold),
        upper=_exact(target.threshold_upper),
        has_upper_failure=target.has_upper_failure,
        due_on=target.due_on,
        milestones=tuple(
            (step.due_on, Fraction(step.threshold)) for step in target.milestones.all()
        ),
    )


def minimum_coverage() -> Fraction:
    return Fraction(settings.MINIMUM_COVERAGE_PERCENT, 100)


def figure_of(snapshot: IndicatorSnapshot) -> Figure:
    return Figure(
        numerator=snapshot.numerator,
        denominator=snapshot.denominator,
        excluded=snapshot.excluded,
        missing=snapshot.missing,
        expected=snapshot.expected,
    )


def is_judged_in(region_id: int, target: Target, indicator: Indicator) -> bool:
    """Whether the target judges this reading there.

    A share is owed by every district; a number of places only by the region it is set for.
    """
    is_owed = indicator.is_ratio or region_id == target.region_id
    return is_owed and indicator.reading == target.judged_reading


def is_past(policy: PolicyDocument, in_force: set[int], as_of: date) -> bool:
    """Whether the policy was in force once and is no more; one not yet signed is not past."""
    return policy.pk not in in_force and policy.signed_on <= as_of


def judge_figure(
    figure: Figure, goal: Goal, indicator: Indicator, as_of: date, *, is_judged: bool
) -> Judgement:
    """The verdict of one reading of a target on `as_of`."""
    return judge(
        figure,
        goal,
        is_ratio=indicator.is_ratio,
        is_judged=is_judged,
        as_of=as_of,
        minimum_coverage=minimum_coverage(),
    )


def line_of(
    run: IndicatorRun,
    region: Region,
    target: Target,
    indicator: Indicator,
    figure: Figure,
    *,
    goal: Goal,
    is_historical: bool,
) -> TargetLine:
    """The figure held against the target's `goal`, with the verdict of the run's day."""
    is_judged = is_judged_in(region.pk, target, indicator)
    return TargetLine(
        run=run,
        region=region,
        target=target,
        indicator=indicator,
        figure=figure,
        goal=goal,
        judgement=judge_figure(figure, goal, indicator, run.as_of, is_judged=is_judged),
        is_judged=is_judged,
        is_historical=is_historical,
    )


def _figures(
    run: IndicatorRun, regions: Sequence[Region], actor: Actor | None
) -> dict[tuple[int, tuple[str, str]], Figure]:
    snapshots = IndicatorSnapshot.objects.filter(run=run, region__in=regions)
    if actor is not None:
        snapshots = snapshots.visible_to(actor)
    return {
        (snapshot.region_id, (snapshot.indicator, snapshot.reading)): figure_of(snapshot)
        for snapshot in snapshots
        if (snapshot.indicator, snapshot.reading) in BY_KEY
    }


def _exact(number: Decimal | None) -> Fraction | None:
    return None if number is None else Fraction(number)
