"""The pages that enter a published head count and take a mistaken one back."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from institutions.actions import publish_population
from institutions.actions_facts import void_fact
from institutions.forms.facts import VoidForm
from institutions.forms.population import PopulationForm
from institutions.history import fact_in_words
from institutions.models import Population
from institutions.pickers import regions_to_pick
from yiyang.access.decorators import requires
from yiyang.access.http import ActorRequest
from yiyang.access.roles import Permission
from yiyang.posting import UNPROCESSABLE, posted, put_errors

SHOWN = 30
NO_POPULATION = "没有这一期人口数，或已作废，或不在您的授权范围；请从人口台账里核对。"


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EDIT_HEALTH)
def population_new(request: ActorRequest) -> HttpResponseBase:
    """Enter a head count with its source; a different one for the same day corrects it."""
    form = PopulationForm(posted(request), request=request)
    if request.method == "POST" and form.is_valid():
        try:
            publish_population(by=request.actor, **form.cleaned_data)
            messages.success(request, "人口数已登记，下次量度起用作分母。")
            return redirect("population-new")
        except ValidationError as error:
            put_errors(form, error)
    latest = Population.objects.kept().filter(region__in=regions_to_pick(request.actor))
    latest = latest.select_related("region")
    context = {"form": form, "latest": latest.order_by("-counted_on", "-pk")[:SHOWN]}
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "institutions/population_form.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EDIT_HEALTH)
def population_void(request: ActorRequest, population_id: int) -> HttpResponseBase:
    """Take back a head count published by mistake; the earlier one serves again."""
    populations = Population.objects.kept().filter(region__in=regions_to_pick(request.actor))
    population = populations.filter(pk=population_id).first()
    if population is None:
        raise Http404(NO_POPULATION)
    form = VoidForm(posted(request), request=request)
    if request.method == "POST" and form.is_valid():
        try:
            void_fact(by=request.actor, fact=population, **form.cleaned_data)
            messages.success(request, "人口数已作废，下次量度起用更早的一期。")
            return redirect("population-new")
        except ValidationError as error:
            put_errors(form, error)
    context = {"form": form, "lines": fact_in_words(population)}
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "institutions/population_void.html", context, status=status)
