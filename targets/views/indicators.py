"""The pages of the indicators: all of them, and one explained."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from institutions.models import Region
from targets.explain.coverage import coverage_of
from targets.explain.figures import (
    Part,
    breakdown,
    demands,
    judged_readings,
    stored_readings,
    targets_using,
    trend,
)
from targets.explain.freshness import warnings_at
from targets.explain.policy_dates import policy_dates
from targets.explain.ranking import Ranked, ranked
from targets.explain.region_map import map_of
from targets.indicators.base import Indicator
from targets.indicators.catalogue import readings_of
from targets.models import Target
from targets.plans.actions import may_write_plans
from targets.regions import children_of, columns_of, grandchildren_of, visible_regions
from targets.tables.footnotes import footnotes_of
from targets.tables.overview import overview
from targets.views.asked import Asked, asked_region, asked_run, offered_days
from yiyang.access.decorators import requires
from yiyang.access.http import ActorRequest, asked_at
from yiyang.access.roles import Permission

STREETS = "streets"
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
    targets = targets_using(code, run.as_of)
    readings = stored_readings(run, asked.region, code, targets, request.actor)
    if not readings:
        raise Http404(f"{run.as_of} 没有量度 {code}，或 {asked.region.name} 不在您的授权范围。")
    context = {
        "asked": asked,
        "steps": [("指标一览", reverse("indicator-list")), (readings[0].indicator.title, "")],
        "main": readings[0],
        "readings": readings,
        "coverage": coverage_of(run, asked.tree, asked.region.pk, readings[0].indicator),
        "demands": demands(run, asked.region, targets, request.actor),
        "dates": policy_dates(targets),
        "days": offered_days(run.as_of),
        "warnings": warnings_at(asked_at(request)),
        "footnotes": footnotes_of(run, code),
        "trend": trend(asked.region, [r.indicator for r in readings], request.actor),
        "may_plan": may_write_plans(request.actor),
        "chart_query": _chart_query(request, asked),
        **_below(request, asked, readings[0].indicator, targets),
    }
    return render(request, "targets/indicator_detail.html", context)


def _chart_query(request: ActorRequest, asked: Asked) -> str:
    """What the files of the charts are asked with; empty for who may not take files away."""
    if not request.actor.may(Permission.EXPORT):
        return ""
    below = "&below=streets" if request.GET.get("below") == STREETS else ""
    return f"region={asked.region.code}&as_of={asked.run.as_of}{below}"


@dataclass(frozen=True, slots=True)
class Below:
    """The regions asked for below one, with the target that judges them, if any does."""

    children: list[Region]
    streets: list[Region]
    is_streets: bool
    target: Target | None
    parts: list[Part]


def parts_below(
    request: ActorRequest, asked: Asked, indicator: Indicator, targets: list[Target]
) -> Below:
    """The regions right below, or with `?below=streets` those below them."""
    children = children_of(asked.tree, asked.region)
    streets = grandchildren_of(asked.tree, asked.region)
    is_streets = request.GET.get("below") == STREETS
    judged = indicator.reading in judged_readings(targets)
    target = next((t for t in targets if judged and t.judged_reading == indicator.reading), None)
    shown = streets if is_streets and streets else children
    parts = breakdown(asked.run, shown, indicator, target, request.actor)
    return Below(children, streets, is_streets, target, parts)


def _below(
    request: ActorRequest, asked: Asked, indicator: Indicator, targets: list[Target]
) -> dict[str, Any]:
    """The regions below as map and table, ranked unless the setting or the reader says not to."""
    below = parts_below(request, asked, indicator, targets)
    is_ranked = settings.INDICATOR_RANKING and request.GET.get("rank") != "off"
    unranked = [Ranked(part, None) for part in below.parts]
    return {
        "parts": below.parts,
        "rows": ranked(below.parts, indicator.direction) if is_ranked else unranked,
        "map": map_of(asked.region, below.parts),
        "below": STREETS if below.is_streets else "",
        "children_level": _level_of(below.children),
        "streets_level": _level_of(below.streets),
        "may_rank": settings.INDICATOR_RANKING,
        "is_ranked": is_ranked,
    }


def _level_of(regions: list[Region]) -> str:
    """What the regions are called together, without the kinds set in brackets."""
    return regions[0].get_level_display().partition("（")[0] if regions else ""
