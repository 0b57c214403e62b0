"""The lists of agreements, teams and sign-ups: which rows each filter leaves, and no names."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localdate

from contracts.models import DoctorTeam, Person
from contracts.persons.register import record_number
from contracts.tests.factories import (
    make_agreement,
    make_known_person,
    make_person,
    make_signup,
    make_team,
)
from contracts.tests.persons import (
    ID_NUMBER,
    NAME,
    PHONE,
    browse_as,
    events_after,
    last_event_id,
)
from contracts.work import ending_signups, expiring_agreements
from institutions.tests.factories import LONG_AGO, make_elderly, make_health
from targets.tests.factories import City, make_city
from yiyang.access.roles import ROLES, Permission, Role
from yiyang.access.scope import Actor
from yiyang.audit.kinds import EventKind
from yiyang.listing import shown

TODAY = localdate()
CLERK = Role.CITY_HEALTH_CLERK


def later(days: int) -> date:
    return TODAY + timedelta(days=days)


@pytest.fixture
def city(db: None) -> City:
    return make_city()


def first_cells(browser: Client, address: str) -> list[str]:
    answer = browser.get(address)
    assert answer.status_code == 200
    return [row.cells[0].text for row in answer.context["page"].rows]


@pytest.fixture
def agreements(city: City) -> dict[str, Any]:
    """One agreement of each state, all between a hospital of the east and homes of the west."""
    hospital = make_health(city.east_street, name="东医院", pinyin="dyy")

    def make(number: str, **fields: Any) -> Any:
        home = make_elderly(city.west_street, name=f"{number}养老院", pinyin="xyly")
        return make_agreement(hospital, home, number=number, **fields)

    return {
        "草稿": make("草稿", signed_on=None),
        "未来": make("未来", starts_on=later(1)),
        "长期": make("长期", mode="TRUSTEESHIP", items=["NURSING"]),
        "今日到期": make("今日到期", expires_on=TODAY),
        "三十": make("三十", expires_on=later(30)),
        "九十": make("九十", expires_on=later(90)),
        "九十一": make("九十一", expires_on=later(91)),
        "昨日到期": make("昨日到期", expires_on=later(-1)),
        "解约": make("解约", terminated_on=TODAY),
        "作废": make("作废", voided_at="2020-01-01T00:00Z", void_reason="录错"),
    }


AGREEMENTS = [
    ("", {"草稿", "未来", "长期", "今日到期", "三十", "九十", "九十一", "昨日到期", "解约"}),
    ("state=VALID", {"长期", "今日到期", "三十", "九十", "九十一"}),
    ("state=IN_FORCE", {"长期", "九十一"}),
    ("state=EXPIRING", {"今日到期", "三十", "九十"}),
    ("state=EXPIRED", {"昨日到期"}),
    ("state=DRAFT", {"草稿"}),
    ("state=NOT_YET", {"未来"}),
    ("state=TERMINATED", {"解约"}),
    ("state=VOIDED", {"作废"}),
    ("expiring=15", {"今日到期"}),
    ("expiring=30", {"今日到期", "三十"}),
    ("expiring=90", {"今日到期", "三十", "九十"}),
    ("mode=TRUSTEESHIP", {"长期"}),
    ("item=NURSING", {"长期"}),
    ("q=三十养老", {"三十"}),
    ("q=九十", {"九十", "九十一"}),
    ("q=xyly&state=DRAFT", {"草稿"}),
    (f"signed_first={LONG_AGO}&state=DRAFT", set()),
    (f"as_of={later(1)}&state=EXPIRED", {"今日到期", "昨日到期"}),
]


@pytest.mark.parametrize(("query", "numbers"), AGREEMENTS)
def test_each_filter_leaves_its_agreements(
    agreements: dict[str, Any], query: str, numbers: set[str]
) -> None:
    found = first_cells(browse_as(CLERK), f"/agreements/?{query}")
    assert len(found) == len(set(found))
    assert set(found) == numbers


def test_either_partys_district_lists_the_agreement(city: City, agreements: dict[str, Any]) -> None:
    for district in (city.east, city.west):
        browser = browse_as(Role.DISTRICT_HEALTH_CLERK, district)
        assert "长期" in first_cells(browser, f"/agreements/?region={district.code}")
    browser = browse_as(CLERK)
    make_agreement(make_health(city.east_street), make_elderly(city.east_street), number="东—东")
    assert "东—东" not in first_cells(browser, f"/agreements/?region={city.west.code}")
    assert "东—东" in first_cells(browser, f"/agreements/?region={city.east.code}")


def test_agreements_without_an_end_come_last_whichever_way_they_are_sorted(
    agreements: dict[str, Any],
) -> None:
    browser = browse_as(CLERK)
    for sort, first in (("expires_on", "昨日到期"), ("-expires_on", "九十一")):
        found = first_cells(browser, f"/agreements/?sort={sort}&state=")
        assert found[0] == first
        assert set(found[-4:]) == {"草稿", "未来", "长期", "解约"}


def test_the_work_list_counts_what_the_list_lists(city: City, agreements: dict[str, Any]) -> None:
    actor = Actor(
        day=TODAY, user_id=1, role=CLERK, permissions=ROLES[CLERK].permissions, whole_city=True
    )
    browser = browse_as(CLERK)
    listed = first_cells(browser, "/agreements/?expiring=90")
    assert expiring_agreements(actor, TODAY).count() == len(listed)
    make_signups(city)
    listed = first_cells(browser, "/signups/?expiring=30")
    assert ending_signups(actor, TODAY).count() == len(listed) == 2


@pytest.fixture
def teams(city: City) -> None:
    east = make_health(city.east_street, name="东医院", pinyin="dyy")
    west = make_health(city.west_street, name="西医院", pinyin="xyy")
    named = (("春风团队", east, "cftd"), ("明月团队", west, "mytd"), ("旧团队", west, "jtd"))
    for name, institution, pinyin in named:
        community = (city.east_community,) if institution is east else ()
        ends_on = later(-1) if name == "旧团队" else None
        team = make_team(institution, *community, ends_on=ends_on)
        DoctorTeam.objects.filter(pk=team.pk).update(name=name, pinyin=pinyin)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["春风团队", "明月团队"]),
        ("areas=some", ["春风团队"]),
        ("areas=none", ["明月团队"]),
        ("q=cf", ["春风团队"]),
        ("q=西医院", ["明月团队"]),
        (f"as_of={later(-1)}", ["春风团队", "旧团队", "明月团队"]),
        ("sort=-name", ["明月团队", "春风团队"]),
    ],
)
def test_each_filter_leaves_its_teams(teams: None, query: str, names: list[str]) -> None:
    assert first_cells(browse_as(CLERK), f"/teams/?{query}") == names


def make_signups(city: City) -> dict[str, Person]:
    """One person for each state of a sign-up, named after it."""
    team = make_team(make_health(city.east_street, name="东医院"))
    spans: dict[str, dict[str, Any]] = {
        "三十日": {"starts_on": later(-340), "expires_on": later(30)},
        "今日": {"starts_on": later(-364), "expires_on": TODAY},
        "三十一日": {"starts_on": later(-340), "expires_on": later(31)},
        "自动": {"starts_on": later(-700), "expires_on": later(-300), "auto_renews": True},
        "到期": {"starts_on": later(-366), "expires_on": later(-1)},
        "未来": {"starts_on": later(1), "expires_on": later(400)},
        "解约": {"starts_on": later(-100), "expires_on": later(300), "terminated_on": TODAY},
    }
    persons = {}
    for word, span in spans.items():
        region = city.west_community if word == "自动" else city.east_community
        persons[word] = make_person(region)
        make_signup(persons[word], team, signed_on=span["starts_on"], **span)
    return persons


SIGNUPS = [
    ("", {"三十日", "今日", "三十一日", "自动", "到期", "未来", "解约"}),
    ("state=in_force", {"三十日", "今日", "三十一日", "自动"}),
    ("state=not_yet", {"未来"}),
    ("state=expired", {"到期"}),
    ("state=terminated", {"解约"}),
    ("expiring=15", {"今日"}),
    ("expiring=30", {"今日", "三十日"}),
    ("expiring=60", {"今日", "三十日", "三十一日"}),
    ("q=东医院&state=not_yet", {"未来"}),
    ("q=没有这个队", set()),
]


@pytest.mark.parametrize(("query", "words"), SIGNUPS)
def test_each_filter_leaves_its_sign_ups(city: City, query: str, words: set[str]) -> None:
    persons = make_signups(city)
    found = first_cells(browse_as(CLERK), f"/signups/?{query}")
    assert sorted(found) == sorted(record_number(persons[word].uid) for word in words)


def test_sign_ups_are_found_by_where_the_person_lives_and_by_record_number(city: City) -> None:
    persons, browser = make_signups(city), browse_as(CLERK)
    moved = record_number(persons["自动"].uid)
    assert first_cells(browser, f"/signups/?region={city.west_street.code}") == [moved]
    assert first_cells(browser, f"/signups/?record={moved}") == [moved]
    assert first_cells(browser, f"/signups/?record={persons['自动'].uid}") == [moved]
    for typed in (NAME, "1234567", ID_NUMBER, moved.upper() + "Z"):
        answer = browser.get("/signups/", {"record": typed})
        assert answer.status_code == 400
        assert "档案编号请写页面上的那 8 位" in answer.content.decode()


def test_the_list_of_sign_ups_names_nobody_and_is_on_record(city: City) -> None:
    person = make_known_person(city.east_community, name=NAME, id_number=ID_NUMBER, phone=PHONE)
    make_signup(person, make_team(make_health(city.east_street)))
    before = last_event_id()
    page = browse_as(Role.CITY_HEALTH_REVIEWER).get("/signups/").content.decode()
    assert record_number(person.uid) in page
    assert not [plain for plain in (NAME, ID_NUMBER, PHONE) if plain in page]
    (event,) = events_after(before, EventKind.VIEW_PERSONAL)
    assert (event.subject, event.details["rows"]) == ("page:signup-list", 1)


@pytest.mark.parametrize("role", Role)
def test_sign_ups_leave_only_with_those_who_may_take_persons_away(city: City, role: Role) -> None:
    permissions = ROLES[role].permissions
    may = {Permission.VIEW_PERSONS, Permission.EXPORT_PERSONS} <= permissions
    answer = browse_as(role, city.east).get("/signups/export.csv")
    assert answer.status_code == (200 if may else 403)


def test_lists_take_as_many_queries_for_many_rows_as_for_few(city: City) -> None:
    browser = browse_as(Role.DISTRICT_HEALTH_CLERK, city.east)
    fill(city, 3)
    browser.get("/teams/")
    few = {name: queries_of(browser, name) for name in ("agreements", "teams", "signups")}
    fill(city, shown.PAGE_SIZE + 5)
    assert {name: queries_of(browser, name) for name in few} == few


def fill(city: City, number: int) -> None:
    hospital = make_health(city.east_street)
    for _ in range(number):
        make_agreement(hospital, make_elderly(city.west_street))
        team = make_team(hospital, city.east_community)
        make_signup(make_person(city.east_community), team)


def queries_of(browser: Client, name: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(f"/{name}/").status_code == 200
    return len(queries)


@pytest.mark.parametrize(
    ("address", "way", "clerks"),
    [
        ("/institutions/", "/institutions/new/", {CLERK, Role.CITY_CIVIL_AFFAIRS_CLERK}),
        ("/agreements/", "/agreements/new/", {CLERK, Role.CITY_CIVIL_AFFAIRS_CLERK}),
        ("/teams/", "/teams/new/", {CLERK}),
        ("/populations/", "/populations/new/", {CLERK}),
    ],
)
def test_a_list_leads_to_its_entry_form_those_who_may_fill_it(
    city: City, address: str, way: str, clerks: set[Role]
) -> None:
    for role in (CLERK, Role.CITY_HEALTH_REVIEWER, Role.CITY_CIVIL_AFFAIRS_CLERK):
        page = browse_as(role).get(address).content.decode()
        assert (f'class="button" href="{way}"' in page) is (role in clerks), role
