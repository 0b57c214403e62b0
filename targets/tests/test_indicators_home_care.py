"""Which older people at home are reached or served on 2017-12-31."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from contracts.models import Person
from contracts.tests.factories import (
    make_health_management,
    make_person,
    make_residence,
    make_sickbed,
    make_signup,
    make_team,
)
from institutions.models import PopulationGroup, Status
from institutions.tests.factories import (
    make_elderly,
    make_filing,
    make_health,
    make_licence,
    make_occupancy,
    make_population,
)
from targets.tests.factories import DAY, City, counted, figure_of

BEFORE, AFTER = date(2017, 12, 30), date(2018, 1, 1)


# 东社区的家庭医生团队 → 可及人数
TEAMS = [
    ("基层机构的团队负责本社区", 1),
    ("团队负责别的社区", 0),
    ("医院的团队", 0),
    ("机构停业", 0),
    ("机构执业证前一日到期", 0),
    ("机构执业证统计日到期", 1),
    ("机构没有执业证", 0),
    ("团队前一日解散", 0),
    ("团队次日成立", 0),
    ("责任社区前一日调走", 0),
    ("没有团队", 0),
]


@pytest.mark.parametrize(("case", "top"), TEAMS, ids=[row[0] for row in TEAMS])
def test_reachable_is_a_team_of_an_operating_primary_care_institution(
    city: City, case: str, top: int
) -> None:
    make_person(city.east_community)
    if case != "没有团队":
        _assign_team(city, case)
    assert figure_of("HC90", "reachable", city.city).numerator == top
    assert figure_of("HC90", "used", city.city).numerator == 0


def _assign_team(city: City, case: str) -> None:
    category = "A100" if "医院" in case else "B200"
    status = Status.SUSPENDED if "停业" in case else Status.OPERATING
    station = make_health(city.west_community, category, status=status)
    if "没有执业证" not in case:
        make_licence(station, ends_on=BEFORE if "证前一日" in case else DAY)
    fields: dict[str, Any] = {}
    if "解散" in case:
        fields["ends_on"] = BEFORE
    if "成立" in case:
        fields["starts_on"] = AFTER
    community = city.west_community if "别的" in case else city.east_community
    team = make_team(station, community, **fields)
    if "调走" in case:
        team.areas.update(ends_on=BEFORE)


# 服务 → 实际人数
SERVED = [
    ("签约有效", 1),
    ("签约前一日到期", 0),
    ("家庭病床在床", 1),
    ("家庭病床统计日撤床", 1),
    ("家庭病床前一日撤床", 0),
    ("本年健康管理四项齐全", 1),
    ("健康管理缺指导", 0),
    ("签约又有病床只计一人", 1),
    ("没有服务", 0),
]


@pytest.mark.parametrize(("case", "top"), SERVED, ids=[row[0] for row in SERVED])
def test_used_is_any_service_in_fact(city: City, case: str, top: int) -> None:
    _serve(city, case, make_person(city.east_community, born_on=date(1957, 12, 31)))
    assert figure_of("HC90", "used", city.city).numerator == top


def _serve(city: City, case: str, person: Person) -> None:
    station = make_health(city.west_community, "B200")
    if "签约" in case:
        lapsed = {"starts_on": date(2016, 1, 1), "expires_on": BEFORE}
        make_signup(person, make_team(station), **(lapsed if "到期" in case else {}))
    if "病床" in case:
        ends_on = BEFORE if "前一日" in case else DAY if "统计日" in case else None
        make_sickbed(person, station, ends_on=ends_on)
    if "健康管理" in case:
        make_health_management(person, station, **({"guided_on": None} if "缺" in case else {}))


# 本人 居住 → 可及 排除
PERSONS: list[tuple[str, dict[str, Any], dict[str, Any], int, int]] = [
    ("60 岁生日当天", {"born_on": date(1957, 12, 31)}, {}, 1, 0),
    ("60 岁生日前一天", {"born_on": date(1958, 1, 1)}, {}, 0, 0),
    ("统计日死亡", {"died_on": DAY}, {}, 0, 1),
    ("次日死亡", {"died_on": AFTER}, {}, 1, 0),
    ("迁出", {}, {"kind": "LEFT"}, 0, 1),
    ("户籍在人不在", {}, {"kind": "REGISTERED"}, 0, 1),
]


@pytest.mark.parametrize(
    ("case", "person", "stay", "top", "excluded"), PERSONS, ids=[row[0] for row in PERSONS]
)
def test_who_is_at_home(
    city: City, case: str, person: dict[str, Any], stay: dict[str, Any], top: int, excluded: int
) -> None:
    provider = make_health(city.east_community, "B200")
    make_licence(provider)
    make_team(provider, city.east_community)
    make_residence(make_person(**person), city.east_community, **stay)
    figure = figure_of("HC90", "reachable", city.city)
    assert (figure.numerator, figure.excluded) == (top, excluded)


def test_people_living_in_a_home_are_left_out_of_both(city: City) -> None:
    provider = make_health(city.east_community, "B200")
    make_licence(provider)
    make_team(provider, city.east_community)
    home = make_elderly(city.east_community)
    make_filing(home)
    make_occupancy(home, DAY, 30)
    make_person(city.east_community)
    make_residence(make_person(), city.east_community, institution=home)
    make_population(city.east, PopulationGroup.AGED_60, 1000)
    assert counted("HC90", "reachable", city.east) == (1, 970, 1, 0)
    assert counted("HC90", "reachable", city.city) == (1, None, 1, 0)


# 在住报告的机构 → 分母
HOMES = [
    ("养老机构", 970),
    ("备案 9 张床", 1000),
    ("日间照料中心", 1000),
    ("停业的养老机构", 1000),
    ("没有报告", 1000),
]


@pytest.mark.parametrize(("case", "denominator"), HOMES, ids=[row[0] for row in HOMES])
def test_only_residents_of_homes_are_taken_off_the_population(
    city: City, case: str, denominator: int
) -> None:
    kind = "DAY_CARE_CENTRE" if "日间" in case else "CARE_HOME"
    status = Status.SUSPENDED if "停业" in case else Status.OPERATING
    home = make_elderly(city.east_community, kind, status=status)
    make_filing(home, beds=9 if "9 张" in case else 50)
    if "没有" not in case:
        make_occupancy(home, DAY, 30)
    make_population(city.city, PopulationGroup.AGED_60, 1000)
    assert counted("HC90", "used", city.city)[1] == denominator


# 病床 本人 居住 → 计数 排除
BEDS: list[tuple[dict[str, Any], dict[str, Any], dict[str, Any], int, int]] = [
    ({}, {}, {}, 1, 0),
    ({"ends_on": DAY}, {}, {}, 1, 0),
    ({"ends_on": BEFORE}, {}, {}, 0, 0),
    ({"starts_on": AFTER}, {}, {}, 0, 0),
    ({}, {"died_on": DAY}, {}, 0, 1),
    ({}, {}, {"kind": "LEFT"}, 0, 1),
]


@pytest.mark.parametrize(("bed", "person", "stay", "top", "excluded"), BEDS)
def test_a_home_sickbed_counts_where_the_person_lives(
    city: City,
    bed: dict[str, Any],
    person: dict[str, Any],
    stay: dict[str, Any],
    top: int,
    excluded: int,
) -> None:
    older_person = make_person(**person)
    make_residence(older_person, city.east_community, **stay)
    make_sickbed(older_person, make_health(city.west_community), **bed)
    for region in (city.city, city.east):
        assert counted("HBED", "standard", region) == (top, None, excluded, 0)
