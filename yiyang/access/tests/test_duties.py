"""What an account owes before it may be used: a password of its own, a source of codes."""

import re
from datetime import date, timedelta
from http import HTTPStatus

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from yiyang.access.actions import reset_code_device, reset_password
from yiyang.access.models import AccountSession, SessionEnd, User
from yiyang.access.roles import ROLES, Role
from yiyang.access.tests.accounts import PASSWORD, code_now, open_user
from yiyang.changelog.context import SYSTEM

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 1)
NEW = "绿色-Harbour-48-kite"
CODE_ROLES = sorted(role for role in Role if ROLES[role].needs_second_factor)
PAGES = ("/", "/targets/", "/account/", "/accounts/", "/institutions/1/", "/account/code-device")


def sign_in(user: User, password: str = PASSWORD, code: str = "") -> Client:
    client = Client()
    fields = {"username": user.username, "password": password, "otp_token": code}
    client.post(reverse("sign-in"), fields)
    return client


def change(client: Client, old: str = PASSWORD, new: str = NEW, again: str = NEW) -> str:
    """Post the form and return the page's text, or where it leads."""
    fields = {"old_password": old, "password": new, "password_again": again}
    answer = client.post(reverse("password-change"), fields)
    return answer.headers.get("Location") or answer.content.decode()


def reached(client: Client) -> set[str]:
    """Follow nothing; return where each page sends the browser."""
    return {client.get(path).headers.get("Location", path) for path in PAGES}


def age(user: User, days: int) -> None:
    set_on = timezone.localdate() - timedelta(days=days)
    User.objects.filter(pk=user.pk).update(password_set_on=set_on)


@pytest.mark.parametrize(("days", "is_owed"), [(90, False), (91, True)])
def test_an_old_password_opens_its_own_change_only(days: int, is_owed: bool) -> None:
    user = open_user(Role.LEADER)
    age(user, days)
    client = sign_in(user)
    assert (reached(client) == {reverse("password-change")}) is is_owed
    assert change(client) == reverse("account")
    assert client.get("/account/").status_code == HTTPStatus.OK


def test_a_password_that_grows_old_mid_session_closes_the_session_at_once() -> None:
    user = open_user(Role.LEADER)
    client = sign_in(user)
    age(user, 91)
    assert client.get("/account/").headers["Location"] == reverse("password-change")
    partial = client.get("/account/", headers={"HX-Request": "true"})
    assert partial.headers["HX-Redirect"] == reverse("password-change")


def test_a_one_time_password_opens_its_own_change_only() -> None:
    user = open_user(Role.LEADER)
    password = reset_password(by=SYSTEM, user=user, on=timezone.localdate())
    client = sign_in(user, password)
    assert reached(client) == {reverse("password-change")}
    assert "一次性" in client.get(reverse("password-change")).content.decode()
    assert change(client, password) == reverse("account")
    assert not User.objects.get(pk=user.pk).must_change_password


@pytest.mark.parametrize(
    ("old", "new", "again", "told"),
    [
        ("不是现在的", NEW, NEW, "现在的口令不正确"),
        (PASSWORD, NEW, NEW + "x", "两次输入的新口令不一样"),
        (PASSWORD, "short", "short", "至少 8 个字符"),
        (PASSWORD, PASSWORD, PASSWORD, "最近 5 次"),
        ("", NEW, NEW, "请填写现在的口令"),
    ],
)
def test_a_change_refused_changes_nothing(old: str, new: str, again: str, told: str) -> None:
    user = open_user(Role.LEADER)
    page = change(sign_in(user), old, new, again)
    assert told in page
    assert User.objects.get(pk=user.pk).check_password(PASSWORD)
    assert NEW not in page


def test_guessing_the_present_password_from_an_open_session_is_locked_out() -> None:
    client = sign_in(open_user(Role.LEADER))
    pages = [change(client, "猜的口令") for _ in range(6)]
    assert "暂停登录" in pages[-1]


@pytest.mark.parametrize("role", CODE_ROLES)
def test_without_a_phone_a_password_leads_to_enrolment_only(role: Role) -> None:
    client = sign_in(open_user(role))
    assert reached(client) == {reverse("code-device")}


def secret_on(page: str) -> str:
    found = re.search(r'<code class="secret">([A-Z2-7 ]+)</code>', page)
    assert found
    return found[1].replace(" ", "")


def code_of(key: str) -> str:
    return f"{TOTP(bytes.fromhex(key)).token():06d}"


def enrol(client: Client) -> str:
    """Enrol as the page says; returns the new key."""
    page = client.get(reverse("code-device"))
    assert page.status_code == HTTPStatus.OK
    key: str = client.session["new_code_key"]
    client.post(reverse("code-device"), {"otp_token": code_of(key)})
    return key


def test_enrolling_opens_the_portal_under_a_new_session_key() -> None:
    user = open_user(Role.SECURITY_ADMIN)
    client = sign_in(user)
    before = client.cookies["sessionid"].value
    enrol(client)
    assert client.get("/accounts/").status_code == HTTPStatus.OK
    assert client.cookies["sessionid"].value != before
    assert AccountSession.objects.filter(ended_at=None).count() == 1


def test_the_first_code_does_not_sign_in_again() -> None:
    user = open_user(Role.SECURITY_ADMIN)
    key = enrol(sign_in(user))
    assert reached(sign_in(user, code=code_of(key))) != {*PAGES}
    assert TOTPDevice.objects.get(user=user).last_t > 0


def test_a_wrong_code_binds_nothing() -> None:
    user = open_user(Role.SECURITY_ADMIN)
    client = sign_in(user)
    client.get(reverse("code-device"))
    answer = client.post(reverse("code-device"), {"otp_token": "不是数字"})
    assert "验证码不对" in answer.content.decode()
    assert not TOTPDevice.objects.exists()


def test_the_secret_is_shown_once_and_as_a_picture_the_policy_allows() -> None:
    client = sign_in(open_user(Role.SECURITY_ADMIN))
    pages = [client.get(reverse("code-device")) for _ in range(2)]
    texts = [page.content.decode() for page in pages]
    assert secret_on(texts[0]) != secret_on(texts[1])
    assert 'src="data:image/svg+xml;base64,' in texts[0]
    assert "img-src 'self' data:" in pages[0].headers["Content-Security-Policy"]
    assert "no-store" in pages[0].headers["Cache-Control"]
    enrol(client)
    later = client.get(reverse("code-device"))
    assert later.headers["Location"] == reverse("code-device-replace")


def test_a_phone_is_replaced_after_password_and_present_code_only() -> None:
    user = open_user(Role.SECURITY_ADMIN, with_code=True)
    client, other = sign_in(user, code=code_now()), sign_in(user, code=code_now(later_steps=1))
    before = TOTPDevice.objects.get(user=user)
    proof = reverse("code-device-replace")
    client.get(reverse("code-device"))
    client.post(reverse("code-device"), {"otp_token": "123456"})
    for password, code in ((PASSWORD, ""), ("错", code_now()), (PASSWORD, code_now())):
        client.post(proof, {"password": password, "otp_token": code})  # 登录用过的码不能再用
    assert client.get(reverse("code-device")).headers["Location"] == proof
    TOTPDevice.objects.update(last_t=-1, throttling_failure_count=0)
    client.post(proof, {"password": PASSWORD, "otp_token": code_now()})
    key = enrol(client)
    assert [device.key for device in TOTPDevice.objects.filter(user=user)] == [key]
    assert key != before.key
    assert client.get("/accounts/").status_code == HTTPStatus.OK
    assert other.get("/accounts/").status_code == HTTPStatus.FOUND


def test_a_lost_phone_is_reset_and_the_next_sign_in_enrols() -> None:
    user = open_user(Role.CITY_HEALTH_REVIEWER, with_code=True)
    client = sign_in(user, code=code_now())
    reset_code_device(by=SYSTEM, user=user)
    assert client.get("/account/").status_code == HTTPStatus.FOUND
    assert AccountSession.objects.get().end == SessionEnd.CODE_DEVICE
    assert reached(sign_in(user)) == {reverse("code-device")}


def test_a_role_that_needs_no_code_needs_it_once_it_has_a_phone() -> None:
    user = open_user(Role.LEADER)
    key = enrol(sign_in(user))
    assert sign_in(user).get("/account/").status_code == HTTPStatus.FOUND
    TOTPDevice.objects.update(last_t=-1)
    assert sign_in(user, code=code_of(key)).get("/account/").status_code == HTTPStatus.OK


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_no_next_leads_off_the_portal(target: str) -> None:
    user = open_user(Role.LEADER)
    fields = {"username": user.username, "password": PASSWORD, "next": target}
    answer = Client().post(reverse("sign-in"), fields)
    assert answer.headers["Location"] == "/"
