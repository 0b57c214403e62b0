"""The pages of change requests: asking, the lists, one request and its answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from institutions.consequences import consequences_of
from institutions.differences import counts_of, differences, lines_of, other_side
from institutions.effects import foreseen
from institutions.forms.requests import AnswerForm, ChangeRequestForm, ReturnForm
from institutions.models import ChangeRequest, Institution, RequestState, Side
from institutions.ownership import OWNERSHIP
from institutions.request_lists import changes_in, made_by, page_of, rows_of, to_check
from institutions.requests import (
    NOT_A_MAKER,
    agree,
    may_answer,
    may_request,
    profile_on,
    request_change,
    send_back,
    status_change_of,
    withdraw,
)
from institutions.uploads.work import may_reconcile
from yiyang.access.decorators import requires
from yiyang.access.http import ActorRequest
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor
from yiyang.dated import messages_of
from yiyang.posting import UNPROCESSABLE

MAXIMUM_DIGITS = 18
NOT_FOUND = "没有这份申请，或不在您的授权范围；请从申请列表里点选。"
NO_DAY = "“{}”不是可查的日期；请写成 2026-03-31，不晚于今天。"
EARLIEST_YEAR = 2000
NO_INSTITUTION = "没有这个机构，或不在您的授权范围；请从机构列表里点选。"
TABS: dict[str, tuple[str, Callable[[Actor], Any]]] = {
    "check": ("待我校核", to_check),
    "mine": ("我提出的", made_by),
    "all": ("全部", ChangeRequest.objects.visible_to),
}


@require_safe
@requires(Permission.VIEW_INSTITUTIONS)
def request_list(request: ActorRequest) -> HttpResponse:
    """Requests to check, one's own, or all in scope, newest first."""
    tab = request.GET.get("tab", "")
    tab = tab if tab in TABS else "check"
    before = request.GET.get("before", "")
    key = int(before) if before.isdecimal() and len(before) <= MAXIMUM_DIGITS else 0
    found = TABS[tab][1](request.actor)
    context = {
        "tab": tab,
        "tabs": [(name, title) for name, (title, _) in TABS.items()],
        "page": page_of(found, day=request.actor.day, before=key),
        "is_first": not key,
        "may_request": may_request(request.actor),
        "may_reconcile": may_reconcile(request.actor),
    }
    return render(request, "institutions/request_list.html", context)


@require_safe
@requires(Permission.VIEW_INSTITUTIONS)
def request_detail(request: ActorRequest, uid: UUID) -> HttpResponse:
    """One request, before and after, with what the actor may do about it."""
    return _detail(request, _request(request, uid))


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.VIEW_INSTITUTIONS)
def request_new(request: ActorRequest, institution_id: int) -> HttpResponseBase:
    """Ask the other office to change what it registers of an institution."""
    if not may_request(request.actor):
        raise PermissionDenied(NOT_A_MAKER)
    institution = _institution(request, institution_id)
    try:
        profile = profile_on(institution, request.actor.day)
    except ValidationError as error:
        raise Http404(NO_INSTITUTION) from error
    form = ChangeRequestForm(
        request.POST if request.method == "POST" else None,
        request=request,
        profile=profile,
        initial={"starts_on": request.actor.day},
    )
    if request.method == "POST" and form.is_valid():
        made = _ask(request, institution, form)
        if made:
            messages.success(request, _asked_in_words(made))
            return redirect("request-detail", made[0].uid)
    context = {"form": form, "profile": profile, "steps": _steps(institution, profile.name)}
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "institutions/request_new.html", context, status=status)


@require_POST
@requires(Permission.VIEW_INSTITUTIONS)
def request_agree(request: ActorRequest, uid: UUID) -> HttpResponseBase:
    """Let the change hold."""
    return _answered(request, uid, AnswerForm(request.POST), agree, "已同意，改动已登记。")


@require_POST
@requires(Permission.VIEW_INSTITUTIONS)
def request_return(request: ActorRequest, uid: UUID) -> HttpResponseBase:
    """Send the request back with a reason."""
    return _answered(request, uid, ReturnForm(request.POST), send_back, "已退回，登记没有改动。")


@require_POST
@requires(Permission.VIEW_INSTITUTIONS)
def request_withdraw(request: ActorRequest, uid: UUID) -> HttpResponseBase:
    """Take one's own request back."""
    asked = _request(request, uid)
    try:
        withdraw(by=request.actor, request=asked)
    except ValidationError as error:
        return _detail(request, _request(request, uid), refusals=messages_of(error))
    messages.success(request, "已撤回；需要时可以重新提出。")
    return redirect("request-detail", uid)


@require_safe
@requires(Permission.VIEW_INSTITUTIONS)
def ownership_list(request: ActorRequest) -> HttpResponse:
    """Who keeps which field."""
    return render(request, "institutions/ownership_list.html", {"rows": OWNERSHIP})


@require_safe
@requires(Permission.VIEW_INSTITUTIONS)
def difference_list(request: ActorRequest) -> HttpResponse:
    """What the other office wrote on a day, by default yesterday."""
    actor = request.actor
    day = _day(request)
    asked = request.GET.get("side", "")
    side = Side(asked) if asked in Side.values else other_side(actor)
    found = differences(side, day=day, actor=actor)
    counts = counts_of(found)
    context = {
        "day": day,
        "side": side,
        "sides": Side.choices,
        "counts": counts,
        "total": sum(one.entries for one in counts),
        "lines": lines_of(found),
        "steps": [("修改申请", reverse("request-list")), ("差异清单", "")],
    }
    return render(request, "institutions/difference_list.html", context)


def _day(request: ActorRequest) -> date:
    text = request.GET.get("day", "")
    try:
        day = date.fromisoformat(text) if text else request.actor.day - timedelta(days=1)
    except ValueError as error:
        raise Http404(NO_DAY.format(text)) from error
    if day > request.actor.day or day.year < EARLIEST_YEAR:
        raise Http404(NO_DAY.format(text))
    return day


def _ask(
    request: ActorRequest, institution: Institution, form: ChangeRequestForm
) -> list[ChangeRequest]:
    try:
        return request_change(
            by=request.actor,
            institution=institution,
            starts_on=form.cleaned_data["starts_on"],
            wanted=form.wanted,
            reason=form.cleaned_data["reason"],
        )
    except ValidationError as error:
        form.add_error(None, messages_of(error))
    return []


def _asked_in_words(made: list[ChangeRequest]) -> str:
    sides = "、".join(one.get_side_display() for one in made)
    return f"申请已交{sides}校核，不迟于 {made[0].due_on} 答复；同意之前登记不变。"


def _answered(
    request: ActorRequest, uid: UUID, form: AnswerForm, verb: Callable[..., None], told: str
) -> HttpResponseBase:
    asked = _request(request, uid)
    if not form.is_valid():
        refusals = [str(error) for errors in form.errors.values() for error in errors]
        return _detail(request, asked, refusals=refusals)
    try:
        verb(by=request.actor, request=asked, answer=form.cleaned_data["answer"])
    except ValidationError as error:
        return _detail(request, _request(request, uid), refusals=list(error.messages))
    messages.success(request, told)
    return redirect("request-detail", uid)


def _detail(
    request: ActorRequest, asked: ChangeRequest, refusals: list[str] | None = None
) -> HttpResponse:
    (row,) = rows_of([asked], request.actor.day)
    is_open = asked.state == RequestState.PENDING
    is_to_answer = is_open and may_answer(request.actor, asked)
    context = {
        "row": row,
        "changes": changes_in(asked),
        "may_answer": is_to_answer,
        "may_withdraw": is_open and asked.made_by_id == request.actor.user_id,
        "agree_form": AnswerForm(auto_id="agree_%s"),
        "return_form": ReturnForm(auto_id="return_%s"),
        "refusals": refusals or [],
        "steps": [("修改申请", reverse("request-list")), (f"申请 {asked.pk}", "")],
    }
    if is_to_answer:
        context |= _effects(request, asked)
    status = UNPROCESSABLE if refusals else 200
    return render(request, "institutions/request_detail.html", context, status=status)


def _effects(request: ActorRequest, asked: ChangeRequest) -> dict[str, Any]:
    """What agreeing would do to the indicators, or why it would be refused; nothing is kept."""
    day = max(request.actor.day, asked.starts_on)
    try:
        effects = foreseen(asked.institution, day, lambda: agree(by=request.actor, request=asked))
    except ValidationError as error:
        return {"obstacle": "；".join(messages_of(error))}
    change = status_change_of(asked)
    found = consequences_of(asked.institution, change) if change else []
    return {"effects": effects, "affected": [one for _, rows in found for one in rows]}


def _steps(institution: Institution, name: str) -> list[tuple[str, str]]:
    page = reverse("institution-detail", args=[institution.pk])
    return [(name, page), ("提交修改申请", "")]


def _request(request: ActorRequest, uid: UUID) -> ChangeRequest:
    found = ChangeRequest.objects.visible_to(request.actor).filter(uid=uid)
    asked = found.select_related("made_by", "answered_by", "institution").first()
    if asked is None:
        raise Http404(NOT_FOUND)
    return asked


def _institution(request: ActorRequest, institution_id: int) -> Institution:
    found = Institution.objects.visible_to(request.actor).filter(pk=institution_id).first()
    if found is None:
        raise Http404(NO_INSTITUTION)
    return found
