"""What the pages that compare runs ask for: finished runs and a reading, or 404 saying why."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.http import Http404

from targets.explain.small_cells import may_compare
from targets.indicators.base import Indicator
from targets.indicators.catalogue import BY_KEY
from targets.models import IndicatorRun, IndicatorSnapshot
from targets.results import latest_run
from targets.views.asked import Asked, asked_region
from yiyang.access.http import ActorRequest

OFFERED_RUNS = 60
DIGITS = 18
TOLD_APART = "按人计的指标在这里逐条拆开，可能看出个人；本页只对可看老年人台账的角色开放。"


@dataclass(frozen=True, slots=True)
class AskedReading:
    """One reading in one region as a run stored it, for an actor who may see it."""

    asked: Asked
    indicator: Indicator

    @property
    def run(self) -> IndicatorRun:
        return self.asked.run


def asked_indicator(code: str, reading: str) -> Indicator:
    """The reading in today's catalogue."""
    indicator = BY_KEY.get((code, reading))
    if indicator is None:
        raise Http404(f"没有指标 {code} 的口径 {reading}；请从“指标一览”里选择。")
    return indicator


def asked_reading(request: ActorRequest, indicator: Indicator, run: IndicatorRun) -> AskedReading:
    """The reading in the region of `?region=`; 404 outside the run or the actor's scope.

    Refused where people are told apart to somebody who sees none.
    """
    if not may_compare(indicator, request.actor):
        raise PermissionDenied(TOLD_APART)
    asked = asked_region(request, run)
    stored = IndicatorSnapshot.objects.filter(
        run=run, region=asked.region, indicator=indicator.code, reading=indicator.reading
    )
    if not stored.visible_to(request.actor).exists():
        raise Http404(
            f"批次 {run.pk}（{run.as_of}）没有量度 {indicator.code}，"
            f"或 {asked.region.name} 不在您的授权范围。"
        )
    return AskedReading(asked, indicator)


def run_named(request: ActorRequest, name: str) -> IndicatorRun | None:
    """The finished run whose number the address gives under `name`; None when it gives none."""
    text = request.GET.get(name, "")
    if not text:
        return None
    # 上限防止超出数据库整数范围。
    if not (text.isascii() and text.isdigit()) or len(text) > DIGITS:
        raise Http404(f"地址里的 {name}={text} 应当是量度批次号；请从页面上的选单进入。")
    run = IndicatorRun.objects.done().filter(pk=text).select_related("region").first()
    if run is None:
        raise Http404(f"没有已完成的量度批次 {text}；请从页面上的选单里选择。")
    return run


def newest_run() -> IndicatorRun:
    """The newest published run; 404 before any night."""
    run = latest_run()
    if run is None:
        raise Http404("还没有量度结果；夜间任务完成后再来。")
    return run


def offered_runs(*chosen: IndicatorRun) -> list[IndicatorRun]:
    """Published runs worth offering, newest day first, and the chosen ones."""
    newest = list(IndicatorRun.objects.published().newest_first()[:OFFERED_RUNS])
    known = {run.pk for run in newest}
    missing = {run.pk: run for run in chosen if run.pk not in known}
    return sorted([*newest, *missing.values()], key=lambda run: (run.as_of, run.pk), reverse=True)
