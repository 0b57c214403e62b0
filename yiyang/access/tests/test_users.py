"""What the database itself refuses about accounts."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from yiyang.access.actions import disable_account, open_account, set_password
from yiyang.access.models import User
from yiyang.access.roles import Role
from yiyang.access.tests.accounts import PASSWORD, numbers, open_user
from yiyang.changelog.context import SYSTEM, recorded

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 1)
NEW = "绿色-Harbour-48-kite"


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"role": "superuser"}, "user_role_known"),
        ({"role": ""}, "user_role_known"),
        ({"username": "Ab"}, "user_username_form"),
        ({"username": "ZHANG"}, "user_username_form"),
        ({"is_active": False}, "user_disabled_has_day"),
        ({"disabled_on": DAY}, "user_disabled_has_day"),
    ],
)
def test_the_database_refuses(change: dict[str, object], constraint: str) -> None:
    user = open_user(Role.LEADER)
    refused = pytest.raises(IntegrityError, match=constraint)
    with refused, recorded(by=SYSTEM, reason="试"):
        User.objects.filter(pk=user.pk).update(**change)


def test_there_is_no_superuser_and_no_staff() -> None:
    names = {field.name for field in User._meta.get_fields()}
    assert not names & {"is_superuser", "is_staff", "groups", "user_permissions"}


def test_an_account_is_opened_with_a_hashed_password() -> None:
    user = open_account(
        by=SYSTEM,
        username="zhang",
        display_name="张",
        staff_number="S-1",
        role=Role.LEADER,
        password=PASSWORD,
        on=DAY,
    )
    assert user.password.startswith("argon2")
    assert User.objects.get_by_natural_key(" ZHANG ").check_password(PASSWORD)


@pytest.mark.parametrize("password", ["short", "12345678901234", "password1234"])
def test_a_weak_password_opens_no_account(password: str) -> None:
    with pytest.raises(ValidationError):
        open_account(
            by=SYSTEM,
            username="zhang",
            display_name="张",
            staff_number="S-1",
            role=Role.LEADER,
            password=password,
            on=DAY,
        )
    assert not User.objects.exists()


def open_li(username: str) -> User:
    return open_account(
        by=SYSTEM,
        username=username,
        display_name="李",
        staff_number=f"S-{next(numbers)}",
        role=Role.LEADER,
        password=PASSWORD,
        on=DAY,
    )


def test_a_taken_name_is_told_in_chinese() -> None:
    open_li("lili")
    with pytest.raises(ValidationError, match="已有同名账号"):
        open_li("lili")


def test_a_name_out_of_form_is_told_in_chinese() -> None:
    with pytest.raises(ValidationError, match="小写字母开头"):
        open_li("li!")


def test_a_new_password_replaces_the_old() -> None:
    user = open_li("lili")
    set_password(by=SYSTEM, user=user, password=NEW, must_change=True, on=DAY)
    stored = User.objects.get(pk=user.pk)
    assert stored.check_password(NEW)
    assert stored.must_change_password


def test_a_disabled_account_stays_with_its_day() -> None:
    user = open_li("lili")
    disable_account(by=SYSTEM, user=user, on=DAY)
    stored = User.objects.get(pk=user.pk)
    assert (stored.is_active, stored.disabled_on) == (False, DAY)
    assert not User.objects.enabled().exists()
