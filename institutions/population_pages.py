"""The page that enters a published head count."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from institutions.actions import publish_population
from institutions.fact_pages import UNPROCESSABLE, posted
from institutions.forms.fields import add_refusal
from institutions.forms.population import PopulationForm
from institutions.models import Population
from yiyang.access.decorators import requires
from yiyang.access.http import ActorRequest
from yiyang.access.roles import Permission

SHOWN = 30


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
            add_refusal(form, error)
    latest = Population.objects.kept().visible_to(request.actor).select_related("region")
    context = {"form": form, "latest": latest.order_by("-counted_on", "-pk")[:SHOWN]}
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "institutions/population_form.html", context, status=status)
