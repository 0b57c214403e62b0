"""The page of one forecast: a year of the figure if nothing is renewed, and what lapses."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from targets.forecast.projection import (
    NAMES_SHOWN,
    forecast_of,
    turning_institutions,
)
from targets.forecast.words import drawn_threshold, note_of, sentence_of, shown_steps
from targets.gap.candidates import permission_to_name
from targets.indicators.guarding import counts_people
from targets.presenters import fraction_text, quote_text, threshold_text, value_text
from targets.views.asked import offered_days
from targets.views.lines import AskedLine, asked_line
from yiyang.access.decorators import requires
from yiyang.access.http import ActorRequest
from yiyang.access.roles import Permission


@require_safe
@requires(Permission.VIEW_TARGETS)
def forecast_detail(request: ActorRequest, code: str) -> HttpResponse:
    """The figure day by day from end dates in the register, and the list of what lapses."""
    found = asked_line(request, code)
    indicator, line = found.indicator, found.line
    context: dict[str, Any] = {
        "found": found,
        "asked": found.asked,
        "indicator": indicator,
        "line": line,
        "value": value_text(found.figure, indicator),
        "fraction": fraction_text(found.figure, indicator),
        "quote": quote_text(found.figure, indicator, found.asked.region, found.asked.run),
        "threshold": threshold_text(line.target, indicator) if line else "",
        "days": offered_days(found.asked.run.as_of),
        **_projected(request, found),
    }
    return render(request, "targets/forecast.html", context)


def _projected(request: ActorRequest, found: AskedLine) -> dict[str, Any]:
    asked = found.asked
    where: dict[str, Any] = {
        "day": asked.run.as_of,
        "region": asked.region.pk,
        "tree": asked.tree,
    }
    forecast = forecast_of(found.indicator, found.figure, found.goal, **where)
    may_name = request.actor.may(permission_to_name(found.indicator))
    guarded = counts_people(found.indicator) and not request.actor.may(Permission.VIEW_PERSONS)
    return {
        "forecast": forecast,
        "sentence": sentence_of(forecast, found.line),
        "note": note_of(found.indicator),
        "drawn_threshold": drawn_threshold(found.line),
        "steps": shown_steps(forecast, guarded=guarded),
        "is_guarded": guarded,
        "small_cell": settings.SMALL_CELL_LIMIT,
        "may_name": may_name,
        "named": turning_institutions(forecast, actor=request.actor) if may_name else [],
        "names_shown": NAMES_SHOWN,
        "is_narrowed": not request.actor.whole_city,
    }
