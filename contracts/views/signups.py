"""The pages that sign a person up, renew and end that; the record goes by its number only."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import Form
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from contracts.actions_signups import renew_signup, sign_up, terminate_signup, void_signup
from contracts.models import FamilyDoctorSignup, Person
from contracts.persons.register import record_number
from contracts.teams.forms import SignupForm, TerminationForm, terms_from
from contracts.views.persons import person_of
from institutions.forms.facts import VoidForm
from yiyang.access.decorators import FORBIDDEN, requires
from yiyang.access.http import ActorRequest
from yiyang.access.roles import Permission
from yiyang.posting import UNPROCESSABLE, posted, put_errors

NO_SIGNUP = "没有这份签约，或已作废；请回到档案页查看。"
Words = dict[str, str]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.VIEW_PERSONS)
def signup_new(request: ActorRequest, uid: UUID) -> HttpResponseBase:
    """Sign a person up with a team for a year at least."""
    person = _person(request, uid)
    today = request.actor.day
    form = SignupForm(posted(request), request=request, initial=terms_from(today, today))
    return _answered(
        request,
        person,
        form,
        lambda: sign_up(by=request.actor, person=person, **form.cleaned_data),
        {"title": "家庭医生签约", "button": "签约", "done": "已签约。"},
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.VIEW_PERSONS)
def signup_renew(request: ActorRequest, uid: UUID, signup_id: int) -> HttpResponseBase:
    """Follow a sign-up by another from the day after it ends."""
    person = _person(request, uid)
    signup = _signup(request, person, signup_id)
    today = request.actor.day
    starts_on = max(today, signup.expires_on + timedelta(days=1))
    initial = {**terms_from(starts_on, today), "team": signup.team}
    form = SignupForm(posted(request), request=request, initial=initial)
    return _answered(
        request,
        person,
        form,
        lambda: renew_signup(by=request.actor, signup=signup, **form.cleaned_data),
        {"title": "续签家庭医生", "button": "续签", "done": "已续签。"},
        signup,
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.VIEW_PERSONS)
def signup_terminate(request: ActorRequest, uid: UUID, signup_id: int) -> HttpResponseBase:
    """End a sign-up before its time, with a reason."""
    person = _person(request, uid)
    signup = _signup(request, person, signup_id)
    form = TerminationForm(posted(request), request=request, initial={"on": request.actor.day})
    return _answered(
        request,
        person,
        form,
        lambda: terminate_signup(by=request.actor, signup=signup, **form.cleaned_data),
        {
            "title": "解约",
            "button": "确认解约",
            "done": "已解约。",
            "warning": "解约当日起不再计入签约率。解错了的，请重新签约。",
        },
        signup,
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.VIEW_PERSONS)
def signup_void(request: ActorRequest, uid: UUID, signup_id: int) -> HttpResponseBase:
    """Take back a sign-up entered by mistake."""
    person = _person(request, uid)
    signup = _signup(request, person, signup_id)
    form = VoidForm(posted(request), request=request)
    return _answered(
        request,
        person,
        form,
        lambda: void_signup(by=request.actor, signup=signup, **form.cleaned_data),
        {
            "title": "作废签约",
            "button": "确认作废",
            "done": "签约已作废。",
            "warning": "作废用于根本没有的签约，各日都不再计它；作废错了，请照原样重新签约。",
        },
        signup,
    )


def _person(request: ActorRequest, uid: UUID) -> Person:
    """The person in scope, for those who keep sign-ups."""
    person = person_of(request, uid)
    if not request.actor.may(Permission.EDIT_HEALTH):
        raise PermissionDenied(FORBIDDEN)
    return person


def _signup(request: ActorRequest, person: Person, signup_id: int) -> FamilyDoctorSignup:
    signups = FamilyDoctorSignup.objects.kept().visible_to(request.actor)
    signup = signups.filter(person=person, pk=signup_id).select_related("team").first()
    if signup is None:
        raise Http404(NO_SIGNUP)
    return signup


def _answered(
    request: ActorRequest,
    person: Person,
    form: Form,
    write: Callable[[], object],
    words: Words,
    signup: FamilyDoctorSignup | None = None,
) -> HttpResponseBase:
    """Write what a good form says and go back to the record; else show the form."""
    if request.method == "POST" and form.is_valid():
        try:
            write()
            messages.success(request, words["done"])
            return redirect("person-detail", person.uid)
        except ValidationError as error:
            put_errors(form, error)
    context: dict[str, Any] = {
        **words,
        "form": form,
        "person": person,
        "number": record_number(person.uid),
        "signup": signup,
    }
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "contracts/signup_form.html", context, status=status)
