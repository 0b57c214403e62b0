"""Sessions: their key, their limits, the list of them, and how they end."""

from datetime import date, timedelta
from http import HTTPStatus

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from yiyang.access.account_sessions import BEGUN, end_sessions
from yiyang.access.actions import change_role, disable_account
from yiyang.access.departures import _consequences, register_departure
from yiyang.access.devices import device_words
from yiyang.access.models import AccountSession, SessionEnd, User
from yiyang.access.roles import Role
from yiyang.access.sessions import digest_of
from yiyang.access.tests.accounts import PASSWORD, open_user
from yiyang.changelog.context import SYSTEM

pytestmark = pytest.mark.django_db
ACCOUNT, DAY = "/account/", date(2026, 11, 1)
NEW = "绿色-Harbour-48-kite"
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/120.0 Safari/537.36"


def sign_in(user: User, client: Client | None = None) -> Client:
    client = client or Client(HTTP_USER_AGENT=CHROME)
    client.post(reverse("sign-in"), {"username": user.username, "password": PASSWORD})
    return client


def is_in(client: Client) -> bool:
    return client.get(ACCOUNT).status_code == HTTPStatus.OK


def key_of(client: Client) -> str:
    return client.cookies["sessionid"].value


def change_password(client: Client) -> int:
    fields = {"old_password": PASSWORD, "password": NEW, "password_again": NEW}
    return client.post(reverse("password-change"), fields).status_code


def test_a_key_planted_before_signing_in_is_worth_nothing() -> None:
    client = Client()
    session = client.session
    session["planted"] = True
    session.save()
    client.cookies["sessionid"] = planted = str(session.session_key)
    sign_in(open_user(Role.LEADER), client)
    assert key_of(client) != planted
    assert "planted" not in client.session
    other = Client()
    other.cookies["sessionid"] = planted
    assert not is_in(other)


def test_signing_in_again_takes_a_new_key_and_ends_the_old() -> None:
    user = open_user(Role.LEADER)
    client = sign_in(user)
    before = key_of(client)
    sign_in(user, client)
    assert key_of(client) != before
    assert list(AccountSession.objects.filter(ended_at=None)) == [
        AccountSession.objects.get(digest=digest_of(key_of(client)))
    ]


def test_a_changed_password_takes_a_new_key_and_ends_all_others() -> None:
    user = open_user(Role.LEADER)
    client, other = sign_in(user), sign_in(user)
    before = key_of(client)
    assert change_password(client) == HTTPStatus.FOUND
    assert key_of(client) != before
    assert (is_in(client), is_in(other)) == (True, False)
    assert AccountSession.objects.filter(ended_at=None).count() == 1


def test_the_database_holds_no_key_that_opens_a_session() -> None:
    client = sign_in(open_user(Role.LEADER))
    key, stored = key_of(client), Session.objects.values_list("session_key", flat=True)
    assert list(stored) == [digest_of(key)]
    thief = Client()
    thief.cookies["sessionid"] = digest_of(key)
    assert not is_in(thief)


def test_the_cookie_is_closed_to_scripts_and_to_other_sites(settings: Settings) -> None:
    settings.SESSION_COOKIE_SECURE = True
    cookie = sign_in(open_user(Role.LEADER)).cookies["sessionid"]
    assert (cookie["httponly"], cookie["secure"], cookie["samesite"]) == (True, True, "Lax")
    assert cookie["max-age"] == 30 * 60


def test_half_an_hour_without_a_request_ends_it() -> None:
    client = sign_in(open_user(Role.LEADER))
    left = Session.objects.get().expire_date - timezone.now()
    assert timedelta(minutes=29) < left <= timedelta(minutes=30)
    Session.objects.update(expire_date=timezone.now())
    assert not is_in(client)


@pytest.mark.parametrize(("hours", "stays"), [(11.9, True), (12.0, False)])
def test_twelve_hours_end_it_however_busy(hours: float, stays: bool) -> None:
    client = sign_in(open_user(Role.LEADER))
    session = client.session
    session[BEGUN] = (timezone.now() - timedelta(hours=hours)).isoformat()
    session.save()
    assert is_in(client) is stays
    ended = AccountSession.objects.get().end
    assert ended == ("" if stays else SessionEnd.TOO_OLD)


def test_the_list_shows_where_each_session_is() -> None:
    user = open_user(Role.LEADER)
    client = sign_in(user)
    sign_in(user, Client(HTTP_USER_AGENT="<script>Firefox Linux", REMOTE_ADDR="192.0.2.7"))
    page = client.get(ACCOUNT).content.decode()
    assert "Chrome · Windows" in page
    assert "Firefox · Linux" in page
    assert "192.0.2.7" in page
    assert "<script>Firefox" not in page


def test_one_session_is_ended_from_another() -> None:
    user = open_user(Role.LEADER)
    client, lost = sign_in(user), sign_in(user)
    row = AccountSession.objects.get(digest=digest_of(key_of(lost)))
    assert client.post(reverse("session-end", args=[row.pk])).status_code == HTTPStatus.FOUND
    assert (is_in(client), is_in(lost)) == (True, False)


def test_all_others_are_ended_at_once() -> None:
    user = open_user(Role.LEADER)
    client, others = sign_in(user), [sign_in(user) for _ in range(3)]
    client.post(reverse("session-end-others"))
    assert is_in(client)
    assert not any(is_in(other) for other in others)


def test_somebody_elses_session_cannot_be_ended() -> None:
    client, other = sign_in(open_user(Role.LEADER)), sign_in(open_user(Role.LEADER))
    row = AccountSession.objects.get(digest=digest_of(key_of(other)))
    answer = client.post(reverse("session-end", args=[row.pk]))
    assert answer.status_code == HTTPStatus.NOT_FOUND
    assert is_in(other)


def test_a_session_ended_during_a_request_does_not_come_back() -> None:
    user = open_user(Role.LEADER)
    client = sign_in(user)
    session = client.session
    end_sessions(user, SessionEnd.REVOKED)
    with pytest.raises(Exception, match=r"UpdateError|") as refused:
        session.save()
    assert refused.type.__name__ == "UpdateError"
    assert not is_in(client)


def test_several_at_once_are_allowed_unless_the_setting_says_one(settings: Settings) -> None:
    user = open_user(Role.LEADER)
    first, second = sign_in(user), sign_in(user)
    assert is_in(first)
    settings.SINGLE_SESSION = True
    third = sign_in(user)
    assert (is_in(first), is_in(second), is_in(third)) == (False, False, True)
    assert set(AccountSession.objects.exclude(end="").values_list("end", flat=True)) == {
        SessionEnd.REPLACED
    }


def test_a_leaver_loses_sessions_and_tokens_in_one_go() -> None:
    user, told = open_user(Role.LEADER), list[int]()
    client = sign_in(user)

    def take_tokens(leaver: User) -> None:
        told.append(leaver.pk)

    register_departure(take_tokens)
    try:
        disable_account(by=SYSTEM, user=user, on=DAY)
    finally:
        _consequences.remove(take_tokens)
    assert told == [user.pk]
    assert not Session.objects.exists()
    assert not is_in(client)


def test_a_token_that_cannot_be_taken_back_keeps_the_account_as_it_was() -> None:
    user = open_user(Role.LEADER)

    def fail(leaver: User) -> None:
        raise RuntimeError

    register_departure(fail)
    try:
        with pytest.raises(RuntimeError):
            disable_account(by=SYSTEM, user=user, on=DAY)
    finally:
        _consequences.remove(fail)
    assert User.objects.get(pk=user.pk).is_active


def test_another_role_means_signing_in_again() -> None:
    user = open_user(Role.LEADER)
    client = sign_in(user)
    change_role(by=SYSTEM, user=user, role=Role.BUREAU_LIAISON, reason="调任")
    assert not is_in(client)
    assert AccountSession.objects.get().end == SessionEnd.ROLE


def test_signing_out_is_on_the_list() -> None:
    client = sign_in(open_user(Role.LEADER))
    client.post(reverse("sign-out"))
    assert AccountSession.objects.get().end == SessionEnd.SIGNED_OUT
    assert not Session.objects.exists()


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (CHROME, "Chrome · Windows"),
        (f"{CHROME} Edg/120.0", "Edge · Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Safari/604.1", "Safari · iPhone"),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/120.0 Mobile", "Chrome · 安卓"),
        ("curl/8.0", "未知设备"),
        ("", "未知设备"),
    ],
)
def test_devices_are_named_in_a_few_words(user_agent: str, words: str) -> None:
    assert device_words(user_agent) == words
