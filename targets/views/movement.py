"""The page that says why a figure moved between two runs."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from targets.indicators.stored import DefinitionError
from targets.models import IndicatorRun, IndicatorSnapshot
from targets.movement.difference import Movement, Part, SideMovement, movement_between
from targets.movement.lists import MovedList, lists_of, names_of
from targets.presenters import fraction_text, value_text
from targets.results import figure_of
from targets.views.compared import (
    AskedReading,
    asked_indicator,
    asked_reading,
    newest_run,
    offered_runs,
    run_named,
)
from yiyang.access.decorators import requires
from yiyang.access.http import ActorRequest
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor


@require_safe
@requires(Permission.VIEW_TARGETS)
def movement_detail(request: ActorRequest, code: str, reading: str) -> HttpResponse:
    """Entered, left, became eligible, corrected, … with their lists, adding up exactly."""
    indicator = asked_indicator(code, reading)
    later = run_named(request, "to") or newest_run()
    earlier = run_named(request, "from") or _before(later)
    if (earlier.as_of, earlier.pk) >= (later.as_of, later.pk):
        raise Http404("起点批次须早于终点批次；请在页面上重选两个批次。")
    asked = asked_reading(request, indicator, later)
    movement = _movement(asked, earlier, later)
    context = {
        "asked": asked.asked,
        "indicator": indicator,
        "earlier": earlier,
        "later": later,
        "runs": offered_runs(earlier, later),
        "values": [_value(snapshot, indicator) for snapshot in movement.snapshots],
        "sides": _sides(movement, request.actor),
        "query": f"from={earlier.pk}&to={later.pk}",
        "is_narrowed": not request.actor.whole_city,
    }
    return render(request, "targets/movement_detail.html", context)


def _before(later: IndicatorRun) -> IndicatorRun:
    """The published run of the measured day before, or the one this run corrects."""
    runs = IndicatorRun.objects.published().filter(as_of__lte=later.as_of).exclude(pk=later.pk)
    found = next(
        (run for run in runs.newest_first()[:2] if (run.as_of, run.pk) < (later.as_of, later.pk)),
        None,
    )
    if found is None:
        raise Http404("这是最早的一次量度，没有更早的批次可比。")
    return found


def _movement(asked: AskedReading, earlier: IndicatorRun, later: IndicatorRun) -> Movement:
    region, key = asked.asked.region, asked.indicator.key
    try:
        return movement_between(earlier, later, key, region)
    except IndicatorSnapshot.DoesNotExist as error:
        raise Http404(
            f"批次 {earlier.pk}（{earlier.as_of}）没有量度 {region.name} 的 {key[0]}；请另选批次。"
        ) from error
    except DefinitionError as error:
        raise Http404(str(error)) from error


def _value(snapshot: IndicatorSnapshot, indicator: Any) -> str:
    figure = figure_of(snapshot)
    fraction = fraction_text(figure, indicator)
    return (
        f"{value_text(figure, indicator)}（{fraction}）"
        if fraction
        else value_text(figure, indicator)
    )


def _sides(
    movement: Movement, actor: Actor
) -> list[tuple[SideMovement, list[tuple[Part, list[MovedList]]]]]:
    parts = [part for side in movement.sides for part in side.parts]
    names = names_of(parts, movement.moments, actor)
    return [
        (side, [(part, lists_of(part, names, actor)) for part in side.parts])
        for side in movement.sides
    ]
