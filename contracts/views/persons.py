"""The register of older persons: list, exact search, one person."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from contracts.filters import PersonFilter
from contracts.forms import PersonSearchForm
from contracts.lists.places import PERSONS
from contracts.models import Person
from contracts.persons.dossier import dossier_of
from contracts.persons.history import history_of
from contracts.persons.permission import account_of
from contracts.persons.register import (
    PAGE_SIZE,
    count_text,
    counted,
    persons_seen_by,
    register_page,
    rows_of,
)
from contracts.persons.search import FOUND_SHOWN, find_persons, searches_left
from yiyang.access.decorators import requires
from yiyang.access.http import ActorRequest, asked_at
from yiyang.access.roles import Permission
from yiyang.audit.kinds import EventKind, Outcome
from yiyang.audit.recording import record
from yiyang.listing.saved import offered_filters

BAD_REQUEST, UNPROCESSABLE, TOO_MANY_REQUESTS = 400, 422, 429
LONGEST_KEY = 18
NO_PERSON = "没有这份档案，或不在您的授权范围；请从名单里点选，或按证件号查找。"
NOT_FOUND = "没有找到，或不在您的授权范围。请核对是否为完整的身份证号或完整的姓名。"


@never_cache
@require_safe
@requires(Permission.VIEW_PERSONS)
def person_list(request: ActorRequest) -> HttpResponse:
    """The register in scope, narrowed by the filters, a page at a time."""
    filterset = PersonFilter(request.GET, queryset=persons_seen_by(request.actor), request=request)
    if not filterset.is_valid():
        return _list_page(request, {"filter": filterset}, status=BAD_REQUEST)
    after = _after(request)
    page = register_page(filterset.qs, actor=request.actor, after=after)
    _viewed(request, "contracts_person:list", rows=len(page.rows), filters=filterset.words)
    context = {
        "filter": filterset,
        "page": page,
        "total": count_text(counted(filterset.qs)),
        "is_first": after == 0,
        "page_size": PAGE_SIZE,
        "place": PERSONS,
        "saved": offered_filters(request.actor, PERSONS.code),
    }
    return _list_page(request, context)


@never_cache
@sensitive_post_parameters("term")
@require_POST
@requires(Permission.VIEW_PERSONS)
def person_search(request: ActorRequest) -> HttpResponseBase:
    """Find by exact ID number or full name, taken from the body so that no address holds it."""
    form = PersonSearchForm(request.POST)
    if not form.is_valid():
        return _search_page(request, {"errors": form.errors["term"]}, status=UNPROCESSABLE)
    if searches_left(account_of(request.actor), asked_at(request)) < 0:
        _viewed(request, "contracts_person:search", outcome=Outcome.DENIED)
        return _search_page(request, {"errors": [_too_many()]}, status=TOO_MANY_REQUESTS)
    found = find_persons(form.cleaned_data["term"], by=request.actor)
    _viewed(request, "contracts_person:search", rows=len(found))
    if len(found) == 1:
        return redirect("person-detail", found[0].uid)
    if not found:
        return _search_page(request, {"errors": [NOT_FOUND]})
    rows = rows_of(found[:FOUND_SHOWN], actor=request.actor)
    return _search_page(request, {"rows": rows, "has_more": len(found) > FOUND_SHOWN})


@never_cache
@require_safe
@requires(Permission.VIEW_PERSONS)
def person_detail(request: ActorRequest, uid: UUID) -> HttpResponse:
    """Everything about one person that the actor may see, identity masked."""
    person = person_of(request, uid)
    _viewed(request, f"person:{person.uid}")
    context = {
        "dossier": dossier_of(person, request.actor),
        "history": history_of(person, request.actor),
        "may_reveal": request.actor.may(Permission.REVEAL_PERSON),
        "may_sign_up": request.actor.may(Permission.EDIT_HEALTH),
        "may_hand_over": request.actor.may(Permission.EXPORT_PERSONS),
        "sees_restricted": request.actor.may(Permission.VIEW_RESTRICTED),
    }
    return render(request, "contracts/person_detail.html", context)


def person_of(request: ActorRequest, uid: UUID) -> Person:
    """The record if it lies in scope; 404 alike where it does not and where there is none."""
    person = Person.objects.kept().visible_to(request.actor).filter(uid=uid).first()
    if person is None:
        raise Http404(NO_PERSON)
    return person


def _list_page(request: ActorRequest, context: dict[str, Any], status: int = 200) -> HttpResponse:
    may = request.actor.may
    context |= {
        "search": PersonSearchForm(),
        "may_export": may(Permission.EXPORT),
        "may_export_persons": may(Permission.EXPORT_PERSONS),
    }
    return render(request, "contracts/person_list.html", context, status=status)


def _search_page(request: ActorRequest, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """The answer to a search; the form comes back empty, never with what was typed."""
    context |= {"search": PersonSearchForm(), "shown": FOUND_SHOWN}
    return render(request, "contracts/person_search.html", context, status=status)


def _viewed(
    request: ActorRequest,
    subject: str,
    *,
    outcome: Outcome = Outcome.ALLOWED,
    **details: str | int,
) -> None:
    """Put the look on record; of a search only that there was one and how many it found."""
    record(
        kind=EventKind.VIEW_PERSONAL,
        actor_id=request.actor.user_id,
        outcome=outcome,
        subject=subject,
        details=details,
    )


def _too_many() -> str:
    return (
        f"本小时查找已满 {settings.PERSON_SEARCHES_PER_HOUR} 次，请下个小时再查；"
        "成批核对请用名单筛选或导出。"
    )


def _after(request: ActorRequest) -> int:
    text = request.GET.get("after", "0")
    # 上限防止超出数据库整数范围。
    if not (text.isascii() and text.isdigit()) or len(text) > LONGEST_KEY:
        raise Http404("地址里的 after 应当是数字；请从页面上的链接进入。")
    return int(text)
