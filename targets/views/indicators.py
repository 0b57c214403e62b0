"""The pages of the indicators: all of them, and one explained."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from targets.explain.coverage import coverage_of
from targets.explain.figures import (
    breakdown,
    demands,
    judged_readings,
    stored_readings,
    targets_using,
    trend,
)
from targets.explain.freshness import warnings_at
from targets.indicators.catalogue import readings_of
from targets.models import Target
from targets.regions import children_of, columns_of, visible_regions
from targets.tables.footnotes import footnotes_of
from targets.tables.overview import overview
from targets.views.asked import Asked, asked_region, asked_run, offered_days
from yiyang.access.decorators import requires
from yiyang.access.http import ActorRequest, asked_at
from yiyang.access.roles import Permission

NOT_MEASURED = "还没有量度结果；夜间任务完成后再来，或请系统管理员运行 take_snapshot。"


@require_safe
@requires(Permission.VIEW_TARGETS)
def indicator_list(request: ActorRequest) -> HttpResponse:
    """Every reading of the catalogue, with or without a target, on a measured day."""
    context: dict[str, Any] = {"warnings": warnings_at(asked_at(request))}
    run = asked_run(request)
    if run is not None:
        asked = asked_region(request, run)
        columns = visible_regions(run, columns_of(run, asked.region), request.actor)
        context |= {
            "asked": asked,
            "columns": columns,
            "rows": overview(run, columns, request.actor),
            "days": offered_days(run.as_of),
            "footnotes": footnotes_of(run),
        }
    return render(request, "targets/indicator_list.html", context)


@require_safe
@requires(Permission.VIEW_TARGETS)
def indicator_detail(request: ActorRequest, code: str) -> HttpResponse:
    """One indicator: figure, targets, definition, readings, trend, breakdown, records."""
    if not readings_of(code):
        raise Http404(f"没有指标 {code}；请从“指标一览”里选择。")
    run = asked_run(request)
    if run is None:
        raise Http404(NOT_MEASURED)
    asked = asked_region(request, run)
    targets = targets_using(code)
    readings = stored_readings(run, asked.region, code, targets, request.actor)
    if not readings:
        raise Http404(f"{run.as_of} 没有量度 {code}，或 {asked.region.name} 不在您的授权范围。")
    context = {
        "asked": asked,
        "main": readings[0],
        "readings": readings,
        "coverage": coverage_of(run, asked.tree, asked.region.pk, readings[0].indicator),
        "demands": demands(run, asked.region, targets, request.actor),
        "due_days": due_days(targets),
        "days": offered_days(run.as_of),
        "warnings": warnings_at(asked_at(request)),
        "footnotes": footnotes_of(run),
        "trend": trend(asked.region, [r.indicator for r in readings], request.actor),
        "parts": _parts(request, asked, readings[0].indicator.key, targets),
    }
    return render(request, "targets/indicator_detail.html", context)


def due_days(targets: list[Target]) -> list[dict[str, Any]]:
    """The due days to mark in the trend, with the policy that set them."""
    return [
        {"day": target.due_on, "policy": target.policy.number, "wording": target.wording}
        for target in targets
        if target.due_on
    ]


def _parts(
    request: ActorRequest, asked: Asked, key: tuple[str, str], targets: list[Target]
) -> list[Any]:
    record = next(r for r in readings_of(key[0]) if r.key == key)
    judged = record.reading in judged_readings(targets)
    target = next((t for t in targets if judged and t.judged_reading == record.reading), None)
    children = children_of(asked.tree, asked.region)
    return breakdown(asked.run, children, record, target, request.actor)
