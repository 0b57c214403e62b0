"""Measuring a plan: the figures it touches, before and after, in a transaction without writes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.db import connection, transaction

from institutions.models import Region
from targets.indicators.base import Indicator, Subject
from targets.indicators.calculation import Figure
from targets.indicators.catalogue import CATALOGUE
from targets.indicators.measure import Figures, measure, tree_on
from targets.indicators.slots import tallies_of
from targets.models import IndicatorRun, Plan, PolicyDocument, Target
from targets.plans.overlay import Overlay
from targets.plans.steps import suppose
from targets.regions import children_of
from targets.results import (
    TargetLine,
    goal_of,
    is_past,
    line_of,
    ordered_readings,
    targets_of,
)

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Outlook:
    """One target's line without and with the plan."""

    before: TargetLine
    after: TargetLine

    @property
    def is_changed(self) -> bool:
        return (self.before.figure, self.before.goal) != (self.after.figure, self.after.goal)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The figures a plan touches in its region and everywhere below, without and with it.

    What is not listed reads nothing the plan changes, and stays as it is.
    """

    plan: Plan
    step_ids: tuple[int, ...]
    regions: tuple[Region, ...]
    before: Mapping[Key, Figures]
    after: Mapping[Key, Figures]
    outlooks: tuple[Outlook, ...]

    def changed_keys(self) -> list[Key]:
        """The readings whose figure differs in one of the shown regions, in catalogue order."""
        return [
            key
            for key in self.after
            if any(self.before[key][r.pk] != self.after[key][r.pk] for r in self.regions)
        ]


def evaluate(plan: Plan) -> Evaluation:
    """Measure the plan; ValidationError names the step that cannot be taken."""
    with reading_only():
        return measured(plan)


@contextmanager
def reading_only() -> Iterator[None]:
    """One frozen view of the registers in which the database refuses every write."""
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def measured(plan: Plan) -> Evaluation:
    """The evaluation, read in the caller's transaction."""
    steps = list(plan.steps.order_by("position"))
    overlay = suppose(steps, plan.as_of)
    tree = tree_on(plan.as_of, plan.region_id)
    touched = touched_indicators(overlay, plan.as_of)
    before = measure(touched, day=plan.as_of, tree=tree)
    after = measure(touched, day=plan.as_of, tree=tree, lens=overlay.lens)
    regions = (plan.region, *children_of(tree, plan.region))
    return Evaluation(
        plan=plan,
        step_ids=tuple(step.pk for step in steps),
        regions=regions,
        before=before,
        after=after,
        outlooks=tuple(_outlooks(plan, regions, overlay, before, after)),
    )


def touched_indicators(overlay: Overlay, day: date) -> list[Indicator]:
    """The readings that count from a table the plan changes, or whose target it changes.

    The others need no second look, so a plan about beds never reads the sign-ups.
    """
    changed = {target.indicator for target in overlay.targets.values()}
    touched = {subject for subject in tallies_of(CATALOGUE) if _reads(subject, overlay.tables, day)}
    return [
        indicator
        for indicator in CATALOGUE
        if indicator.code in changed or not touched.isdisjoint(tallies_of([indicator]))
    ]


def _reads(subject: Subject, tables: frozenset[str], day: date) -> bool:
    sql = _statement(subject, day)
    return any(f'"{table}"' in sql for table in tables)


# 写出全部科目的语句要 50 毫秒；同一天的语句读哪些表总是一样的。
@lru_cache(maxsize=64)
def _statement(subject: Subject, day: date) -> str:
    sql, _ = subject.rows(day).query.sql_with_params()
    return sql


def _outlooks(
    plan: Plan,
    regions: Sequence[Region],
    overlay: Overlay,
    before: Mapping[Key, Figures],
    after: Mapping[Key, Figures],
) -> Iterator[Outlook]:
    in_force = set(PolicyDocument.objects.in_force(plan.as_of).values_list("pk", flat=True))
    # 从不存库的批次：呈现层只看它的统计日。
    run = IndicatorRun(as_of=plan.as_of, region=plan.region, is_preview=True)
    for target in targets_of():
        supposed = overlay.targets.get(target.pk, target)
        for indicator in ordered_readings(target):
            if indicator.key not in after:
                continue
            for region in regions:
                without, with_plan = (f[indicator.key][region.pk] for f in (before, after))
                yield Outlook(
                    _line(run, region, target, indicator, without, in_force),
                    _line(run, region, supposed, indicator, with_plan, in_force),
                )


def _line(
    run: IndicatorRun,
    region: Region,
    target: Target,
    indicator: Indicator,
    figure: Figure,
    in_force: set[int],
) -> TargetLine:
    goal, is_historical = goal_of(target), is_past(target.policy, in_force, run.as_of)
    return line_of(run, region, target, indicator, figure, goal=goal, is_historical=is_historical)
