"""Asking for one field of one person in plain, and the one answer that shows it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from contracts.forms import RevealForm
from contracts.models import Person
from contracts.persons.register import record_number
from contracts.persons.reveals import TOO_MANY, reveal
from contracts.views.persons import TOO_MANY_REQUESTS, person_of
from yiyang.access.decorators import requires
from yiyang.access.http import ActorRequest, asked_at
from yiyang.access.roles import Permission
from yiyang.lib.crypto import SealError
from yiyang.posting import UNPROCESSABLE

DAMAGED = "这一项的密文打不开：可能已被改动。本次查看已留痕，请报系统管理员核查。"


@never_cache
@sensitive_variables("revealed")
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.VIEW_PERSONS)
@requires(Permission.REVEAL_PERSON)
def person_reveal(request: ActorRequest, uid: UUID) -> HttpResponse:
    """The form, then the value: in this answer only, gone from the screen when the time is up."""
    person = person_of(request, uid)
    if request.method != "POST":
        return _form_page(request, person, RevealForm(initial={"field": request.GET.get("field")}))
    form = RevealForm(request.POST)
    if not form.is_valid():
        return _form_page(request, person, form, status=UNPROCESSABLE)
    try:
        revealed = reveal(
            by=request.actor, person=person, at=asked_at(request), **form.cleaned_data
        )
    except ValidationError as error:
        form.add_error(None, error.messages)
        status = TOO_MANY_REQUESTS if error.code == TOO_MANY else UNPROCESSABLE
        return _form_page(request, person, form, status=status)
    except SealError:
        form.add_error(None, DAMAGED)
        return _form_page(request, person, form, status=UNPROCESSABLE)
    context = {"field": form.cleaned_data["field"], "revealed": revealed}
    response = _page(request, person, "contracts/person_reveal.html", context)
    # 不靠脚本：时间一到，浏览器自己回到遮住的页面。
    back = reverse("person-detail", args=[person.uid])
    response["Refresh"] = f"{settings.REVEAL_SECONDS}; url={back}"
    return response


def _form_page(
    request: ActorRequest, person: Person, form: RevealForm, status: int = 200
) -> HttpResponse:
    context = {"form": form, "limit": settings.REVEALS_PER_DAY}
    return _page(request, person, "contracts/person_reveal_form.html", context, status)


def _page(
    request: ActorRequest, person: Person, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    context |= {
        "person": person,
        "number": record_number(person.uid),
        "seconds": settings.REVEAL_SECONDS,
    }
    return render(request, template, context, status=status)
