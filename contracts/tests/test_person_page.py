"""The page of one person: masked identity, what each role may see, a history without secrets."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from contracts.models import FamilyDoctorSignup, KeyGroup, Person
from contracts.tests.factories import (
    make_health_management,
    make_key_group,
    make_person,
    make_residence,
    make_sickbed,
    make_signup,
    make_team,
)
from contracts.tests.persons import (
    ID_NUMBER,
    NAME,
    PHONE,
    City,
    browse_as,
    events_after,
    last_event_id,
    make_lan_zhi,
)
from institutions.tests.factories import make_health
from yiyang.access.roles import ROLES, Permission, Role
from yiyang.access.tests.accounts import open_user
from yiyang.audit.kinds import EventKind
from yiyang.changelog.context import recorded

SEERS = [role for role in Role if Permission.VIEW_PERSONS in ROLES[role].permissions]
RESTRICTED = ("计划生育特殊家庭", "严重精神障碍患者", "肺结核患者")


@pytest.fixture
def city(db: None) -> City:
    return City.make()


def page_of(person: Person, browser: Client) -> str:
    response = browser.get(f"/persons/{person.uid}/")
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    return response.content.decode()


@pytest.mark.parametrize("role", Role)
def test_the_page_is_for_roles_that_may_see_persons(city: City, role: Role) -> None:
    person = make_lan_zhi(city.community)
    response = browse_as(role, city.east).get(f"/persons/{person.uid}/")
    assert response.status_code == (200 if role in SEERS else 403)


@pytest.mark.parametrize("role", SEERS)
def test_the_identity_is_masked_for_everyone(city: City, role: Role) -> None:
    person = make_lan_zhi(city.community, born_on=date(1940, 3, 7))
    page = page_of(person, browse_as(role, city.east))
    for shown in ("欧阳**", "150*************29", "154****1234", "****-**-**"):
        assert shown in page
    for hidden in (NAME, "兰芝", ID_NUMBER, ID_NUMBER[6:14], PHONE, "1940-03-07"):
        assert hidden not in page
    assert ("查看明文" in page) is (Permission.REVEAL_PERSON in ROLES[role].permissions)


def test_the_page_holds_residence_sign_up_management_and_sickbed(city: City) -> None:
    person = make_lan_zhi(city.community)
    clinic = make_health(city.street, name="示例卫生院")
    team = make_team(clinic)
    make_signup(person, team)
    make_health_management(person, clinic)
    make_sickbed(person, clinic)
    page = page_of(person, browse_as(Role.CITY_HEALTH_CLERK))
    for text in ("河滨街道", "春风社区", "常住", team.name, "已到期", "示例卫生院", "2017-06-01"):
        assert text in page


def test_the_register_of_another_district_stays_out_of_the_page(city: City) -> None:
    person = make_person()
    make_residence(person, city.west, ends_on=date(2019, 12, 31), reason="迁自西区的事由")
    make_residence(person, city.community, starts_on=date(2020, 1, 1))
    page = page_of(person, browse_as(Role.DISTRICT_HEALTH_CLERK, city.east))
    assert "春风社区" in page
    assert "迁自西区的事由" not in page
    assert "迁自西区的事由" in page_of(person, browse_as(Role.CITY_HEALTH_CLERK))


def test_another_districts_person_is_not_found(city: City) -> None:
    person = make_lan_zhi(city.west)
    browser = browse_as(Role.DISTRICT_HEALTH_REVIEWER, city.east)
    for place in ("", "reveal/"):
        assert browser.get(f"/persons/{person.uid}/{place}").status_code == 404
    assert browser.post(f"/persons/{person.uid}/reveal/", {"field": "name"}).status_code == 404


def test_a_person_who_moved_away_is_out_of_the_old_offices_sight(city: City) -> None:
    person = make_person()
    make_residence(person, city.community, ends_on=date(2019, 12, 31))
    make_residence(person, city.west, starts_on=date(2020, 1, 1))
    browser = browse_as(Role.DISTRICT_HEALTH_CLERK, city.east)
    assert browser.get(f"/persons/{person.uid}/").status_code == 404


@pytest.mark.parametrize("role", SEERS)
def test_restricted_groups_are_for_the_city_reviewer_only(city: City, role: Role) -> None:
    person = make_lan_zhi(city.community)
    for group in KeyGroup:
        make_key_group(person, group=group)
    page = page_of(person, browse_as(role, city.east))
    groups, _, history = page.partition("变更记录")
    assert "高血压患者" in groups
    may = Permission.VIEW_RESTRICTED in ROLES[role].permissions
    for label in RESTRICTED:
        assert (label in groups) is may
        assert (label in history) is may


def test_the_history_says_who_when_and_why_but_no_sealed_value(city: City) -> None:
    clerk = open_user(Role.CITY_HEALTH_CLERK)
    person = make_lan_zhi(city.community, born_on=date(1940, 3, 7))
    with recorded(by=clerk, reason="户口簿更正"):
        Person.objects.filter(pk=person.pk).update(
            phone_sealed=b"other", born_on=date(1940, 3, 8), sex="F"
        )
    page = page_of(person, browse_as(Role.CITY_HEALTH_CLERK))
    for text in (
        "测试账号",
        "户口簿更正",
        "电话（密）：（不显示） → （不显示）",
        "性别：未说明 → 女",
    ):
        assert text in page
    assert "出生日期：（不显示） → （不显示）" in page
    for hidden in ("1940-03-08", "\\x", b"other".hex()):
        assert hidden not in page


def test_a_damaged_value_is_said_so_and_nothing_breaks(city: City) -> None:
    person = make_lan_zhi(city.community)
    Person.objects.filter(pk=person.pk).update(name_sealed=b"\x01\x01broken")
    assert "密文打不开" in page_of(person, browse_as(Role.CITY_HEALTH_CLERK))


def test_a_person_without_a_data_key_still_has_a_page(city: City) -> None:
    known = make_lan_zhi(city.west)
    person = make_person(city.community, name_sealed=known.name_sealed)
    page = page_of(person, browse_as(Role.CITY_HEALTH_CLERK))
    assert "未登记" in page
    assert "欧阳" not in page


def test_each_look_is_on_record_by_uid(city: City) -> None:
    person = make_lan_zhi(city.community)
    before = last_event_id()
    page_of(person, browse_as(Role.CITY_HEALTH_CLERK))
    (event,) = events_after(before, EventKind.VIEW_PERSONAL)
    assert event.subject == f"person:{person.uid}"


def test_a_long_life_takes_the_same_queries_as_a_short_one(city: City) -> None:
    clinic = make_health(city.street)
    person, browser = make_lan_zhi(city.community), browse_as(Role.CITY_HEALTH_CLERK)
    make_health_management(person, clinic)
    page_of(person, browser)
    with CaptureQueriesContext(connection) as short:
        page_of(person, browser)
    days = ("record_on", "exam_on", "guided_on", "form_completed_on")
    for year in range(2018, 2026):
        done = dict.fromkeys(days, date(year, 6, 1))
        make_health_management(person, clinic, year=year, **done)
    with CaptureQueriesContext(connection) as long:
        page_of(person, browser)
    assert len(short) == len(long)


def test_a_renewal_says_how_long_the_gap_was_and_is_not_offered_twice(city: City) -> None:
    person, team = make_lan_zhi(city.community), make_team(make_health(city.street))
    terms = (
        (date(2023, 1, 1), date(2024, 12, 31)),
        (date(2025, 1, 1), date(2026, 12, 31)),
        (date(2027, 1, 11), date(2028, 12, 31)),
    )
    before: FamilyDoctorSignup | None = None
    for starts_on, expires_on in terms:
        days = {"signed_on": starts_on, "starts_on": starts_on, "expires_on": expires_on}
        before = make_signup(person, team, renewal_of=before, **days)
    page = browse_as(Role.CITY_HEALTH_CLERK).get(f"/persons/{person.uid}/")
    shown = page.context["dossier"].signups
    assert [one.renewal for one in shown] == ["续签，间隔 10 天", "续签，没有间隔", ""]
    assert page.content.decode().count(">续签</a>") == 1
