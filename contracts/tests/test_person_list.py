"""The register of older persons: who sees which rows, what a row shows, filters and paging."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localdate

from contracts.models import Person, PersonResidence, ResidenceKind
from contracts.persons.bands import BANDS, band_of
from contracts.persons.register import record_number
from contracts.tests.factories import (
    make_health_management,
    make_person,
    make_residence,
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
from institutions.tests.factories import LONG_AGO, make_health
from yiyang.access.roles import ROLES, Permission, Role
from yiyang.audit.kinds import EventKind
from yiyang.lib.ages import birth_cutoff
from yiyang.listing import paging

TODAY = localdate()


@pytest.fixture
def city(db: None) -> City:
    return City.make()


def listed(browser: Client, query: str = "") -> str:
    response = browser.get(f"/persons/{query}")
    assert response.status_code == 200
    return response.content.decode()


def number_of(person: Person) -> str:
    return record_number(person.uid)


@pytest.mark.parametrize("role", Role)
def test_only_roles_that_may_see_persons_open_the_register(city: City, role: Role) -> None:
    may = Permission.VIEW_PERSONS in ROLES[role].permissions
    response = browse_as(role, city.east).get("/persons/")
    assert response.status_code == (200 if may else 403)
    assert ("老年人" in browse_as(role).get("/account/").content.decode()) is may


def test_an_office_sees_the_persons_of_its_district_only(city: City) -> None:
    ours, theirs = make_person(city.community), make_person(city.west)
    page = listed(browse_as(Role.DISTRICT_HEALTH_CLERK, city.east))
    assert number_of(ours) in page
    assert number_of(theirs) not in page
    assert "共 <strong>1 人</strong>" in page
    whole = listed(browse_as(Role.CITY_HEALTH_CLERK))
    assert number_of(ours) in whole
    assert number_of(theirs) in whole


def test_a_row_shows_neither_name_nor_number_nor_birth_date(city: City) -> None:
    person = make_lan_zhi(city.community, born_on=date(1940, 3, 7))
    page = listed(browse_as(Role.CITY_HEALTH_CLERK))
    assert number_of(person) in page
    assert "河滨街道" in page
    for hidden in (NAME, NAME[:2], ID_NUMBER, PHONE, "1940-03-07", PHONE[-4:]):
        assert hidden not in page


def test_a_look_at_the_list_is_on_record_and_is_not_stored_by_the_browser(city: City) -> None:
    make_person(city.community)
    before = last_event_id()
    response = browse_as(Role.CITY_HEALTH_CLERK).get("/persons/?age=80%2B")
    assert "no-store" in response["Cache-Control"]
    (event,) = events_after(before, EventKind.VIEW_PERSONAL)
    assert event.subject == "page:person-list"
    assert event.details == {"rows": 1, "filters": "年龄：80 岁及以上"}


def test_the_region_filter_takes_everything_below_it(city: City) -> None:
    below, beside = make_person(city.community), make_person(city.west)
    browser = browse_as(Role.CITY_HEALTH_CLERK)
    for region in (city.east, city.street):
        page = listed(browser, f"?region={region.code}")
        assert number_of(below) in page
        assert number_of(beside) not in page


def test_a_region_outside_the_grant_is_refused(city: City) -> None:
    make_person(city.west)
    browser = browse_as(Role.DISTRICT_HEALTH_CLERK, city.east)
    response = browser.get(f"/persons/?region={city.west.code}")
    assert response.status_code == 400
    assert "须在您的授权范围内" in response.content.decode()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?signed=yes", {"signed"}),
        ("?signed=no", {"ended", "managed", "plain"}),
        ("?managed=yes", {"managed"}),
        ("?managed=no", {"signed", "ended", "plain"}),
        ("?standing=died", {"dead"}),
        ("?standing=left", {"left"}),
        ("?standing=registered", {"registered"}),
        ("?standing=duplicate", {"copy"}),
        ("?signed=no&managed=no", {"ended", "plain"}),
    ],
)
def test_filters_pick_by_sign_up_management_and_standing(
    city: City, query: str, found: set[str]
) -> None:
    clinic = make_health(city.street)
    team = make_team(clinic)
    people = {name: make_person(city.community) for name in ("signed", "ended", "managed", "plain")}
    year = {"starts_on": TODAY - timedelta(days=365), "signed_on": TODAY - timedelta(days=365)}
    make_signup(people["signed"], team, **year, expires_on=TODAY)
    make_signup(people["ended"], team, expires_on=TODAY - timedelta(days=1))
    days = dict.fromkeys(("record_on", "exam_on", "guided_on", "form_completed_on"), TODAY)
    make_health_management(people["managed"], clinic, year=TODAY.year, **days)
    people["dead"] = make_person(city.community, died_on=TODAY)
    people["copy"] = make_person(city.community, duplicate_of=people["plain"])
    for name, kind in (("left", ResidenceKind.LEFT), ("registered", ResidenceKind.REGISTERED)):
        people[name] = make_person()
        make_residence(people[name], city.community, kind=kind)
    page = listed(browse_as(Role.CITY_HEALTH_CLERK), query)
    assert {name for name, person in people.items() if number_of(person) in page} == found


@pytest.mark.parametrize(
    ("years", "days", "band"),
    [
        (65, 0, "65—69 岁"),  # 生日当天满 65
        (65, -1, "60—64 岁"),  # 生日前一天
        (70, -1, "65—69 岁"),
        (80, 0, "80—84 岁"),
        (90, 0, "90 岁及以上"),
        (60, -1, "60 岁以下"),
    ],
)
def test_the_age_band_changes_on_the_birthday(years: int, days: int, band: str) -> None:
    day = date(2026, 11, 22)
    born_on = birth_cutoff(day, years) - timedelta(days=days)
    assert band_of(born_on, day) == band


def test_the_age_filters_part_the_register_without_overlap(city: City) -> None:
    for years in range(60, 96):
        for days in (-1, 0, 1):
            make_person(city.community, born_on=birth_cutoff(TODAY, years) + timedelta(days=days))
    browser = browse_as(Role.CITY_HEALTH_CLERK)
    codes = [f"{low}-{high}" if high else f"{low}%2B" for low, high in BANDS]
    counts = [
        listed(browser, f"?age={code}").split("共 <strong>")[1].split(" 人")[0] for code in codes
    ]
    under_60 = Person.objects.filter(born_on__gt=birth_cutoff(TODAY, 60)).count()
    assert sum(map(int, counts)) == Person.objects.count() - under_60


def test_pages_follow_one_another_by_key_and_miss_nobody(city: City) -> None:
    people = many_persons(city, 120)
    browser, seen, query = browse_as(Role.CITY_HEALTH_CLERK), [], ""
    for _ in range(3):
        page = listed(browser, query)
        seen += [number_of(person) for person in people if number_of(person) in page]
        _, _, rest = page.partition("?after=")
        query = f"?after={rest.partition(chr(34))[0]}"
    assert query == "?after="
    assert sorted(seen) == sorted(number_of(person) for person in people)


def test_the_count_is_exact_up_to_the_limit_and_then_says_more(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "COUNTED_UP_TO", 100)
    browser = browse_as(Role.CITY_HEALTH_CLERK)
    many_persons(city, 100)
    assert "共 <strong>100 人</strong>" in listed(browser)
    many_persons(city, 1)
    assert "共 <strong>1 万人以上</strong>" in listed(browser)


def test_ten_thousand_is_still_said_exactly() -> None:
    assert paging.count_words(10_000, "人") == "10,000 人"
    assert paging.count_words(10_001, "人") == "1 万人以上"


def test_ten_rows_and_a_thousand_take_the_same_queries(city: City) -> None:
    browser = browse_as(Role.DISTRICT_HEALTH_CLERK, city.east)
    query = f"?region={city.east.code}&signed=no&managed=no&age=65%2B"
    many_persons(city, 10)
    listed(browser, query)
    with CaptureQueriesContext(connection) as few:
        listed(browser, query)
    many_persons(city, 990)
    with CaptureQueriesContext(connection) as many:
        listed(browser, query)
    assert len(few) == len(many)
    assert not any(" OFFSET " in query["sql"] for query in many.captured_queries)


@pytest.mark.parametrize("query", ["?after=-1", "?after=x", "?after=" + "9" * 19])
def test_a_broken_place_in_the_list_is_not_found(city: City, query: str) -> None:
    assert browse_as(Role.CITY_HEALTH_CLERK).get(f"/persons/{query}").status_code == 404


def order_of(city: City, query: str, people: dict[str, Person]) -> list[str]:
    page = listed(browse_as(Role.CITY_HEALTH_CLERK), query)
    return sorted(people, key=lambda name: page.index(number_of(people[name])))


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("", ["first", "old", "young"]),
        ("entered", ["first", "old", "young"]),
        ("-entered", ["young", "old", "first"]),
        ("age", ["young", "first", "old"]),  # 年龄从小到大
        ("-age", ["old", "first", "young"]),
        ("street", ["old", "first", "young"]),  # 按区划代码
        ("-street", ["young", "first", "old"]),
    ],
)
def test_the_register_sorts_by_age_street_and_entry(
    city: City, sort: str, order: list[str]
) -> None:
    codes = sorted([city.community, city.street, city.west], key=lambda region: region.code)
    people = {
        "first": make_person(codes[1], born_on=date(1945, 1, 1)),
        "old": make_person(codes[0], born_on=date(1930, 1, 1)),
        "young": make_person(codes[2], born_on=date(1960, 1, 1)),
    }
    assert order_of(city, f"?sort={sort}", people) == order


@pytest.mark.parametrize("sort", ["age", "-age", "street", "-street"])
def test_sorted_pages_miss_nobody_and_tell_no_birth_date(city: City, sort: str) -> None:
    people = many_persons(city, 70)
    browser = browse_as(Role.CITY_HEALTH_CLERK)
    first = listed(browser, f"?sort={sort}")
    _, _, rest = first.partition("after=")
    second = listed(browser, f"?sort={sort}&after={rest.partition(chr(34))[0]}")
    seen = [number_of(one) for page in (first, second) for one in people if number_of(one) in page]
    assert sorted(seen) == sorted(number_of(person) for person in people)
    assert "1940" not in first


@pytest.mark.parametrize("sort", ["record", "name", "born_on", "id_number", "sex"])
def test_what_is_sealed_or_not_offered_does_not_sort(city: City, sort: str) -> None:
    assert browse_as(Role.CITY_HEALTH_CLERK).get(f"/persons/?sort={sort}").status_code == 404


def test_columns_are_chosen_and_the_file_holds_them(city: City) -> None:
    person = make_lan_zhi(city.community)
    browser = browse_as(Role.CITY_HEALTH_CLERK)
    page = listed(browser, "?col=community&col=uid")
    assert str(person.uid) in page
    assert "当年健康管理" not in page.partition("<thead>")[2].partition("</thead>")[0]
    answer: Any = browser.get("/persons/export.csv?col=community&col=uid")
    lines = b"".join(answer.streaming_content).decode().splitlines()
    assert lines[2] == "档案编号,社区,完整编号"
    assert lines[3] == f"{number_of(person)},{city.community.name},{person.uid}"


def test_the_register_is_read_as_of_a_day(city: City) -> None:
    person = make_person(city.community, died_on=TODAY)
    browser = browse_as(Role.CITY_HEALTH_CLERK)
    assert number_of(person) not in listed(browser)
    assert number_of(person) in listed(browser, f"?as_of={TODAY - timedelta(days=1)}")


def many_persons(city: City, number: int) -> list[Person]:
    people = Person.objects.bulk_create(Person(born_on=date(1940, 5, 5)) for _ in range(number))
    PersonResidence.objects.bulk_create(
        PersonResidence(
            person=person,
            region=city.community,
            kind=ResidenceKind.USUAL,
            starts_on=LONG_AGO,
        )
        for person in people
    )
    return people
