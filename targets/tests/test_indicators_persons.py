"""Which persons' sign-ups and health management count on 2017-12-31."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from contracts.models import AggregateGroup, DoctorTeam, KeyGroup, Person, ResidenceKind
from contracts.tests.factories import (
    make_aggregate,
    make_health_management,
    make_key_group,
    make_person,
    make_residence,
    make_signup,
    make_team,
)
from institutions.models import PopulationBasis, PopulationGroup
from institutions.tests.factories import make_health, make_population
from targets.indicators.calculation import Figure
from targets.tests.factories import DAY, City, counted, figure_of

BEFORE, AFTER = date(2017, 12, 30), date(2018, 1, 1)
NOTHING: dict[str, Any] = {}


@pytest.fixture
def team(city: City) -> DoctorTeam:
    return make_team(make_health(city.west_community, "B100"))


def signed_65(city: City) -> tuple[int | None, int]:
    """The numerator of the 65+ reading and how many are excluded."""
    figure = figure_of("FD17", "aged_65_plus", city.city)
    return figure.numerator, figure.excluded


# 签约 → 计数 排除
SIGNUPS: list[tuple[str, dict[str, Any], int, int]] = [
    ("有效", NOTHING, 1, 0),
    ("统计日到期", {"starts_on": date(2017, 1, 1), "expires_on": DAY}, 1, 0),
    ("前一日到期", {"starts_on": date(2016, 12, 31), "expires_on": BEFORE}, 0, 1),
    (
        "到期后才补录解约",
        {"starts_on": date(2016, 12, 31), "expires_on": BEFORE, "terminated_on": AFTER},
        0,
        1,
    ),
    ("到期一年整", {"starts_on": date(2016, 1, 1), "expires_on": date(2016, 12, 31)}, 0, 1),
    ("到期超过一年", {"starts_on": date(2015, 12, 31), "expires_on": date(2016, 12, 30)}, 0, 0),
    ("自动续约的到期后仍有效", {"expires_on": date(2018, 1, 1), "auto_renews": True}, 1, 0),
    ("统计日解约", {"terminated_on": DAY}, 0, 1),
    ("次日解约", {"terminated_on": AFTER}, 1, 0),
    ("自动续约、前一日解约", {"auto_renews": True, "terminated_on": BEFORE}, 0, 1),
    ("统计日生效", {"starts_on": DAY, "expires_on": date(2018, 12, 30)}, 1, 0),
    ("次日生效", {"starts_on": AFTER, "expires_on": date(2018, 12, 31)}, 0, 0),
    ("作废", {"voided_at": "2017-05-05T00:00:00Z", "void_reason": "录错"}, 0, 0),
]


@pytest.mark.parametrize(
    ("case", "fields", "top", "excluded"), SIGNUPS, ids=[row[0] for row in SIGNUPS]
)
def test_a_sign_up_in_force(
    city: City, team: DoctorTeam, case: str, fields: dict[str, Any], top: int, excluded: int
) -> None:
    make_signup(make_person(city.east_community), team, **fields)
    assert signed_65(city) == (top, excluded)


def test_an_auto_renewing_sign_up_of_years_ago_still_counts(city: City, team: DoctorTeam) -> None:
    make_signup(
        make_person(city.east_community),
        team,
        starts_on=date(2015, 1, 1),
        expires_on=date(2015, 12, 31),
        auto_renews=True,
    )
    assert signed_65(city) == (1, 0)


def test_a_renewal_takes_the_place_of_the_lapsed_sign_up(city: City, team: DoctorTeam) -> None:
    person = make_person(city.east_community)
    make_signup(person, team, starts_on=date(2016, 1, 1), expires_on=date(2016, 12, 31))
    make_signup(person, team)
    assert signed_65(city) == (1, 0)


# 本人 → 计数 排除
PERSONS: list[tuple[str, dict[str, Any], int, int]] = [
    ("健在", NOTHING, 1, 0),
    ("前一日死亡", {"died_on": BEFORE}, 0, 1),
    ("统计日死亡", {"died_on": DAY}, 0, 1),
    ("次日死亡", {"died_on": AFTER}, 1, 0),
    ("65 岁生日当天", {"born_on": date(1952, 12, 31)}, 1, 0),
    ("65 岁生日前一天", {"born_on": date(1953, 1, 1)}, 0, 0),
    ("不满 65 岁的死者不是 65+ 的排除", {"born_on": date(1953, 1, 1), "died_on": DAY}, 0, 0),
    ("作废的人", {"voided_at": "2017-05-05T00:00:00Z", "void_reason": "录错"}, 0, 1),
]


@pytest.mark.parametrize(
    ("case", "fields", "top", "excluded"), PERSONS, ids=[row[0] for row in PERSONS]
)
def test_a_person_alive_and_of_age(
    city: City, team: DoctorTeam, case: str, fields: dict[str, Any], top: int, excluded: int
) -> None:
    make_signup(make_person(city.east_community, **fields), team)
    assert signed_65(city) == (top, excluded)


# 1952 年 2 月 29 日生：平年 3 月 1 日满 65 岁
@pytest.mark.parametrize(("day", "top"), [
    (date(2017, 2, 28), 0),
    (date(2017, 3, 1), 1),
])  # fmt: skip
def test_born_on_29_february(city: City, team: DoctorTeam, day: date, top: int) -> None:
    make_signup(make_person(city.east_community, born_on=date(1952, 2, 29)), team)
    assert figure_of("FD17", "aged_65_plus", city.city, day=day).numerator == top


def test_a_duplicate_is_excluded_and_the_kept_record_counts(city: City, team: DoctorTeam) -> None:
    kept = make_person(city.east_community)
    for person in (kept, make_person(city.east_community, duplicate_of=kept)):
        make_signup(person, team)
    assert signed_65(city) == (1, 1)


# 居住记录（社区 情况 起 止）→ 全市 东区 西区 排除
RESIDENCES: list[tuple[str, list[tuple[str, str, date | None]], int, int, int, int]] = [
    ("一直在东区", [("east", "USUAL", None)], 1, 1, 0, 0),
    ("统计日迁到西区", [("east", "USUAL", BEFORE), ("west", "USUAL", None)], 1, 0, 1, 0),
    ("次日迁到西区", [("east", "USUAL", DAY), ("west", "USUAL", None)], 1, 1, 0, 0),
    ("统计日迁出", [("east", "USUAL", BEFORE), ("east", "LEFT", None)], 0, 0, 0, 1),
    ("次日迁出", [("east", "USUAL", DAY), ("east", "LEFT", None)], 1, 1, 0, 0),
    ("户籍在人不在", [("east", "REGISTERED", None)], 0, 0, 0, 1),
    ("没有居住记录", [], 0, 0, 0, 0),
]


@pytest.mark.parametrize(
    ("case", "stays", "city_top", "east", "west", "excluded"),
    RESIDENCES,
    ids=[row[0] for row in RESIDENCES],
)
def test_a_person_counts_where_they_live_not_where_the_team_is(
    city: City,
    team: DoctorTeam,
    case: str,
    stays: list[tuple[str, str, date | None]],
    city_top: int,
    east: int,
    west: int,
    excluded: int,
) -> None:
    person = make_person()
    starts_on = date(2015, 1, 1)
    for side, kind, ends_on in stays:
        region = city.east_community if side == "east" else city.west_community
        make_residence(person, region, kind=kind, starts_on=starts_on, ends_on=ends_on)
        starts_on = (ends_on or starts_on) + timedelta(days=1)
    make_signup(person, team)
    tops = [figure_of("FD17", "aged_65_plus", r).numerator for r in city.regions[:3]]
    assert (tops, signed_65(city)[1]) == ([city_top, east, west], excluded)


# 出生 重点人群 → 65+ 重点 全人群；当天不满 60 岁的在街道月报里，不按人计
@pytest.mark.parametrize(("born_on", "group", "row"), [
    (date(1940, 1, 1), None, (1, 1, 1)),
    (date(1940, 1, 1), KeyGroup.DIABETES, (1, 1, 1)),
    (date(1955, 1, 1), None, (0, 0, 1)),
    (date(1955, 1, 1), KeyGroup.DIABETES, (0, 1, 1)),
    (date(1957, 12, 31), KeyGroup.DIABETES, (0, 1, 1)),
    (date(1958, 1, 1), KeyGroup.DIABETES, (0, 0, 0)),
])  # fmt: skip
def test_the_three_readings_of_family_doctor_coverage(
    city: City, team: DoctorTeam, born_on: date, group: str | None, row: tuple[int, int, int]
) -> None:
    person = make_person(city.east_community, born_on=born_on)
    make_signup(person, team)
    if group:
        make_key_group(person, group=group)
        make_key_group(person, group=KeyGroup.HYPERTENSION)
    for aggregate in AggregateGroup:
        for street in (city.east_street, city.west_street):
            make_aggregate(street, aggregate, 0, DAY)
    for code in ("FD17", "FD20"):
        tops = tuple(
            figure_of(code, reading, city.city).numerator
            for reading in ("aged_65_plus", "key_population", "all_residents")
        )
        assert tops == row


@pytest.mark.parametrize(("ends_on", "top"), [(DAY, 1), (BEFORE, 0)])
def test_a_key_group_is_left_on_its_last_day(
    city: City, team: DoctorTeam, ends_on: date, top: int
) -> None:
    person = make_person(city.east_community, born_on=date(1955, 1, 1))
    make_signup(person, team)
    make_key_group(person, ends_on=ends_on)
    assert figure_of("FD17", "key_population", city.city).numerator == top


# 西街道月报的统计日 → 全市分子 缺报 应报
@pytest.mark.parametrize(("counted_on", "top", "missing"), [
    (DAY, 300, 0),
    (date(2017, 9, 30), 300, 0),
    (date(2017, 9, 29), 100, 1),
    (AFTER, 100, 1),
    (None, 100, 1),
])  # fmt: skip
def test_a_street_that_did_not_report_is_missing(
    city: City, counted_on: date | None, top: int, missing: int
) -> None:
    make_aggregate(city.east_street, AggregateGroup.UNDER_60, 100, DAY)
    if counted_on:
        make_aggregate(city.west_street, AggregateGroup.UNDER_60, 200, counted_on)
    for region, people in ((city.city, 1000), (city.west, 400)):
        make_population(region, PopulationGroup.TOTAL, people)
    figure = figure_of("FD17", "all_residents", city.city)
    assert figure == Figure(top, 1000, excluded=0, missing=missing, expected=2)
    west = figure_of("FD17", "all_residents", city.west)
    assert west == Figure(top - 100, 400, excluded=0, missing=missing, expected=1)


def test_a_population_stated_at_city_only_leaves_the_districts_without_a_denominator(
    city: City,
) -> None:
    make_population(city.city, PopulationGroup.AGED_65, 900)
    rows = {r.name: counted("FD17", "aged_65_plus", r)[:2] for r in city.regions[:3]}
    assert rows == {"测试市": (0, 900), "东区": (0, None), "西区": (0, None)}


# 统计时点 口径 人数 → 所用的人口
POPULATIONS: list[tuple[list[tuple[date, str, int]], int | None]] = [
    ([(date(2016, 9, 30), "USUAL", 900), (date(2017, 9, 30), "USUAL", 950)], 950),
    ([(date(2016, 9, 30), "USUAL", 900), (DAY, "USUAL", 960)], 960),
    ([(date(2016, 9, 30), "USUAL", 900), (AFTER, "USUAL", 970)], 900),
    ([(date(2016, 9, 30), "USUAL", 900), (DAY, "HOUSEHOLD", 980)], 900),
    ([(DAY, "HOUSEHOLD", 980)], None),
]


@pytest.mark.parametrize(("published", "denominator"), POPULATIONS)
def test_the_latest_usual_population_not_after_the_day_is_used(
    city: City, published: list[tuple[date, str, int]], denominator: int | None
) -> None:
    for counted_on, basis, people in published:
        basis_kind = PopulationBasis(basis)
        make_population(city.city, "AGED_65", people, counted_on, basis=basis_kind)
    assert counted("FD17", "aged_65_plus", city.city)[1] == denominator


JUNE, DECEMBER = date(2017, 6, 1), date(2017, 12, 31)
# 健康管理 本人 → 计数 排除
MANAGED: list[tuple[str, dict[str, Any], dict[str, Any], int, int]] = [
    ("四项齐全", NOTHING, NOTHING, 1, 0),
    ("12 月 31 日才齐全", {"form_completed_on": DECEMBER}, NOTHING, 1, 0),
    ("没有档案", {"record_on": None}, NOTHING, 0, 0),
    ("没有体检", {"exam_on": None}, NOTHING, 0, 0),
    ("没有指导", {"guided_on": None}, NOTHING, 0, 0),
    ("表格不完整", {"form_completed_on": None}, NOTHING, 0, 0),
    ("65 岁生日当天体检", NOTHING, {"born_on": date(1952, 6, 1)}, 1, 0),
    ("65 岁生日前一天体检", NOTHING, {"born_on": date(1952, 6, 2)}, 0, 1),
    ("体检后死亡", NOTHING, {"died_on": date(2017, 7, 1)}, 1, 0),
    ("作废", {"voided_at": "2017-05-05T00:00:00Z", "void_reason": "录错"}, NOTHING, 0, 0),
]


@pytest.mark.parametrize("code", ["HM17", "HM20"])
@pytest.mark.parametrize(
    ("case", "fields", "person", "top", "excluded"), MANAGED, ids=[row[0] for row in MANAGED]
)
def test_health_management_needs_all_four(
    city: City,
    code: str,
    case: str,
    fields: dict[str, Any],
    person: dict[str, Any],
    top: int,
    excluded: int,
) -> None:
    hospital = make_health(city.west_community)
    make_health_management(make_person(city.east_community, **person), hospital, **fields)
    make_population(city.city, PopulationGroup.AGED_65, 10)
    for reading in ("complete_year", "year_to_date"):
        assert counted(code, reading, city.city) == (top, 10, excluded, 0)


# 1952 年 2 月 29 日生：2 月 28 日体检时 64 岁
@pytest.mark.parametrize(("exam_on", "row"), [
    (date(2017, 2, 28), (0, 1)),
    (date(2017, 3, 1), (1, 0)),
])  # fmt: skip
def test_the_age_at_the_exam_of_one_born_on_29_february(
    city: City, exam_on: date, row: tuple[int, int]
) -> None:
    person = make_person(city.east_community, born_on=date(1952, 2, 29))
    make_health_management(person, make_health(city.east_community), exam_on=exam_on)
    figure = figure_of("HM17", "complete_year", city.city)
    assert (figure.numerator, figure.excluded) == row


# 统计日 → 上一完整年度 本年至今
@pytest.mark.parametrize(("day", "complete", "to_date"), [
    (date(2017, 6, 1), 0, 1),
    (date(2017, 5, 31), 0, 0),
    (date(2017, 12, 30), 0, 1),
    (date(2017, 12, 31), 1, 1),
    (date(2018, 6, 1), 1, 0),
    (date(2018, 12, 30), 1, 0),
    (date(2018, 12, 31), 0, 0),
])  # fmt: skip
def test_the_complete_year_and_the_year_to_date(
    city: City, day: date, complete: int, to_date: int
) -> None:
    make_health_management(make_person(city.east_community), make_health(city.east_community))
    tops = [
        figure_of("HM17", reading, city.city, day=day).numerator
        for reading in ("complete_year", "year_to_date")
    ]
    assert tops == [complete, to_date]


def test_a_move_after_the_exam_removes_nothing_where_it_was_done(city: City) -> None:
    person = make_person()
    make_residence(person, city.east_community, ends_on=date(2017, 8, 31))
    make_residence(person, city.east_community, kind=ResidenceKind.LEFT, starts_on=date(2017, 9, 1))
    make_health_management(person, make_health(city.west_community))
    assert figure_of("HM17", "complete_year", city.east).numerator == 1


def test_the_complete_year_is_divided_by_the_population_of_its_end(city: City) -> None:
    make_population(city.city, PopulationGroup.AGED_65, 900, date(2017, 9, 30))
    make_population(city.city, PopulationGroup.AGED_65, 950, date(2018, 3, 31))
    day = date(2018, 6, 30)
    assert counted("HM17", "complete_year", city.city, day=day)[1] == 900
    assert counted("HM17", "year_to_date", city.city, day=day)[1] == 950


def test_a_duplicate_health_management_is_excluded(city: City) -> None:
    hospital = make_health(city.east_community)
    kept: Person = make_person(city.east_community)
    for person in (kept, make_person(city.east_community, duplicate_of=kept)):
        make_health_management(person, hospital)
    figure = figure_of("HM17", "complete_year", city.city)
    assert (figure.numerator, figure.excluded) == (1, 1)
