"""Whoever sees a person is on record before the answer leaves."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError
from django.http import HttpResponse
from django.test import RequestFactory

from yiyang.access.http import ActorRequest
from yiyang.access.scope import Actor
from yiyang.audit import views_of_persons
from yiyang.audit.kinds import EventKind
from yiyang.audit.models import AuditEvent
from yiyang.audit.views_of_persons import VIEWS_OF_PERSONS, logs_view_of_persons, shows_persons

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_events")]
ONE = UUID(int=1)


@logs_view_of_persons
def person_page(request: ActorRequest, uid: UUID) -> HttpResponse:
    return HttpResponse("张三")


@logs_view_of_persons
def list_page(request: ActorRequest, uids: list[UUID]) -> HttpResponse:
    shows_persons(request, uids)
    return HttpResponse("名单")


@logs_view_of_persons
def closed_page(request: ActorRequest) -> HttpResponse:
    raise PermissionDenied


@logs_view_of_persons
def refused_page(request: ActorRequest) -> HttpResponse:
    return HttpResponse(status=400)


@pytest.fixture
def request_of_seven() -> ActorRequest:
    request = RequestFactory().get("/")
    request.actor = Actor(day=date(2027, 3, 1), user_id=7)  # type: ignore[attr-defined]
    return request  # type: ignore[return-value]


def looks() -> list[tuple[int | None, str, dict[str, str | int]]]:
    events = AuditEvent.objects.filter(kind=EventKind.VIEW_PERSONAL)
    return [(event.actor_id, event.subject, event.details) for event in events]


def test_one_person_is_the_subject(request_of_seven: ActorRequest) -> None:
    person_page(request_of_seven, uid=ONE)
    assert looks() == [(7, f"person:{ONE}", {"page": "", "persons": 1})]


@pytest.mark.parametrize("count", [0, 2, 100, 101])
def test_a_list_says_how_many_and_up_to_a_hundred_of_whom(
    request_of_seven: ActorRequest, count: int
) -> None:
    uids = [uuid4() for _ in range(count)]
    list_page(request_of_seven, [*uids, *uids[:1]])
    ((_, _, details),) = looks()
    assert details["persons"] == count
    assert str(details.get("uids", "")).split() == [str(uid) for uid in uids[:100]]


def test_what_was_not_shown_is_not_a_look(request_of_seven: ActorRequest) -> None:
    refused_page(request_of_seven)
    with pytest.raises(PermissionDenied):
        closed_page(request_of_seven)
    assert looks() == []


def test_what_cannot_be_recorded_is_not_shown(
    request_of_seven: ActorRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(**event: object) -> int:
        raise DatabaseError("停了")

    monkeypatch.setattr(views_of_persons, "record", down)
    with pytest.raises(DatabaseError):
        person_page(request_of_seven, uid=ONE)


def test_every_marked_view_is_listed() -> None:
    assert f"{__name__}.person_page" in VIEWS_OF_PERSONS
