"""The security administrator's monthly sum of plain looks and exports names no person."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from contracts.models import Person, PersonExport, Reveal
from contracts.persons.totals import reveal_totals
from contracts.tests.factories import make_person
from contracts.tests.persons import browse_as
from yiyang.access.models import User
from yiyang.access.roles import ROLES, Permission, Role
from yiyang.access.tests.accounts import open_user

NOVEMBER = date(2026, 11, 1)


def make_look(user: User, person: Person, at: datetime, field: str = "name") -> None:
    Reveal.objects.create(
        person=person,
        field=field,
        reason="verify",
        note="核对户口簿",
        by=user,
        at=at,
        until=at + timedelta(seconds=60),
    )


@pytest.mark.parametrize("role", Role)
def test_only_the_security_administrator_sees_the_totals(db: None, role: Role) -> None:
    may = Permission.VIEW_REVEAL_TOTALS in ROLES[role].permissions
    assert browse_as(role).get("/persons/disclosures/").status_code == (200 if may else 403)


def test_looks_are_summed_by_account_over_the_month_of_shanghai(db: None) -> None:
    busy, quiet = open_user(Role.CITY_HEALTH_REVIEWER), open_user(Role.CITY_HEALTH_REVIEWER)
    first, second = make_person(), make_person()
    first_second = datetime(2026, 10, 31, 16, 0, tzinfo=UTC)  # 上海 11 月 1 日零点
    last_second = datetime(2026, 11, 30, 15, 59, 59, tzinfo=UTC)
    make_look(busy, first, first_second)
    make_look(busy, first, last_second, "phone")
    make_look(busy, second, last_second)
    make_look(quiet, second, first_second)
    make_look(quiet, second, first_second - timedelta(seconds=1))  # 十月
    make_look(quiet, second, last_second + timedelta(seconds=1))  # 十二月
    totals = [(one.looks, one.persons, one.by_field) for one in reveal_totals(NOVEMBER)]
    # 各项依次为：姓名、身份证号、电话、出生日期。
    assert totals == [(3, 2, (2, 0, 1, 0)), (1, 1, (1, 0, 0, 0))]


def test_december_ends_with_the_year(db: None) -> None:
    user = open_user(Role.CITY_HEALTH_REVIEWER)
    make_look(user, make_person(), datetime(2026, 12, 31, 15, 59, 59, tzinfo=UTC))
    make_look(user, make_person(), datetime(2026, 12, 31, 16, 0, tzinfo=UTC))
    assert [one.looks for one in reveal_totals(date(2026, 12, 1))] == [1]


def test_the_page_shows_exports_by_number_and_no_person(db: None) -> None:
    user, person = open_user(Role.CITY_HEALTH_REVIEWER), make_person()
    at = datetime(2026, 11, 5, 2, 0, tzinfo=UTC)
    make_look(user, person, at)
    PersonExport.objects.create(
        number="DC2026-00001",
        year=2026,
        serial=1,
        purpose="交疾控科核对",
        columns=["name", "phone"],
        row_count=321,
        by=user,
        at=at,
    )
    browser = browse_as(Role.SECURITY_ADMIN)
    page = browser.get("/persons/disclosures/?month=2026-11").content.decode()
    for text in (user.username, "DC2026-00001", "321", "姓名、电话", "交疾控科核对"):
        assert text in page
    assert str(person.uid)[:8] not in page
    assert "DC2026" not in browser.get("/persons/disclosures/?month=2026-10").content.decode()


@pytest.mark.parametrize("month", ["2026", "2026-13", "x", "2026-11-05"])
def test_what_is_no_month_is_not_found(db: None, month: str) -> None:
    answer = browse_as(Role.SECURITY_ADMIN).get(f"/persons/disclosures/?month={month}")
    assert answer.status_code == 404
