"""The page of a past figure on the map of its own day and on the map of another."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from institutions.models import Region, RegionPlacement
from institutions.models.regions import names_on
from targets.indicators.calculation import Figure
from targets.models import IndicatorSnapshot
from targets.past.rebased import rebased_figures
from targets.presenters import fraction_text, value_text
from targets.results import figure_of
from targets.views.asked import Asked
from targets.views.compared import asked_indicator, asked_reading, newest_run, run_named
from yiyang.access.decorators import requires
from yiyang.access.http import ActorRequest
from yiyang.access.roles import Permission
from yiyang.lib.sheets import parse_date


@require_safe
@requires(Permission.VIEW_TARGETS)
def rebased_detail(request: ActorRequest, code: str, reading: str) -> HttpResponse:
    """The regions below the one asked for, each on its own day's map and on the other."""
    indicator = asked_indicator(code, reading)
    run = run_named(request, "run") or newest_run()
    asked = asked_reading(request, indicator, run).asked
    map_day = _map_day(request, run.as_of)
    moved = rebased_figures([indicator], day=run.as_of, map_day=map_day, root=run.region_id)[
        indicator.key
    ]
    return render(
        request,
        "targets/rebased_detail.html",
        {
            "asked": asked,
            "indicator": indicator,
            "map_day": map_day,
            "query": f"run={run.pk}",
            "lines": _lines(asked, indicator, moved, map_day, request),
        },
    )


def _map_day(request: ActorRequest, default: date) -> date:
    text = request.GET.get("map", "")
    if not text:
        return request.actor.day
    try:
        return parse_date(text)
    except ValueError as error:
        raise Http404(str(error)) from error


def _lines(
    asked: Asked, indicator: Any, moved: dict[int, Figure], map_day: date, request: ActorRequest
) -> list[dict[str, str]]:
    """One line per region that stands on either map below the region asked for."""
    own = {
        snapshot.region_id: figure_of(snapshot)
        for snapshot in IndicatorSnapshot.objects.filter(
            run=asked.run, indicator=indicator.code, reading=indicator.reading
        ).visible_to(request.actor)
    }
    placed = RegionPlacement.objects.on(map_day).filter(parent=asked.region)
    shown = {asked.region.pk, *asked.tree.children_of(asked.region.pk)}
    shown |= set(placed.values_list("region_id", flat=True))
    if not request.actor.whole_city:
        shown &= set(own)
    regions = list(Region.objects.filter(pk__in=shown).order_by("code"))
    then, now = names_on(asked.run.as_of, regions), names_on(map_day, regions)
    return [
        {
            "then": then[region.pk] if region.pk in own else "—",
            "now": now[region.pk] if region.pk in moved else "—",
            "own": _text(own.get(region.pk), indicator),
            "moved": _text(moved.get(region.pk), indicator),
        }
        for region in regions
    ]


def _text(figure: Figure | None, indicator: Any) -> str:
    if figure is None:
        return "图上没有"
    return f"{value_text(figure, indicator)} {fraction_text(figure, indicator)}".strip()
