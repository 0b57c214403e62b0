"""What a request leaves in the audit: refusals, failures, sign-ins, files, and from where."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import include, path, reverse

from yiyang.access.models import User
from yiyang.access.roles import Role
from yiyang.access.tests.accounts import PASSWORD, code_now, open_user
from yiyang.audit.context import network_of
from yiyang.audit.kinds import EventKind, Outcome
from yiyang.audit.models import AuditEvent

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_events")]
NAME = "张三"


def failing(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("坏了")


def a_file(request: HttpRequest) -> HttpResponse:
    headers = {"Content-Disposition": 'attachment; filename="a.csv"'}
    return HttpResponse("x", headers=headers)


def too_many(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=429)


urlpatterns = [
    path("", include("yiyang.urls")),
    path("failing/", failing, name="failing"),
    path("a-file/", a_file, name="a-file"),
    path("too-many/", too_many, name="too-many"),
]


@pytest.fixture
def user(client: Client) -> User:
    user = open_user(Role.DISTRICT_CIVIL_AFFAIRS_CLERK)
    client.force_login(user)
    return user


def only(kind: EventKind) -> AuditEvent:
    """Return the one event of the kind."""
    return AuditEvent.objects.get(kind=kind)


def test_a_forbidden_page_is_recorded_with_its_source(client: Client, user: User) -> None:
    answer = client.get(reverse("audit-list"), {"name": NAME}, REMOTE_ADDR="10.3.2.1")
    event = only(EventKind.DENIED)
    assert answer.status_code == HTTPStatus.FORBIDDEN
    assert (event.actor_id, event.outcome, event.subject) == (
        *(user.pk, Outcome.DENIED, "page:audit-list"),
    )
    assert event.details == {"method": "GET", "path": "/audit/", "status": 403}
    assert (event.network, event.request_id) == ("10.3.2.1", answer.headers["X-Request-ID"])
    assert re.fullmatch(r"[0-9a-f]{32}", event.session_digest)
    assert str(client.session.session_key) not in str(vars(event))


def test_a_record_out_of_scope_is_recorded_a_mistyped_address_is_not(
    client: Client, user: User
) -> None:
    assert client.get("/no-such-page").status_code == HTTPStatus.NOT_FOUND
    assert not AuditEvent.objects.filter(kind=EventKind.DENIED).exists()
    assert client.get("/institutions/987654/").status_code == HTTPStatus.NOT_FOUND
    assert only(EventKind.DENIED).details["path"] == "/institutions/987654/"


def test_a_stranger_sent_to_sign_in_is_no_event(client: Client) -> None:
    client.get(reverse("audit-list"))
    assert not AuditEvent.objects.exists()


@override_settings(ROOT_URLCONF=__name__)
def test_a_failure_is_recorded(client: Client, user: User) -> None:
    client.raise_request_exception = False
    answer = client.get(f"/failing/?name={NAME}")
    event = only(EventKind.FAILED)
    assert answer.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
    assert (event.outcome, event.subject, event.reason) == (
        *(Outcome.FAILED, "page:failing", "系统出错"),
    )
    assert NAME not in str(vars(event))


@override_settings(ROOT_URLCONF=__name__)
def test_a_file_nobody_records_is_recorded_as_an_export(client: Client, user: User) -> None:
    client.get(f"/a-file/?region=150302000000&as_of=2017-12-31&name={NAME}")
    event = only(EventKind.EXPORT)
    assert (event.actor_id, event.subject) == (user.pk, "page:a-file")
    assert event.details == {"path": "/a-file/", "region": "150302000000", "as_of": "2017-12-31"}


@override_settings(ROOT_URLCONF=__name__)
def test_too_many_requests_are_recorded_where_nobody_has(client: Client, user: User) -> None:
    client.get("/too-many/")
    assert only(EventKind.DENIED).reason == "过于频繁"


def test_a_post_without_its_token_is_recorded(user: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(user)
    strict.post(reverse("sign-out"))
    assert only(EventKind.DENIED).details["method"] == "POST"


def test_signing_in_and_out_is_recorded(client: Client) -> None:
    user = open_user(Role.LEADER)
    client.post(reverse("sign-in"), {"username": user.username, "password": PASSWORD})
    client.post(reverse("sign-out"))
    signed_in, signed_out = AuditEvent.objects.order_by("pk")
    assert (signed_in.kind, signed_in.outcome) == (EventKind.SIGN_IN, Outcome.ALLOWED)
    assert (signed_out.kind, signed_out.outcome) == (EventKind.SIGN_OUT, Outcome.ALLOWED)
    assert signed_in.actor_id == signed_out.actor_id == user.pk
    assert signed_out.session_digest


@pytest.mark.parametrize(
    "tried", [{"password": "猜的口令-1"}, {"password": PASSWORD, "otp_token": "654321"}]
)
def test_a_failed_sign_in_names_the_account_and_keeps_no_secret(
    client: Client, tried: dict[str, str]
) -> None:
    user = open_user(Role.AUDIT_ADMIN, with_code=True)
    client.post(reverse("sign-in"), {"username": user.username, **tried})
    event = only(EventKind.SIGN_IN)
    assert (event.outcome, event.subject) == (Outcome.FAILED, f"yiyang_user:{user.pk}")
    assert event.actor_id is None
    assert not any(secret in str(vars(event)) for secret in tried.values())


def test_a_name_that_is_no_account_is_not_kept(client: Client) -> None:
    # 口令常被误填进用户名一栏。
    client.post(reverse("sign-in"), {"username": "My-Password-1", "password": "x"})
    event = only(EventKind.SIGN_IN)
    assert (event.outcome, event.subject) == (Outcome.FAILED, "")
    assert "my-password-1" not in str(vars(event)).lower()


def test_a_lockout_is_recorded(client: Client) -> None:
    name = open_user(Role.LEADER).username
    for _ in range(6):
        client.post(reverse("sign-in"), {"username": name, "password": "错误的口令"})
    outcomes = AuditEvent.objects.order_by("pk").values_list("outcome", flat=True)
    assert list(outcomes) == [Outcome.FAILED] * 4 + [Outcome.DENIED] * 2


@pytest.mark.parametrize(
    ("proxies", "forwarded", "network"),
    [
        (0, "9.9.9.9", "10.0.0.1"),
        (1, "9.9.9.9, 172.16.5.4", "172.16.5.4"),
        (1, "", "10.0.0.1"),
        (2, "9.9.9.9, 172.16.5.4", "9.9.9.9"),
        (5, "9.9.9.9", "9.9.9.9"),
        (1, "not-an-address", ""),
        (1, "::ffff:172.16.5.4", "172.16.5.4"),
        (1, "2001:DB8::1", "2001:db8::1"),
    ],
)
def test_only_our_own_proxies_are_believed(
    settings: Any, proxies: int, forwarded: str, network: str
) -> None:
    settings.PROXY_COUNT = proxies
    request = RequestFactory(REMOTE_ADDR="10.0.0.1").get("/", HTTP_X_FORWARDED_FOR=forwarded)
    assert network_of(request) == network


def test_an_administrator_reads_the_audit(client: Client) -> None:
    user = open_user(Role.AUDIT_ADMIN, with_code=True)
    fields = {"username": user.username, "password": PASSWORD, "otp_token": code_now()}
    client.post(reverse("sign-in"), fields)
    assert client.get(reverse("audit-list")).status_code == HTTPStatus.OK
