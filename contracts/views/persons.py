"""The register of older persons beside its list: exact search, one person."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from contracts.forms import PersonSearchForm
from contracts.lists.persons import PERSONS
from contracts.models import Person
from contracts.persons.dossier import dossier_of
from contracts.persons.history import history_of
from contracts.persons.permission import account_of
from contracts.persons.search import FOUND_SHOWN, find_persons, searches_left
from yiyang.access.decorators import requires
from yiyang.access.http import ActorRequest, asked_at
from yiyang.access.roles import Permission
from yiyang.audit.kinds import EventKind, Outcome
from yiyang.audit.recording import record
from yiyang.listing.asked import asked_of
from yiyang.listing.shown import Heading, rows_of
from yiyang.posting import UNPROCESSABLE

TOO_MANY_REQUESTS = 429
NO_PERSON = "没有这份档案，或不在您的授权范围；请从名单里点选，或按证件号查找。"
NOT_FOUND = "没有找到，或不在您的授权范围。请核对是否为完整的身份证号或完整的姓名。"


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
    page = _found_rows(request, found[:FOUND_SHOWN])
    return _search_page(request, {"page": page, "has_more": len(found) > FOUND_SHOWN})


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


def _found_rows(request: ActorRequest, found: list[Person]) -> dict[str, Any]:
    """The persons in the columns of the register; what was searched for does not sort."""
    asked = asked_of(request, PERSONS, QueryDict())
    return {
        "headings": [Heading(column.heading, "", "", is_number=False) for column in asked.columns],
        "rows": rows_of(request, asked, found),
    }


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
