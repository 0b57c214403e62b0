"""The figure that a page about one target asks for, or 404 saying why."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404

from targets.explain.figures import targets_using
from targets.indicators.base import Indicator
from targets.indicators.calculation import Figure, Goal
from targets.indicators.catalogue import readings_of
from targets.models import IndicatorSnapshot, Target
from targets.results import TargetLine, figure_of, target_lines
from targets.views.asked import Asked, asked_region, asked_run
from yiyang.access.http import ActorRequest

NOT_MEASURED = "还没有量度结果；夜间任务完成后再来，或请系统管理员运行 take_snapshot。"


@dataclass(frozen=True, slots=True)
class AskedLine:
    """One figure of a run; `line` is None where no target uses the indicator."""

    asked: Asked
    indicator: Indicator
    figure: Figure
    line: TargetLine | None
    targets: tuple[Target, ...]

    @property
    def goal(self) -> Goal | None:
        return self.line.goal if self.line else None

    @property
    def query(self) -> str:
        """The address parameters that lead back to this very figure."""
        parts = [f"region={self.asked.region.code}", f"as_of={self.asked.run.as_of}"]
        parts += [f"target={self.line.target.code}"] if self.line else []
        return "&".join(parts)


def asked_line(request: ActorRequest, code: str) -> AskedLine:
    """The judged reading of `?target=`, by default of the target in force."""
    readings = readings_of(code)
    if not readings:
        raise Http404(f"没有指标 {code}；请从“指标一览”里选择。")
    run = asked_run(request)
    if run is None:
        raise Http404(NOT_MEASURED)
    asked = asked_region(request, run)
    targets = targets_using(code, run.as_of)
    lines = target_lines(run, [asked.region], targets, actor=request.actor)
    line = _line(lines, request.GET.get("target", ""))
    indicator = line.indicator if line else readings[0]
    figure = line.figure if line else _figure(request, asked, indicator)
    return AskedLine(asked, indicator, figure, line, tuple(targets))


def _line(lines: list[TargetLine], wanted: str) -> TargetLine | None:
    """The judged line of the wanted target; by default one in force, with a number if any has."""
    first: dict[str, TargetLine] = {}
    for line in lines:
        first.setdefault(line.target.code, line)
    if wanted and wanted not in first:
        raise Http404(f"目标 {wanted} 不用这个指标，或不在您的授权范围；请从目标表进入。")
    if wanted:
        return first[wanted]
    ordered = sorted(
        first.values(),
        key=lambda line: (line.is_historical or line.is_unsigned, line.goal.threshold is None),
    )
    return next(iter(ordered), None)


def _figure(request: ActorRequest, asked: Asked, indicator: Indicator) -> Figure:
    snapshot = (
        IndicatorSnapshot.objects.filter(
            run=asked.run,
            region=asked.region,
            indicator=indicator.code,
            reading=indicator.reading,
        )
        .visible_to(request.actor)
        .first()
    )
    if snapshot is None:
        raise Http404(
            f"{asked.run.as_of} 没有量度 {indicator.code}，"
            f"或 {asked.region.name} 不在您的授权范围。"
        )
    return figure_of(snapshot)
