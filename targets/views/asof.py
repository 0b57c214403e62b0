"""The page of a past figure both ways: as the run knew it, and as it is known now."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from targets.indicators.base import Indicator
from targets.indicators.calculation import Figure
from targets.indicators.stored import DefinitionError
from targets.movement.difference import SIDES
from targets.movement.lists import lists_of, names_of
from targets.past.asof import AsKnown, as_known
from targets.presenters import asides_text, fraction_text, value_text
from targets.views.compared import (
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
def as_known_detail(request: ActorRequest, code: str, reading: str) -> HttpResponse:
    """The stored figure, the same recounted as known then, as known now, and what differs."""
    indicator = asked_indicator(code, reading)
    run = run_named(request, "run") or newest_run()
    asked = asked_reading(request, indicator, run)
    try:
        known = as_known(run, indicator.key, asked.asked.region)
    except DefinitionError as error:
        raise Http404(str(error)) from error
    context = {
        "asked": asked.asked,
        "indicator": indicator,
        "known": known,
        "runs": offered_runs(run),
        "ways": _ways(known),
        "sides": _sides(known, request.actor),
        "query": f"run={run.pk}",
        "is_narrowed": not request.actor.whole_city,
    }
    return render(request, "targets/asof_detail.html", context)


def _ways(known: AsKnown) -> list[dict[str, Any]]:
    """The figures side by side, each in words."""
    ways = [
        _way("量度时存下", known.stored, known.definition),
        _way("按当时所知重算", known.then, known.definition),
        _way("按现在所知、当时口径", known.now, known.definition),
    ]
    if known.by_today is not None:
        ways.append(_way("按现在所知、现行口径", known.by_today, known.definition))
    return ways


def _way(title: str, figure: Figure, indicator: Indicator) -> dict[str, Any]:
    return {
        "title": title,
        "value": value_text(figure, indicator),
        "fraction": fraction_text(figure, indicator),
        "asides": asides_text(figure, indicator),
    }


def _sides(known: AsKnown, actor: Actor) -> list[dict[str, Any]]:
    names = names_of(known.corrections.values(), known.moments, actor)
    return [
        {"title": SIDES[side], "part": part, "lists": lists_of(part, names, actor)}
        for side, part in known.corrections.items()
    ]
