"""The pages that enter an institution and change what it is from a day on."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import Form
from django.forms.models import model_to_dict
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from institutions.actions_facts import change_institution, open_institution, void_profile
from institutions.editing import may_edit_profile, may_register
from institutions.effects import foreseen, standing_of
from institutions.fact_pages import (
    ENTERED,
    NO_FACT,
    institution_of,
    told_with_effects,
)
from institutions.forms.facts import VoidForm
from institutions.forms.profile import InstitutionForm, ProfileForm
from institutions.forms.requests import asked_of
from institutions.history import fact_in_words
from institutions.models import Institution, InstitutionProfile
from institutions.requests import may_request
from yiyang.access.decorators import FORBIDDEN, requires
from yiyang.access.http import ActorRequest
from yiyang.access.roles import Permission
from yiyang.posting import UNPROCESSABLE, posted, put_errors


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.VIEW_INSTITUTIONS)
def institution_new(request: ActorRequest) -> HttpResponseBase:
    """Enter an institution."""
    if not may_register(request.actor):
        raise PermissionDenied(FORBIDDEN)
    initial = {"starts_on": request.actor.day, "status": "OPERATING"}
    form = InstitutionForm(posted(request), request=request, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            institution = open_institution(
                by=request.actor,
                code=form.cleaned_data["code"],
                starts_on=form.cleaned_data["starts_on"],
                reason=form.cleaned_data["reason"] or ENTERED,
                profile=form.profile,
            )
            messages.success(request, "机构已登记；请接着登记证照、绿色通道和床位。")
            return redirect("institution-detail", institution.pk)
        except ValidationError as error:
            put_errors(form, error)
    return _form_page(request, form, {"title": "登记新机构"})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.VIEW_INSTITUTIONS)
def institution_edit(request: ActorRequest, institution_id: int) -> HttpResponseBase:
    """Change what the institution is from a day on; what moves indicators is shown first."""
    institution = institution_of(request, institution_id)
    current = profile_at(institution, request.actor.day)
    if current is None or not may_edit_profile(
        request.actor,
        institution,
        category=current.category,
        elderly_kind=current.elderly_kind,
    ):
        raise PermissionDenied(FORBIDDEN)
    form = ProfileForm(
        posted(request), request=request, current=current, initial=_initial(current, request)
    )
    context: dict[str, Any] = {
        "title": "修改机构概况",
        "name": current.name,
        "institution": institution,
        "standing": standing_of(institution, request.actor.day),
        "may_request": may_request(request.actor) and bool(asked_of(request.actor, current)),
    }
    if request.method == "POST" and form.is_valid():
        try:
            if _is_to_confirm(request, form):
                context["foreseen"] = _foreseen(request, institution, form)
                return _form_page(request, form, context)
            told_with_effects(
                request, institution, lambda: _change(request, institution, form), "概况已保存。"
            )
            return redirect("institution-detail", institution.pk)
        except ValidationError as error:
            put_errors(form, error)
    return _form_page(request, form, context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.VIEW_INSTITUTIONS)
def profile_void(request: ActorRequest, institution_id: int, profile_id: int) -> HttpResponseBase:
    """Take back a mistaken change; what the institution was before holds on."""
    institution = institution_of(request, institution_id)
    profiles = InstitutionProfile.objects.kept().filter(institution=institution)
    profile = profiles.filter(pk=profile_id).select_related("region").first()
    if profile is None:
        raise Http404(NO_FACT)
    sides = {"category": profile.category, "elderly_kind": profile.elderly_kind}
    if not may_edit_profile(request.actor, institution, **sides):
        raise PermissionDenied(FORBIDDEN)
    form = VoidForm(posted(request), request=request)
    if request.method == "POST" and form.is_valid():
        try:
            told_with_effects(
                request,
                institution,
                lambda: void_profile(by=request.actor, profile=profile, **form.cleaned_data),
                "这次变动已作废，前一份概况接着有效。",
            )
            return redirect("institution-detail", institution.pk)
        except ValidationError as error:
            put_errors(form, error)
    context = {
        "institution": institution,
        "name": profile.name,
        "form": form,
        "lines": fact_in_words(profile),
    }
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "institutions/profile_void.html", context, status=status)


def profile_at(institution: Institution, day: date) -> InstitutionProfile | None:
    """The profile of the day, else the latest there is."""
    profiles = InstitutionProfile.objects.kept().filter(institution=institution)
    profiles = profiles.select_related("region", "host").order_by("-starts_on")
    return profiles.on(day).first() or profiles.first()


def _initial(current: InstitutionProfile, request: ActorRequest) -> dict[str, Any]:
    held = {**model_to_dict(current), "region": current.region, "host": current.host}
    return {**held, "starts_on": request.actor.day, "reason": ""}


def _is_to_confirm(request: ActorRequest, form: ProfileForm) -> bool:
    """What moves indicators is saved on a second press, after its effects were shown."""
    is_confirmed = request.POST.get("confirmed", "") == "yes"
    return bool(form.moving_labels(form.cleaned_data)) and not is_confirmed


def _foreseen(request: ActorRequest, institution: Institution, form: ProfileForm) -> list[str]:
    """In which readings the institution would stand otherwise on that day; nothing is kept."""
    day = max(request.actor.day, form.cleaned_data["starts_on"])
    return foreseen(institution, day, lambda: _change(request, institution, form))


def _change(request: ActorRequest, institution: Institution, form: ProfileForm) -> None:
    change_institution(
        by=request.actor,
        institution=institution,
        starts_on=form.cleaned_data["starts_on"],
        reason=form.cleaned_data["reason"] or "更新概况",
        profile=form.profile,
    )


def _form_page(request: ActorRequest, form: Form, context: dict[str, Any]) -> HttpResponseBase:
    status = UNPROCESSABLE if form.errors else 200
    page = {**context, "form": form}
    return render(request, "institutions/institution_form.html", page, status=status)
