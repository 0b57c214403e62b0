"""Charts of one indicator from what its page shows: the regions below, and the past runs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from institutions.models import Region
from targets.charts.chart import Chart, Kind, Row, Value
from targets.explain.figures import Part, TrendPoint
from targets.indicators.base import Indicator
from targets.models import IndicatorRun, Target
from targets.presenters import threshold_number, threshold_text
from targets.results import goal_of, is_judged_in
from yiyang.lib.demo import demo_mark


def region_chart(
    run: IndicatorRun,
    region: Region,
    indicator: Indicator,
    parts: Sequence[Part],
    target: Target | None,
) -> Chart:
    """One bar a region in the order given, against the number the target asks of each."""
    goal = None if target is None else _goal(target, indicator)
    return Chart(
        kind=Kind.BARS,
        title=f"{region.name}以下各区划{indicator.title}",
        unit=unit_of(indicator),
        heading="区划",
        series=(indicator.reading_title,),
        rows=tuple(_bar(part, goal) for part in parts),
        source=source_of(run, indicator),
        is_ratio=indicator.is_ratio,
        mark=demo_mark(),
    )


def trend_chart(
    region: Region,
    readings: Sequence[Indicator],
    points: Sequence[TrendPoint],
    targets: Sequence[Target],
) -> Chart:
    """A line for each reading over the months, with the goal in force on each day."""
    first = readings[0]
    judged = [
        target
        for target in targets
        if target.judged_reading in {one.reading for one in readings}
        and any(is_judged_in(region.pk, target, one) for one in readings)
    ]
    return Chart(
        kind=Kind.LINE,
        title=f"{region.name}{first.title}历次量度",
        unit=unit_of(first),
        heading="统计日",
        series=tuple(record.reading_title for record in readings),
        rows=tuple(_point(point, first, judged) for point in points),
        source=_runs(points),
        is_ratio=first.is_ratio,
        mark=demo_mark(),
    )


def source_of(run: IndicatorRun, indicator: Indicator) -> str:
    """The day, the run and the reading, as every chart prints them."""
    day = run.as_of
    told = f"截至{day.year}年{day.month}月{day.day}日，量度批次 {run.pk}"
    return f"{told}，口径“{indicator.reading_title}”"


def unit_of(indicator: Indicator) -> str:
    """What the numbers on a chart are counted in."""
    return "%" if indicator.is_ratio else indicator.measure


def _bar(part: Part, goal: Value | None) -> Row:
    tone = part.tone
    return Row(
        label=part.region.name,
        values=(Value(part.value, part.exact),),
        goal=goal if tone else None,
        word=tone.word if tone else "",
        tone=tone.colour if tone else "",
    )


def _goal(target: Target, indicator: Indicator) -> Value | None:
    threshold = goal_of(target).threshold
    return None if threshold is None else Value(threshold_text(target, indicator), threshold)


def _point(point: TrendPoint, indicator: Indicator, targets: Sequence[Target]) -> Row:
    return Row(
        label=f"{point.as_of}",
        values=tuple(Value(value.text, value.exact) for value in point.values),
        goal=_goal_on(point.as_of, indicator, targets),
        at=point.as_of.toordinal(),
    )


def _goal_on(day: date, indicator: Indicator, targets: Sequence[Target]) -> Value | None:
    """What was asked by that day: the last milestone passed, the number itself from its due day."""
    target = next((one for one in targets if one.policy.holds_on(day)), None)
    if target is None:
        return None
    passed = [step for step in target.milestones.all() if step.due_on <= day]
    is_due = target.due_on is None or day >= target.due_on
    if is_due or not target.milestones.all():
        return _goal(target, indicator)
    if not passed:
        return None
    step = max(passed, key=lambda one: one.due_on)
    exact = next(number for due_on, number in goal_of(target).milestones if due_on == step.due_on)
    return Value(threshold_number(step.threshold, indicator), exact)


def _runs(points: Sequence[TrendPoint]) -> str:
    if not points:
        return "没有量度"
    runs = "、".join(str(point.run_id) for point in points)
    return f"每月取最后一个量度日；量度批次 {runs}"
