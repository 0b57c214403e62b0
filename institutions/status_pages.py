"""The page that suspends, closes or reopens an institution, its consequences shown first."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from institutions.actions_status import change_status, profile_on, refuse_status
from institutions.consequences import consequences_of, listed_keys
from institutions.editing import may_edit_profile
from institutions.forms.status import ReasonedStatusForm, StatusForm
from institutions.models import Institution, InstitutionProfile
from institutions.panels import Panel
from institutions.views import NOT_FOUND
from yiyang.access.decorators import FORBIDDEN, requires
from yiyang.access.http import ActorRequest
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor
from yiyang.posting import UNPROCESSABLE


def may_change_status(
    actor: Actor, institution: Institution, profile: InstitutionProfile | None
) -> bool:
    """The office that keeps the profile."""
    return profile is not None and may_edit_profile(
        actor, institution, category=profile.category, elderly_kind=profile.elderly_kind
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.VIEW_INSTITUTIONS)
def institution_status(request: ActorRequest, institution_id: int) -> HttpResponseBase:
    """Ask for status and day, then show what hangs on it, then do all of it together."""
    institution = _institution(request, institution_id)
    profile = profile_on(institution, request.actor.day)
    if not may_change_status(request.actor, institution, profile):
        raise PermissionDenied(FORBIDDEN)
    context = {"institution": institution, "profile": profile}
    if request.method == "POST":
        return _posted(request, institution, context)
    if not request.GET.get("status"):
        form = StatusForm(initial={"on": request.actor.day})
        return _page(request, {**context, "form": form})
    form = StatusForm(request.GET)
    return _page(request, {**context, "form": form, **_step_two(request.actor, institution, form)})


def _posted(
    request: ActorRequest, institution: Institution, context: dict[str, Any]
) -> HttpResponseBase:
    form = ReasonedStatusForm(request.POST)
    if form.is_valid():
        change = form.whole_change()
        kinds = [kind for kind, _ in consequences_of(institution, change)]
        try:
            change_status(
                by=request.actor,
                institution=institution,
                change=change,
                chosen={kind.name: request.POST.getlist(kind.name) for kind in kinds},
                listed=request.POST.getlist("listed"),
            )
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            messages.success(request, f"已登记：{change.on} 起{change.status.label}。")
            return redirect("institution-detail", institution.pk)
    asked = StatusForm(request.POST)
    context |= {"form": asked, **_step_two(request.actor, institution, asked), "reasoned": form}
    return _page(request, context, status=UNPROCESSABLE)


def _step_two(actor: Actor, institution: Institution, form: StatusForm) -> dict[str, Any]:
    """What the change touches and the form that confirms it; nothing while it makes no sense."""
    if not form.is_valid():
        return {}
    change = form.change()
    try:
        refuse_status(actor, institution, change)
    except ValidationError as error:
        for name, errors in error.error_dict.items():
            form.add_error(name, errors)
        return {}
    found = consequences_of(institution, change)
    return {
        "change": change,
        "found": found,
        "listed": sorted(listed_keys(found)),
        "reasoned": ReasonedStatusForm(initial={"status": change.status, "on": change.on}),
    }


def _page(request: ActorRequest, context: dict[str, Any], status: int = 200) -> HttpResponse:
    is_wrong = context["form"].is_bound and not context["form"].is_valid()
    status = UNPROCESSABLE if is_wrong else status
    return render(request, "institutions/institution_status.html", context, status=status)


def _institution(request: ActorRequest, institution_id: int) -> Institution:
    found = Institution.objects.kept().visible_to(request.actor).filter(pk=institution_id).first()
    if found is None:
        raise Http404(NOT_FOUND)
    return found


def _panel(institution: Institution, day: date, actor: Actor) -> dict[str, Any] | None:
    profile = profile_on(institution, actor.day)
    if institution.voided_at is not None or not may_change_status(actor, institution, profile):
        return None
    return {"institution": institution, "profile": profile}


STATUS_CHANGE = Panel("status-change", "institutions/status_panel.html", _panel, is_aside=True)
