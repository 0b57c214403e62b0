"""The institution page says in which readings it counts, as the measurement itself does."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from contracts.tests.factories import make_agreement, make_team
from contracts.tests.persons import browse_as
from institutions.models import Institution
from institutions.tests.factories import (
    make_beds,
    make_channel,
    make_elderly,
    make_filing,
    make_health,
    make_licence,
    make_occupancy,
)
from targets.explain.standing import lines_of, standing_in_readings
from targets.indicators.base import Outcome
from targets.indicators.catalogue import CATALOGUE
from targets.indicators.measure import records_behind, tree_on
from targets.tests.factories import DAY, City, make_city
from yiyang.access.roles import Role


@pytest.fixture
def city(db: None) -> City:
    return make_city()


def told(institution: Institution, title: str, day: date = DAY) -> str | None:
    return standing_in_readings(institution, day).get(title)


def hospital_of(city: City, **fields: Any) -> Institution:
    hospital = make_health(city.east_street, level=2, **fields)
    make_licence(hospital)
    return hospital


def test_a_hospital_is_told_where_it_counts_and_why_not(city: City) -> None:
    hospital = hospital_of(city)
    assert told(hospital, "GC17 默认机构范围") == "未计入"
    assert told(hospital, "NURS 全市合计") is None
    make_channel(hospital)
    assert told(hospital, "GC17 默认机构范围") == "计入"


def test_a_suspended_one_is_excluded_with_the_reason(city: City) -> None:
    hospital = hospital_of(city, status="SUSPENDED")
    assert told(hospital, "GC17 默认机构范围") == "排除（状态为停业）"


def test_a_home_is_told_its_beds_and_its_pairs(city: City) -> None:
    home = make_elderly(city.east_street)
    make_filing(home)
    assert told(home, "BD20 全市合计") == "缺报，分母未计入"
    make_beds(home, date(2017, 12, 1), 80, nursing=30)
    make_occupancy(home, date(2017, 11, 30), 60)
    make_agreement(hospital_of(city), home)
    assert told(home, "BD20 全市合计") == "计入 30 张，分母计入 80 张"
    assert told(home, "OCCU 月末在住") == "计入 60 人，分母计入 80 人"
    pairs = [line.numerator for line in lines_of(home, DAY) if line.indicator.code == "PAIR"]
    assert pairs[:1] == ["计入 1 对"]


def test_a_team_counts_with_its_institution(city: City) -> None:
    centre = hospital_of(city, category="B100")
    make_team(centre, city.east_community)
    assert told(centre, "TEAM 在岗") == "计入 1 个"


def test_one_that_no_reading_considers_has_no_line(city: City) -> None:
    assert lines_of(make_health(city.east_street, "K100"), DAY) == []
    assert lines_of(hospital_of(city), date(2010, 1, 1)) == []


def test_the_page_and_the_measurement_agree(city: City) -> None:
    """For every reading, whoever is listed as counted is told so on the own page."""
    homes = [make_elderly(city.east_street) for _ in range(2)]
    make_filing(homes[0])
    make_beds(homes[0], date(2017, 12, 1), 80, nursing=30)
    hospitals = [hospital_of(city), make_health(city.west_street)]
    make_channel(hospitals[0])
    make_agreement(hospitals[0], homes[0])
    tree = tree_on(DAY, city.city.pk)
    for indicator in CATALOGUE:
        subject = indicator.numerator[0].subject
        if subject.name not in ("health_institutions", "elderly_services"):
            continue
        sets = records_behind(indicator.numerator, day=DAY, region=city.city.pk, tree=tree)
        counted = {
            row.institution_id
            for record_set in sets
            for row in record_set.rows.filter(outcome=Outcome.COUNTED.value)
        }
        for institution in (*homes, *hospitals):
            lines = {line.indicator.key: line for line in lines_of(institution, DAY)}
            is_told = indicator.key in lines and lines[indicator.key].is_counted
            assert is_told == (institution.pk in counted), (indicator.key, institution)


def test_it_takes_one_question_for_each_kind_of_record(
    city: City, django_assert_num_queries: Any
) -> None:
    hospital = hospital_of(city, category="B100")
    with django_assert_num_queries(4):
        lines_of(hospital, DAY)
    for _ in range(5):
        make_agreement(hospital, make_elderly(city.east_street))
        make_team(hospital, city.east_community)
    with django_assert_num_queries(4):
        lines_of(hospital, DAY)


def test_opening_a_channel_says_what_it_moves(city: City) -> None:
    hospital = hospital_of(city)
    browser = browse_as(Role.CITY_HEALTH_CLERK)
    steps = ["REGISTRATION", "CONSULTATION", "PAYMENT", "DISPENSING"]
    data = {"steps": steps, "starts_on": "2016-01-01"}
    way = f"/institutions/{hospital.pk}/facts/channel/new/"
    page = browser.post(way, data, follow=True).content.decode()
    assert "GC17 默认机构范围：未计入 → 计入" in page
    assert "计入哪些指标、为什么" in page


def test_a_suspension_is_foreseen_before_it_is_saved(city: City) -> None:
    hospital = hospital_of(city, name="东医院")
    data = {
        "starts_on": "2016-07-01",
        "name": "东医院",
        "status": "SUSPENDED",
        "region": city.east_street.code,
        "category": "A100",
        "level": "2",
        "reason": "公告",
    }
    browser = browse_as(Role.CITY_HEALTH_CLERK)
    page = browser.post(f"/institutions/{hospital.pk}/edit/", data).content.decode()
    assert "GC17 默认机构范围：未计入 → 排除（状态为停业）" in page
    assert hospital.profiles.get().status == "OPERATING"
