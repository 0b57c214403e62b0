"""Failed sign-ins: what they close, for how long, and that they tell nobody who exists."""

from collections.abc import Callable
from datetime import date, timedelta
from http import HTTPStatus
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from yiyang.access.actions import disable_account, unlock_account
from yiyang.access.lockout import locked_usernames, network_to_count
from yiyang.access.roles import Role
from yiyang.access.tests.accounts import PASSWORD, open_user
from yiyang.audit.models import AuditEvent
from yiyang.changelog.context import SYSTEM

pytestmark = pytest.mark.django_db
IN, REFUSED, LOCKED = HTTPStatus.FOUND, HTTPStatus.OK, HTTPStatus.TOO_MANY_REQUESTS
OFFICE, HOME = "192.0.2.7", "198.51.100.9"
WRONG = "错误的口令"


def attempt(username: str, password: str = WRONG, *, network: str = OFFICE) -> int:
    """Try once in a fresh browser."""
    fields = {"username": username, "password": password}
    return Client(REMOTE_ADDR=network).post(reverse("sign-in"), fields).status_code


def test_five_failures_lock_the_account_from_everywhere() -> None:
    name = open_user(Role.LEADER).username
    for number in range(5):
        attempt(name, network=f"203.0.113.{number}")
    assert attempt(name, PASSWORD, network=HOME) == LOCKED


def test_four_do_not() -> None:
    name = open_user(Role.LEADER).username
    assert [attempt(name) for _ in range(4)] == [REFUSED] * 4
    assert attempt(name, PASSWORD) == IN


def test_a_success_starts_the_count_anew() -> None:
    name = open_user(Role.LEADER).username
    for _ in range(2):
        for _ in range(4):
            attempt(name)
        assert attempt(name, PASSWORD) == IN


def test_a_locked_colleague_does_not_lock_the_office() -> None:
    forgetful, colleague = open_user(Role.LEADER), open_user(Role.LEADER)
    for _ in range(6):
        attempt(forgetful.username)
    assert attempt(colleague.username, PASSWORD) == IN


def test_going_through_the_staff_list_locks_the_network_only(settings: Settings) -> None:
    settings.NETWORK_FAILURE_LIMIT = 8
    name = open_user(Role.LEADER).username
    statuses = [attempt(f"staff-{number}") for number in range(8)]
    assert statuses == [*[REFUSED] * 7, LOCKED]
    assert attempt(name, PASSWORD) == LOCKED
    assert attempt(name, PASSWORD, network=HOME) == IN


def test_an_own_account_does_not_clear_the_network_for_its_guesser(settings: Settings) -> None:
    settings.NETWORK_FAILURE_LIMIT = 8
    own = open_user(Role.LEADER).username
    for number in range(7):
        attempt(f"staff-{number}")
    assert attempt(own, PASSWORD) == IN
    assert attempt("staff-8") == LOCKED


def test_a_lock_lasts_a_quarter_of_an_hour_and_trying_does_not_lengthen_it() -> None:
    name = open_user(Role.LEADER).username
    for _ in range(5):
        attempt(name)
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=14))
    assert attempt(name, PASSWORD) == LOCKED
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=16))
    assert name not in locked_usernames(timezone.now())
    assert attempt(name, PASSWORD) == IN


def test_the_security_administrator_opens_it_earlier() -> None:
    user = open_user(Role.LEADER)
    for _ in range(5):
        attempt(user.username)
    assert locked_usernames(timezone.now()) == {user.username}
    unlock_account(by=SYSTEM, user=user)
    assert attempt(user.username, PASSWORD) == IN


@pytest.mark.parametrize(
    ("source", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::"),
        ("2001:db8:1:2:bbbb::1", "2001:db8:1:2::"),
        ("", None),
    ],
)
def test_a_network_is_an_address_or_a_home_of_addresses(source: str, counted: str | None) -> None:
    assert network_to_count(RequestFactory().get("/", REMOTE_ADDR=source)) == counted


def test_a_visitor_cannot_choose_the_address_counted(settings: Settings) -> None:
    settings.PROXY_COUNT = 1
    request = RequestFactory().get(
        "/", REMOTE_ADDR="10.0.0.1", headers={"X-Forwarded-For": f"6.6.6.6, {OFFICE}"}
    )
    assert network_to_count(request) == OFFICE


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note every use of the slow hash: it is what an onlooker with a clock would measure."""
    used: list[str] = []

    def noted(name: str, does: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            used.append(name)
            return does(*args, **kwargs)

        return call

    for name in ("encode", "verify"):
        monkeypatch.setattr(
            Argon2PasswordHasher, name, noted(name, getattr(Argon2PasswordHasher, name))
        )
    return used


@pytest.mark.parametrize("case", ["unknown", "known", "disabled", "with_code"])
def test_an_unknown_name_takes_as_much_work_as_a_known_one(case: str, hashed: list[str]) -> None:
    user = open_user(Role.AUDIT_ADMIN if case == "with_code" else Role.LEADER, with_code=True)
    if case == "disabled":
        disable_account(by=SYSTEM, user=user, on=date(2026, 11, 1))
    hashed.clear()
    attempt("nobody-here" if case == "unknown" else user.username)
    assert len(hashed) == 1


def test_a_locked_name_takes_no_work_whether_it_exists_or_not(hashed: list[str]) -> None:
    known = open_user(Role.LEADER).username
    for name in (known, "nobody-here"):
        for _ in range(5):
            attempt(name)
        hashed.clear()
        assert attempt(name) == LOCKED
        assert not hashed


def test_failures_are_kept_without_the_name_typed() -> None:
    user = open_user(Role.LEADER)
    before = AuditEvent.objects.count()
    attempt(user.username)
    attempt("My-Secret-typed-here")
    events = list(AuditEvent.objects.order_by("id").values()[before:])
    assert [event["subject"] for event in events] == [f"yiyang_user:{user.pk}", ""]
    assert {event["outcome"] for event in events} == {"FAILED"}
    assert "secret" not in str(events).lower().replace("sessions_secret", "")
