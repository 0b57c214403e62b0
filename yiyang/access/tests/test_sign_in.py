"""Signing in: the password, the code, the lockout, and what strangers are told."""

import re
from datetime import date
from http import HTTPStatus

import pytest
from axes.models import AccessAttempt
from django.test import Client
from django.urls import reverse
from django_otp.plugins.otp_totp.models import TOTPDevice

from yiyang.access.actions import change_role, disable_account, set_password
from yiyang.access.forms import WRONG
from yiyang.access.roles import Role
from yiyang.access.tests.accounts import PASSWORD, code_now, open_user
from yiyang.changelog.context import SYSTEM

pytestmark = pytest.mark.django_db
ACCOUNT, DAY = "/account/", date(2026, 11, 1)
LOCKED_STATUS = HTTPStatus.TOO_MANY_REQUESTS


def sign_in(client: Client, username: str, password: str = PASSWORD, code: str = "") -> int:
    """Post the form and return the status: 302 in, 200 refused, 429 locked."""
    fields = {"username": username, "password": password, "otp_token": code}
    return client.post(f"{reverse('sign-in')}?next={ACCOUNT}", fields).status_code


def is_in(client: Client) -> bool:
    return client.get(ACCOUNT).status_code == HTTPStatus.OK


def wrong_code() -> str:
    valid = {code_now(later_steps=step) for step in range(-2, 3)}
    return next(
        code
        for code in ("000000", "111111", "222222", "333333", "444444", "555555")
        if code not in valid
    )


def test_a_password_opens_a_role_that_needs_no_code(client: Client) -> None:
    assert sign_in(client, open_user(Role.LEADER).username) == HTTPStatus.FOUND
    assert is_in(client)


def test_name_and_code_may_be_typed_in_full_width(client: Client) -> None:
    user = open_user(Role.SECURITY_ADMIN, with_code=True)
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in code_now())
    assert sign_in(client, f" {user.username.upper()} ", code=wide) == HTTPStatus.FOUND
    assert is_in(client)


@pytest.mark.parametrize(
    "role", [Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN, Role.CITY_HEALTH_REVIEWER]
)
def test_who_administers_or_reveals_needs_password_and_code(client: Client, role: Role) -> None:
    user = open_user(role, with_code=True)
    assert sign_in(client, user.username) == HTTPStatus.OK
    assert not is_in(client)
    assert sign_in(client, user.username, code=code_now()) == HTTPStatus.FOUND
    assert is_in(client)


def test_without_a_device_such_a_role_gets_no_further_than_enrolment(client: Client) -> None:
    user = open_user(Role.AUDIT_ADMIN)
    assert sign_in(client, user.username, code=code_now()) == HTTPStatus.FOUND
    assert client.get(ACCOUNT).headers["Location"] == reverse("code-device")
    assert not is_in(client)


def test_a_device_not_yet_confirmed_is_none(client: Client) -> None:
    user = open_user(Role.AUDIT_ADMIN, with_code=True)
    TOTPDevice.objects.filter(user=user).update(confirmed=False)
    sign_in(client, user.username, code=code_now())
    assert client.get(ACCOUNT).headers["Location"] == reverse("code-device")


def test_a_code_is_good_once(client: Client) -> None:
    user, code = open_user(Role.AUDIT_ADMIN, with_code=True), code_now()
    assert sign_in(client, user.username, code=code) == HTTPStatus.FOUND
    assert sign_in(Client(), user.username, code=code) == HTTPStatus.OK


def test_a_wrong_code_is_refused_even_where_none_is_needed(client: Client) -> None:
    user = open_user(Role.LEADER, with_code=True)
    assert sign_in(client, user.username, code=wrong_code()) == HTTPStatus.OK
    assert not is_in(client)


def test_every_failure_reads_the_same(client: Client) -> None:
    plain, coded = open_user(Role.LEADER), open_user(Role.AUDIT_ADMIN, with_code=True)
    disabled = open_user(Role.LEADER)
    disable_account(by=SYSTEM, user=disabled, on=DAY)
    pages = [
        client.post(reverse("sign-in"), {"username": name, "password": password, "otp_token": code})
        for name, password, code in (
            ("nobody-here", PASSWORD, ""),
            (plain.username, "错误的口令", ""),
            (coded.username, PASSWORD, ""),
            (coded.username, PASSWORD, wrong_code()),
            (disabled.username, PASSWORD, ""),
        )
    ]
    texts = {strip_inputs(page.content.decode()) for page in pages}
    assert len(texts) == 1
    assert WRONG in texts.pop()


def strip_inputs(page: str) -> str:
    return re.sub(r"<input[^>]*>", "", page)


@pytest.mark.parametrize("known", [True, False])
def test_the_sixth_try_is_locked_out_whether_or_not_the_account_exists(
    client: Client, known: bool
) -> None:
    name = open_user(Role.LEADER).username if known else "nobody-here"
    statuses = [sign_in(client, name, "错误的口令") for _ in range(6)]
    assert statuses[:4] == [HTTPStatus.OK] * 4
    assert statuses[-1] == LOCKED_STATUS
    assert sign_in(client, name) == LOCKED_STATUS


def test_guessing_codes_is_locked_out_too(client: Client) -> None:
    name = open_user(Role.AUDIT_ADMIN, with_code=True).username
    statuses = [sign_in(client, name, code=wrong_code()) for _ in range(6)]
    assert statuses[-1] == LOCKED_STATUS
    assert sign_in(client, name, code=code_now()) == LOCKED_STATUS


def test_the_lockout_page_speaks_chinese(client: Client) -> None:
    for _ in range(6):
        sign_in(client, "nobody-here", "错误的口令")
    fields = {"username": "nobody-here", "password": "x"}
    assert "15 分钟后再试" in client.post(reverse("sign-in"), fields).content.decode()


def test_the_session_of_before_is_not_kept(client: Client) -> None:
    session = client.session
    session.save()
    client.cookies["sessionid"] = before = str(session.session_key)
    sign_in(client, open_user(Role.LEADER).username)
    assert client.session.session_key != before


def test_an_open_redirect_is_not_followed(client: Client) -> None:
    user = open_user(Role.SECURITY_ADMIN, with_code=True)
    fields = {"username": user.username, "password": PASSWORD, "otp_token": code_now()}
    answer = client.post(f"{reverse('sign-in')}?next=https://evil.example/", fields)
    assert answer.headers["Location"] == ACCOUNT


def test_signing_out_takes_a_post_and_ends_the_session(client: Client) -> None:
    sign_in(client, open_user(Role.LEADER).username)
    assert client.get(reverse("sign-out")).status_code == HTTPStatus.METHOD_NOT_ALLOWED
    client.post(reverse("sign-out"))
    assert not is_in(client)


def test_a_disabled_account_is_out_with_its_next_request(client: Client) -> None:
    user = open_user(Role.LEADER)
    sign_in(client, user.username)
    disable_account(by=SYSTEM, user=user, on=DAY)
    assert not is_in(client)


def test_a_new_password_ends_old_sessions(client: Client) -> None:
    user = open_user(Role.LEADER)
    sign_in(client, user.username)
    set_password(by=SYSTEM, user=user, password="绿色-Harbour-48-kite", must_change=False, on=DAY)
    assert not is_in(client)


def test_a_role_that_comes_to_need_a_code_is_out_with_its_next_request(client: Client) -> None:
    user = open_user(Role.LEADER)
    sign_in(client, user.username)
    change_role(by=SYSTEM, user=user, role=Role.AUDIT_ADMIN, reason="转岗")
    assert not is_in(client)


def test_a_stranger_is_sent_to_sign_in_and_back(client: Client) -> None:
    answer = client.get(f"{ACCOUNT}?page=2")
    assert answer.headers["Location"] == f"{reverse('sign-in')}?next={ACCOUNT}%3Fpage%3D2"


def test_a_partial_refresh_of_a_stranger_reloads_the_whole_page(client: Client) -> None:
    answer = client.get(ACCOUNT, headers={"HX-Request": "true"})
    assert answer.status_code == HTTPStatus.UNAUTHORIZED
    assert answer.headers["HX-Redirect"] == reverse("sign-in")


def test_the_form_needs_its_token() -> None:
    strict = Client(enforce_csrf_checks=True)
    assert sign_in(strict, open_user(Role.LEADER).username) == HTTPStatus.FORBIDDEN


def test_the_page_holds_nothing_the_content_policy_forbids(client: Client) -> None:
    answer = client.get(reverse("sign-in"))
    page = answer.content.decode()
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert not re.search(r"<script(?![^>]*\bsrc=)|\sstyle=|<style|\son\w+=", page)
    assert "动态验证码" in page


def test_a_failed_try_leaves_no_password_and_no_code_behind(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    name = open_user(Role.AUDIT_ADMIN, with_code=True).username
    with caplog.at_level("DEBUG"):
        sign_in(client, name, "猜的口令-1", "654321")
    kept = " ".join(str(row) for row in AccessAttempt.objects.values()) + caplog.text
    assert "猜的口令-1" not in kept
    assert "654321" not in kept
