"""The security administrator's pages, and what the database refuses about accounts whoever asks."""

import re
from collections.abc import Callable
from datetime import date
from http import HTTPStatus
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse
from django_otp.plugins.otp_totp.models import TOTPDevice

from yiyang.access import actions
from yiyang.access.models import AccountSession, User
from yiyang.access.models.users import ONE_ACCOUNT
from yiyang.access.roles import ROLES, Permission, Role
from yiyang.access.tests.accounts import PASSWORD, code_now, open_user
from yiyang.audit.models import AuditEvent
from yiyang.changelog.context import SYSTEM, recorded
from yiyang.models import ChangeEntry

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 1)
ADMINISTRATORS = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN)
ACTS = ("password", "disable", "enable", "unlock", "reset-code-device", "role")


def sign_in(user: User, password: str = PASSWORD) -> Client:
    client = Client()
    code = code_now() if TOTPDevice.objects.filter(user=user).exists() else ""
    fields = {"username": user.username, "password": password, "otp_token": code}
    client.post(reverse("sign-in"), fields)
    return client


@pytest.fixture
def admin() -> User:
    return open_user(Role.SECURITY_ADMIN, with_code=True)


@pytest.fixture
def desk(admin: User) -> Client:
    return sign_in(admin)


def act(desk: Client, user: User, name: str, **fields: str) -> Any:
    return desk.post(reverse(f"user-{name}", args=[user.pk]), fields)


def open_form(**changed: str) -> dict[str, str]:
    fields = {"display_name": "李娜", "staff_number": " w-0101 ", "username": "Li.Na"}
    return {**fields, "role": Role.DISTRICT_HEALTH_CLERK.value, **changed}


def one_time(page: str) -> str:
    found = re.search(r'<code class="secret">(\w+)</code>', page)
    assert found
    return found[1]


def test_an_account_is_opened_with_a_password_shown_once(desk: Client) -> None:
    answer = desk.post(reverse("user-open"), open_form())
    password = one_time(answer.content.decode())
    user = User.objects.get(username="li.na")
    assert (user.staff_number, user.must_change_password) == ("W-0101", True)
    assert user.check_password(password)
    assert "no-store" in answer.headers["Cache-Control"]
    assert password not in desk.get(reverse("user-detail", args=[user.pk])).content.decode()
    client = sign_in(user, password)
    assert client.get("/").headers["Location"] == reverse("password-change")


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"username": "li!"}, "小写字母开头"),
        ({"staff_number": ""}, "都须填持有人的工号"),
        ({"staff_number": "W 1"}, "工号由"),
        ({"role": "superuser"}, "请从列表里选择角色"),
        ({"display_name": ""}, "请填写姓名"),
    ],
)
def test_a_refused_account_is_told_beside_the_form_and_not_opened(
    desk: Client, changed: dict[str, str], told: str
) -> None:
    before = User.objects.count()
    assert told in desk.post(reverse("user-open"), open_form(**changed)).content.decode()
    assert User.objects.count() == before


def test_a_posted_field_the_form_does_not_have_is_not_taken(desk: Client) -> None:
    extra = {"is_active": "", "must_change_password": "", "password": "Mine-0000-mine", "id": "1"}
    desk.post(reverse("user-open"), open_form(**extra))
    user = User.objects.get(username="li.na")
    assert user.is_active
    assert user.must_change_password
    assert not user.check_password("Mine-0000-mine")


@pytest.mark.parametrize("role", [role for role in Role if role != Role.SECURITY_ADMIN])
def test_nobody_else_looks_after_accounts(role: Role) -> None:
    needs = ROLES[role].needs_second_factor
    user, other = open_user(role, with_code=needs), open_user(Role.LEADER)
    client = sign_in(user)
    paths = [reverse("user-list"), reverse("user-open"), reverse("user-detail", args=[other.pk])]
    assert {client.get(path).status_code for path in paths} == {HTTPStatus.FORBIDDEN}
    assert {act(client, other, name).status_code for name in ACTS} == {HTTPStatus.FORBIDDEN}
    assert User.objects.get(pk=other.pk).is_active


def test_accounts_are_found_by_name_number_and_role(desk: Client) -> None:
    leader, reporter = open_user(Role.LEADER), open_user(Role.INSTITUTION_REPORTER)
    for query in (f"words={leader.username}", f"words={leader.staff_number}", "role=leader"):
        page = desk.get(f"{reverse('user-list')}?{query}").content.decode()
        assert leader.username in page
        assert f">{reporter.username}<" not in page


@pytest.mark.parametrize("name", ACTS)
def test_nothing_is_done_to_an_account_by_get(desk: Client, name: str) -> None:
    user = open_user(Role.LEADER)
    answer = desk.get(reverse(f"user-{name}", args=[user.pk]))
    assert answer.status_code == HTTPStatus.METHOD_NOT_ALLOWED


def test_a_role_is_changed_with_a_reason_that_stays_in_the_log(desk: Client) -> None:
    user = open_user(Role.LEADER)
    assert act(desk, user, "role", role="audit_admin", reason=" ").status_code == 400
    assert User.objects.get(pk=user.pk).role == Role.LEADER
    act(desk, user, "role", role="audit_admin", reason="调任审计岗")
    stored = User.objects.get(pk=user.pk)
    assert (stored.role, stored.must_change_password) == (Role.AUDIT_ADMIN, True)
    entry = ChangeEntry.objects.of("yiyang_user", user.pk).last()
    assert entry is not None
    assert entry.change.reason == "调任审计岗"


def test_a_leaver_is_disabled_and_may_come_back(desk: Client) -> None:
    user = open_user(Role.LEADER)
    client = sign_in(user)
    act(desk, user, "disable")
    assert client.get("/account/").status_code == HTTPStatus.FOUND
    assert "停用" in desk.get(reverse("user-detail", args=[user.pk])).content.decode()
    act(desk, user, "enable")
    assert User.objects.get(pk=user.pk).owes_password(DAY)


def test_a_password_is_reset_and_every_session_ends(desk: Client) -> None:
    user = open_user(Role.LEADER)
    client = sign_in(user)
    password = one_time(act(desk, user, "password").content.decode())
    assert client.get("/account/").status_code == HTTPStatus.FOUND
    assert User.objects.get(pk=user.pk).check_password(password)


@pytest.mark.parametrize("name", ["password", "disable", "enable", "reset-code-device", "role"])
def test_nobody_looks_after_their_own_account(desk: Client, admin: User, name: str) -> None:
    before = User.objects.filter(pk=admin.pk).values().get()
    act(desk, admin, name, role="leader", reason="自己改")
    assert User.objects.filter(pk=admin.pk).values().get() == before
    assert TOTPDevice.objects.filter(user=admin).exists()
    assert AccountSession.objects.filter(user=admin, ended_at=None).exists()


OWN_CHANGES: list[dict[str, object]] = [
    {"role": Role.CITY_HEALTH_REVIEWER},
    {"staff_number": "X-1"},
    {"is_active": False, "disabled_on": DAY},
]


@pytest.mark.parametrize("change", OWN_CHANGES)
def test_the_database_itself_refuses_a_change_of_ones_own(change: dict[str, object]) -> None:
    admin = open_user(Role.SECURITY_ADMIN)
    refused = pytest.raises(IntegrityError, match="由另一位安全管理员办理")
    with refused, recorded(by=admin, reason="绕过页面"):
        User.objects.filter(pk=admin.pk).update(**change)


@pytest.mark.parametrize("role", [role for role in Role if role != Role.SECURITY_ADMIN])
def test_the_database_refuses_account_changes_by_any_other_role(role: Role) -> None:
    by, user = open_user(role), open_user(Role.LEADER)
    refused = pytest.raises(IntegrityError, match="只有安全管理员")
    with refused, recorded(by=by, reason="绕过页面"):
        User.objects.filter(pk=user.pk).update(role=Role.AUDIT_ADMIN)
    with pytest.raises(ValidationError, match="只有安全管理员"):
        opened(by=by, role=Role.LEADER, staff_number="N-1")


def test_a_disabled_security_administrator_administers_nothing() -> None:
    by, user = open_user(Role.SECURITY_ADMIN), open_user(Role.LEADER)
    actions.disable_account(by=SYSTEM, user=by, on=DAY)
    with pytest.raises(ValidationError, match="只有安全管理员"):
        actions.disable_account(by=by, user=user, on=DAY)


def test_the_database_refuses_a_role_change_without_a_reason() -> None:
    admin, user = open_user(Role.SECURITY_ADMIN), open_user(Role.LEADER)
    with pytest.raises(IntegrityError, match="写明原因"), recorded(by=admin):
        User.objects.filter(pk=user.pk).update(role=Role.AUDIT_ADMIN)


def opened(*, by: Any, role: Role, staff_number: str) -> User:
    return actions.open_account(
        by=by,
        username=f"second-{role.value.replace('_', '-')}",
        display_name="王芳",
        staff_number=staff_number,
        role=role,
        password=PASSWORD,
        on=DAY,
    )


@pytest.mark.parametrize("first", ADMINISTRATORS)
@pytest.mark.parametrize("second", Role)
def test_an_administrator_holds_no_other_account(first: Role, second: Role) -> None:
    holder = open_user(first)
    with pytest.raises(ValidationError, match="三员"):
        opened(by=SYSTEM, role=second, staff_number=holder.staff_number)
    refused = pytest.raises(IntegrityError, match="user_one_account_per_holder")
    with refused, recorded(by=SYSTEM, reason="绕过页面"):
        User.objects.filter(pk=open_user(second).pk).update(staff_number=holder.staff_number)


def test_who_makes_cannot_hold_a_second_account_to_check() -> None:
    clerk = open_user(Role.CITY_HEALTH_CLERK)
    with pytest.raises(ValidationError) as refused:
        opened(by=SYSTEM, role=Role.CITY_HEALTH_REVIEWER, staff_number=clerk.staff_number)
    assert ONE_ACCOUNT in refused.value.messages


def test_a_holder_whose_account_is_closed_may_be_given_another() -> None:
    clerk = open_user(Role.CITY_HEALTH_CLERK)
    actions.disable_account(by=SYSTEM, user=clerk, on=DAY)
    second = opened(by=SYSTEM, role=Role.AUDIT_ADMIN, staff_number=clerk.staff_number)
    with pytest.raises(ValidationError, match="一人只能有一个启用的账号"):
        actions.enable_account(by=SYSTEM, user=clerk)
    assert second.is_active


def test_only_the_interface_account_has_no_holder() -> None:
    client = opened(by=SYSTEM, role=Role.CIVIL_AFFAIRS_CLIENT, staff_number="")
    refused = pytest.raises(IntegrityError, match="user_holder_known")
    with refused, recorded(by=SYSTEM, reason="绕过页面"):
        User.objects.filter(pk=client.pk).update(role=Role.LEADER)


def test_the_change_log_follows_accounts_without_their_passwords() -> None:
    admin, user = open_user(Role.SECURITY_ADMIN), open_user(Role.LEADER)
    actions.reset_password(by=admin, user=user, on=DAY)
    entries = list(ChangeEntry.objects.of("yiyang_user", user.pk))
    assert [entry.change.actor_id for entry in entries] == [None, admin.pk]
    assert (entries[-1].after or {})["must_change_password"] is True
    assert not any("password" in (entry.after or {}) for entry in entries)
    assert "argon2" not in str([(entry.before, entry.after) for entry in entries])


def test_signing_in_is_no_change_of_the_account() -> None:
    user = open_user(Role.LEADER)
    sign_in(user)
    assert ChangeEntry.objects.of("yiyang_user", user.pk).count() == 1


Does = Callable[[User, User], object]


@pytest.mark.parametrize(
    ("does", "change"),
    [
        (lambda by, user: actions.reset_password(by=by, user=user, on=DAY), "password"),
        (lambda by, user: actions.disable_account(by=by, user=user, on=DAY), "disable"),
        (lambda by, user: actions.unlock_account(by=by, user=user), "unlock"),
        (lambda by, user: actions.reset_code_device(by=by, user=user), "code_device_reset"),
        (
            lambda by, user: actions.change_role(by=by, user=user, role=Role.LEADER, reason="调任"),
            "role",
        ),
    ],
)
def test_what_is_done_to_an_account_is_in_the_audit(does: Does, change: str) -> None:
    admin, user = open_user(Role.SECURITY_ADMIN), open_user(Role.LEADER)
    does(admin, user)
    event = AuditEvent.objects.order_by("id").last()
    assert event is not None
    assert (event.kind, event.actor_id) == ("ACCOUNT_CHANGE", admin.pk)
    assert event.subject == f"yiyang_user:{user.pk}"
    assert event.details["change"] == change


def test_only_the_security_administrator_sees_accounts_in_the_navigation(desk: Client) -> None:
    assert reverse("user-list") in desk.get("/account/").content.decode()
    leader = sign_in(open_user(Role.LEADER))
    assert reverse("user-list") not in leader.get("/account/").content.decode()
    assert Permission.MANAGE_ACCOUNTS not in ROLES[Role.LEADER].permissions
