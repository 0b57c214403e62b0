"""预填: where each number of a return comes from, as a table, and the boundaries of the quarter."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from contracts.tests.factories import make_agreement
from institutions.models.capacity import BedBasis, BedRegister
from institutions.tests.factories import make_beds, make_elderly, make_health, make_occupancy
from targets.models import Answerer, ItemKind
from targets.returns.loading import load_shipped_forms
from targets.returns.quarters import Quarter, due_days, quarter_of
from targets.returns.soundness import faults_of
from targets.returns.sources import REGISTER_COUNTS
from targets.tests.factories import City
from targets.tests.page_scene import store_run
from targets.tests.returns.return_scene import (
    LAST_DAY,
    SECOND,
    form_in_use,
    make_return_scene,
    of_home,
    of_region,
    opened,
)
from yiyang.changelog.context import SYSTEM

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("day", "quarter", "first", "last"),
    [
        (date(2026, 1, 1), Quarter(2026, 1), date(2026, 1, 1), date(2026, 3, 31)),
        (date(2026, 3, 31), Quarter(2026, 1), date(2026, 1, 1), date(2026, 3, 31)),
        (date(2026, 4, 1), Quarter(2026, 2), date(2026, 4, 1), date(2026, 6, 30)),
        (date(2026, 9, 30), Quarter(2026, 3), date(2026, 7, 1), date(2026, 9, 30)),
        (date(2026, 12, 31), Quarter(2026, 4), date(2026, 10, 1), date(2026, 12, 31)),
    ],
)
def test_quarters(day: date, quarter: Quarter, first: date, last: date) -> None:
    assert quarter_of(day) == quarter
    assert (quarter.first_day, quarter.last_day) == (first, last)
    assert quarter.before.following == quarter
    assert quarter.a_year_before == quarter.before.before.before.before


def test_due_days_are_working_days() -> None:
    """七月一日起数：周六日不算，5、10、15 个工作日。"""
    due = due_days(SECOND)
    assert (due.institution, due.district, due.city) == (
        date(2026, 7, 7),
        date(2026, 7, 14),
        date(2026, 7, 21),
    )


def test_agreements_of_the_quarter(city: City) -> None:
    """签订、续签、解约、到期：季首、季末两天都算，前一天、后一天都不算。"""
    medical = make_health(city.west_street)
    before, first, last, after = (
        date(2026, 3, 31),
        date(2026, 4, 1),
        date(2026, 6, 30),
        date(2026, 7, 1),
    )

    def signed(on: date, **fields: object) -> object:
        home = fields.pop("home", None) or make_elderly(city.east_street)
        said = {"signed_on": on, "starts_on": on, "expires_on": date(2029, 1, 1), **fields}
        return make_agreement(medical, home, **said)  # type: ignore[arg-type]

    for day in (before, first, last, after):
        signed(day)
    for day in (before, first, last, after):
        signed(date(2025, 1, 1), terminated_on=day, termination_reason="停办")
        signed(date(2025, 1, 1), expires_on=day)
    home = make_elderly(city.east_street)
    old = signed(date(2025, 1, 1), expires_on=date(2026, 4, 30), home=home)
    signed(first, starts_on=date(2026, 5, 1), home=home, renewal_of=old)
    found = {
        name: sum(REGISTER_COUNTS[name].count(SECOND).values())
        for name in REGISTER_COUNTS
        if name.startswith("agreements")
    }
    assert found == {
        "agreements_concluded": 3,
        "agreements_new": 2,
        "agreements_renewed": 1,
        "agreements_terminated": 2,
        "agreements_lapsed": 2,
    }


def test_flows_lie_where_the_elderly_side_lies(city: City) -> None:
    scene = make_return_scene(city)
    make_agreement(
        make_health(city.west_street),
        scene.homes[0],
        signed_on=date(2026, 5, 6),
        starts_on=date(2026, 5, 6),
    )
    period = opened(scene)
    counted = {
        region.name: of_region(period, region).values.get(item__code="10").prefilled
        for region in (city.east, city.west)
    }
    assert counted == {"东区": 1, "西区": 0}


@pytest.mark.parametrize(
    ("counted_on", "beds"),
    [
        (date(2026, 3, 29), None),  # 93 天前，过了沿用期
        (date(2026, 3, 30), 80),  # 92 天
        (LAST_DAY, 80),
        (date(2026, 7, 1), None),  # 季末之后的不算
    ],
)
def test_the_last_bed_report_is_carried_one_quarter(
    city: City, counted_on: date, beds: int | None
) -> None:
    home = make_elderly(city.east_street)
    make_beds(home, counted_on, 80)
    # 卫健核定的、核定数不是实有数，不在这里算。
    make_beds(home, LAST_DAY, 70, register=BedRegister.HEALTH)
    make_beds(home, LAST_DAY, 60, basis=BedBasis.APPROVED)
    assert REGISTER_COUNTS["beds"].count(SECOND).get(home.pk) == beds


def test_residents_are_those_of_the_last_day_only(city: City) -> None:
    home = make_elderly(city.east_street)
    make_occupancy(home, date(2026, 5, 31), 9)
    assert home.pk not in REGISTER_COUNTS["occupants"].count(SECOND)


def test_stocks_come_from_the_run_of_the_last_day_and_say_so(city: City) -> None:
    scene = make_return_scene(city)
    run = store_run(city.city, LAST_DAY, ("EL17", "EL20", "DUAL"))
    store_run(city.city, date(2026, 7, 1), ("EL17",))
    period = opened(scene)
    value = of_region(period, city.east).values.get(item__code="01")
    assert value.prefilled == value.value == 2
    assert value.run == run
    assert f"批次 {run.pk}" in value.prefilled_from
    none = of_region(period, city.east).values.get(item__code="07")
    assert (none.prefilled, none.value) == (None, None)


def test_without_a_run_nothing_is_guessed(city: City) -> None:
    period = opened(make_return_scene(city))
    value = of_region(period, city.east).values.get(item__code="01")
    assert (value.value, value.prefilled_from) == (None, "季末日没有已完成的量度")


def test_a_home_is_told_what_the_register_says_of_it(city: City) -> None:
    scene = make_return_scene(city)
    values = of_home(opened(scene), scene.homes[0]).values.select_related("item")
    said = {one.item.code: one.value for one in values}
    assert said == {
        "16": 100,
        "17": 25,
        "18": Decimal("25.00"),
        "19": 50,
        "20": 0,
        "21": 0,
        "22": 50,
        "23": None,
        "24": None,
    }


def test_the_form_shipped_is_sound_and_loaded_once(db: None) -> None:
    loaded = [load_shipped_forms(by=SYSTEM, on=date(2026, 1, 5)) for _ in range(2)]
    form = form_in_use()
    assert (loaded, faults_of(form)) == ([1, 0], [])
    flows = form.items.filter(kind=ItemKind.FLOW, answered_by=Answerer.DISTRICT)
    assert list(flows.values_list("code", flat=True)) == ["09", "10", "11", "12", "13"]
