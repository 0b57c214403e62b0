"""What a password must be like, how old it may grow and what it may not repeat."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from pytest_django import Settings

from yiyang.access.actions import set_password
from yiyang.access.models import PasswordRecord, User
from yiyang.access.passwords import one_time_password, rules_in_words
from yiyang.access.roles import Role
from yiyang.access.tests.accounts import open_user
from yiyang.changelog.context import SYSTEM

DAY = date(2026, 11, 1)


def holder(role: Role = Role.LEADER) -> User:
    return User(username="zhang.wei", display_name="张伟", staff_number="W-0047", role=role)


@pytest.mark.parametrize(
    ("password", "role", "told"),
    [
        ("Hb-47-ki", Role.LEADER, ""),  # 恰好 8 个字符
        ("Hb-47-k", Role.LEADER, "口令至少 8 个字符"),
        ("Hb-47-kite-b", Role.AUDIT_ADMIN, ""),  # 恰好 12 个字符
        ("Hb-47-kite-", Role.AUDIT_ADMIN, "管理员的口令至少 12 个字符"),
        ("Hb-47-kite-", Role.SYSTEM_ADMIN, "管理员的口令至少 12 个字符"),
        ("Hb-47-kite-", Role.CITY_HEALTH_REVIEWER, ""),
        ("harbour-kite", Role.LEADER, "至少三类"),  # 小写、其他
        ("4747-4747-47", Role.LEADER, "至少三类"),
        ("harbour-kite-7", Role.LEADER, ""),
        ("HarbourKite47", Role.LEADER, ""),
        ("蓝色海湾kite7", Role.LEADER, ""),  # 汉字算“其他字符”
        ("Zhang.Wei-471", Role.LEADER, "不得含用户名"),
        ("我是张伟-Kite7", Role.LEADER, "不得含用户名"),
        ("x-w-0047-Kite", Role.LEADER, "不得含用户名"),
        ("Password123!", Role.LEADER, "太常见"),
        ("Qwertyuiop-2026", Role.LEADER, "太常见"),
    ],
)
def test_the_rules(password: str, role: Role, told: str) -> None:
    messages = "；".join(refusals(password, holder(role)))
    assert bool(messages) is bool(told)
    assert told in messages


def refusals(password: str, user: User) -> list[str]:
    try:
        validate_password(password, user)
    except ValidationError as error:
        return list(error.messages)
    return []


def test_every_rule_is_told_before_it_is_broken() -> None:
    words = "；".join(rules_in_words())
    assert all(rule in words for rule in ("12", "三类", "工号", "常见", "最近 5 次"))


@pytest.mark.parametrize("role", Role)
def test_a_one_time_password_meets_the_rules_of_every_role(role: Role) -> None:
    user = holder(role)
    made = {one_time_password(user) for _ in range(20)}
    assert len(made) == 20
    for password in made:
        validate_password(password, user)


@pytest.mark.parametrize(("days", "is_old"), [(0, False), (90, False), (91, True)])
def test_a_password_is_good_for_ninety_days(days: int, is_old: bool) -> None:
    user = holder()
    user.must_change_password, user.password_set_on = False, DAY
    assert user.password_is_old(DAY + timedelta(days=days)) is is_old
    assert user.owes_password(DAY + timedelta(days=days)) is is_old


def test_a_password_of_unknown_age_is_old() -> None:
    assert holder().password_is_old(DAY)


def passwords(count: int) -> list[str]:
    return [f"Harbour-{number}-kite" for number in range(count)]


def choose(user: User, password: str) -> None:
    set_password(by=SYSTEM, user=user, password=password, must_change=False, on=DAY)


@pytest.mark.django_db
def test_the_last_five_are_not_taken_up_again(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    user = open_user(Role.LEADER)
    for password in passwords(6):
        choose(user, password)
    for password in passwords(6)[1:]:
        with pytest.raises(ValidationError, match="最近 5 次"):
            choose(user, password)
    choose(user, passwords(6)[0])


@pytest.mark.django_db
def test_only_hashes_are_kept_and_no_more_than_needed(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    user, other = open_user(Role.LEADER), open_user(Role.LEADER)
    choose(other, passwords(1)[0])
    for password in passwords(8):
        choose(user, password)
    kept = list(PasswordRecord.objects.of(user))
    assert [record.is_of(passwords(8)[-1]) for record in kept] == [True, *[False] * 4]
    assert not any("Harbour" in record.password for record in kept)
    assert PasswordRecord.objects.of(other).count() == 2
