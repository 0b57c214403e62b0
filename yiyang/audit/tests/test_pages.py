"""The audit's pages: who may read them, what they find, and that reading leaves a trace."""

from __future__ import annotations

import csv
from datetime import timedelta
from http import HTTPStatus
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from yiyang.access.models import User
from yiyang.access.roles import Role
from yiyang.access.tests.accounts import PASSWORD, code_now, open_user
from yiyang.audit.kinds import EventKind, Outcome
from yiyang.audit.models import AuditEvent
from yiyang.audit.recording import record
from yiyang.audit.sealing import seal_events
from yiyang.audit.views import PAGE_SIZE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_events")]
LIST = "/audit/"
PAGES = (LIST, "/audit/events.csv", "/audit/1/")


@pytest.fixture
def auditor(client: Client) -> User:
    """The audit administrator, signed in with the second factor."""
    user = open_user(Role.AUDIT_ADMIN, with_code=True)
    fields = {"username": user.username, "password": PASSWORD, "otp_token": code_now()}
    client.post(reverse("sign-in"), fields)
    return user


def done(**said: Any) -> int:
    return record(**{"kind": EventKind.REVEAL, "actor_id": None, "outcome": Outcome.ALLOWED} | said)


def shown(client: Client, **asked: Any) -> list[int]:
    """Return the ids on the page, without those the reading itself left."""
    rows = client.get(LIST, asked).context["rows"]
    return [row.event.pk for row in rows if row.event.kind not in {"VIEW_AUDIT", "SIGN_IN"}]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("role", sorted(set(Role) - {Role.AUDIT_ADMIN}))
def test_nobody_else_opens_the_audit(client: Client, role: Role, page: str) -> None:
    user = open_user(role, with_code=True)
    fields = {"username": user.username, "password": PASSWORD, "otp_token": code_now()}
    client.post(reverse("sign-in"), fields)
    assert client.get(page).status_code == HTTPStatus.FORBIDDEN


def test_reading_and_opening_an_event_is_recorded(client: Client, auditor: User) -> None:
    event_id = done()
    client.get(LIST, {"kind": "REVEAL"})
    client.get(f"/audit/{event_id}/")
    looks = AuditEvent.objects.filter(kind=EventKind.VIEW_AUDIT).order_by("pk")
    assert [(look.actor_id, look.subject, look.details) for look in looks] == [
        (auditor.pk, "page:audit-list", {"kind": "REVEAL"}),
        (auditor.pk, f"yiyang_auditevent:{event_id}", {}),
    ]


def test_each_filter_finds_its_own(client: Client, auditor: User) -> None:
    user, uid = open_user(Role.LEADER), uuid4()
    by_user = done(actor_id=user.pk)
    tried = done(kind=EventKind.ACCOUNT_CHANGE, subject=f"yiyang_user:{user.pk}")
    of_person = done(subject=f"person:{uid}")
    in_list = done(subject="page:person-list", details={"uids": f"{uuid4()} {uid}"})
    denied = done(outcome=Outcome.DENIED)
    everything = [denied, in_list, of_person, tried, by_user]
    assert shown(client) == everything
    assert shown(client, account=user.username) == [tried, by_user]
    assert shown(client, account="nobody-here") == []
    assert shown(client, kind="ACCOUNT_CHANGE") == [tried]
    assert shown(client, outcome="DENIED") == [denied]
    assert shown(client, subject=f"person:{uid}") == [in_list, of_person]


def test_a_day_range_includes_both_ends(client: Client, auditor: User) -> None:
    event_id = done()
    today = client.get(LIST).wsgi_request.actor.day  # type: ignore[attr-defined]
    yesterday, tomorrow = (today + timedelta(days=days) for days in (-1, 1))
    assert shown(client, first=today, last=today) == [event_id]
    assert shown(client, first=yesterday, last=yesterday) == []
    assert shown(client, first=tomorrow) == []
    assert shown(client, last="9999-12-31") == [event_id]


def test_a_request_leads_to_all_its_events(client: Client, auditor: User) -> None:
    answer = client.get("/audit/987654321/")
    found = client.get(LIST, {"request_id": answer.headers["X-Request-ID"]}).context["rows"]
    assert [row.event.kind for row in found] == ["DENIED"]


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"first": "昨天"}, "日期请写成"),
        ({"account": "张三"}, "账号请写用户名"),
        ({"subject": "张三"}, "对象请写成"),
        ({"kind": "NOTHING"}, "请从列表里选择事项"),
        ({"request_id": "x"}, "请求编号是 32 位"),
    ],
)
@pytest.mark.parametrize("page", [LIST, "/audit/events.csv"])
def test_a_bad_filter_is_told_and_its_words_are_not_kept(
    client: Client, auditor: User, page: str, asked: dict[str, str], message: str
) -> None:
    answer = client.get(page, asked)
    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert message in answer.content.decode()
    assert not AuditEvent.objects.filter(details__icontains="张三").exists()


@pytest.mark.parametrize("before", ["x", "-1", "9" * 19])
def test_a_bad_page_address_is_no_page(client: Client, auditor: User, before: str) -> None:
    assert client.get(LIST, {"before": before}).status_code == HTTPStatus.NOT_FOUND


def test_pages_follow_each_other_without_gap_or_repeat(client: Client, auditor: User) -> None:
    ids = [done() for _ in range(PAGE_SIZE + 5)]
    first = client.get(LIST, {"kind": "REVEAL"})
    second = client.get(LIST, {"kind": "REVEAL", "before": first.context["next"]})
    pages = [[row.event.pk for row in page.context["rows"]] for page in (first, second)]
    assert [len(page) for page in pages] == [PAGE_SIZE, 5]
    assert pages[0] + pages[1] == ids[::-1]
    assert second.context["next"] is None


def test_the_file_holds_what_the_page_finds_and_is_recorded(client: Client, auditor: User) -> None:
    event_id = done(reason="=1+1", details={"field": "phone"})
    done(kind=EventKind.EXPORT)
    answer: Any = client.get("/audit/events.csv", {"kind": "REVEAL"})
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    title, headings, *lines = csv.reader(text.splitlines())
    assert title == ["审计事件"]
    assert headings[0] == "编号"
    assert [line[0] for line in lines] == [str(event_id)]
    assert lines[0][6:8] == ["'=1+1", "项目：phone"]
    export = AuditEvent.objects.filter(kind=EventKind.EXPORT).order_by("pk").last()
    assert export is not None
    assert (export.actor_id, export.subject, export.details) == (
        *(auditor.pk, "page:audit-csv", {"rows": 1, "kind": "REVEAL"}),
    )


def test_an_event_shows_its_place_in_the_chain(client: Client, auditor: User) -> None:
    event_id = done()
    address = f"/audit/{event_id}/"
    assert "等待封存" in client.get(address).content.decode()
    event = AuditEvent.objects.get(pk=event_id)
    seal_events(at=event.at)
    assert "链上第" in client.get(address).content.decode()


def test_an_event_that_is_not_there_is_told(client: Client, auditor: User) -> None:
    answer = client.get("/audit/123456789012345678901234567890/")
    assert answer.status_code == HTTPStatus.NOT_FOUND


def test_a_page_asks_as_much_for_three_events_as_for_forty(client: Client, auditor: User) -> None:
    counts = []
    for more in (3, 37):
        for _ in range(more):
            done(actor_id=auditor.pk)
        with CaptureQueriesContext(connection) as queries:
            client.get(LIST)
        counts.append(len(queries))
    assert counts[0] == counts[1]
