"""Figures of the past stay as they are when persons are destroyed, and count once who is merged."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.management import call_command
from pytest_django import Settings

from contracts.demo import loading
from contracts.demo.scene import Scene
from contracts.destruction import carry_out, confirm_destruction, plan_destruction
from contracts.merging import merge_persons
from contracts.models import DoctorTeam, Person, PersonKey, SignupService
from contracts.tests.factories import (
    make_health_management,
    make_key_group,
    make_person,
    make_residence,
    make_sickbed,
    make_signup,
    make_team,
)
from institutions.ingest.regions import read_regions
from institutions.management.commands.load_regions import WUHAI
from institutions.models import Institution, Region
from institutions.tests.factories import make_health
from targets.indicators.calculation import Figure
from targets.indicators.catalogue import CATALOGUE
from targets.indicators.measure import measure, tree_on
from targets.models import IndicatorRun, IndicatorSnapshot
from targets.snapshots import take_snapshot
from targets.tests.factories import City, make_city
from yiyang.access.roles import Role
from yiyang.access.tests.accounts import open_user
from yiyang.changelog.context import SYSTEM

SMALL = Scene(seed=7, today=date(2022, 6, 30), aged_60=400)
FAR_OFF = date(2035, 1, 1)
DAYS = (date(2017, 12, 31), date(2020, 12, 31), date(2022, 5, 15))
PERSON_CODES = ("FD17", "FD20", "HM17", "HM20", "HC90", "HBED")


def figures_on(day: date, city: Region) -> dict[Any, dict[int, Figure]]:
    """Every reading in every region."""
    return dict(measure(CATALOGUE, day=day, tree=tree_on(day, city.pk)))


def stored(run: IndicatorRun) -> list[tuple[Any, ...]]:
    rows = IndicatorSnapshot.objects.filter(run=run).order_by("region_id", "indicator", "reading")
    columns = ("region_id", "indicator", "reading", "numerator", "denominator", "excluded")
    return list(rows.values_list(*columns, "missing", "expected"))


@pytest.fixture
def demo(transactional_db: None) -> Region:
    """A small demo city; the region that is measured."""
    content = WUHAI.read_bytes()
    loading.load(SMALL, content, read_regions(content), lambda _: None)
    return Region.objects.get(code="150300000000")


def destroy_everyone_due() -> int:
    maker, checker = open_user(Role.CITY_HEALTH_CLERK), open_user(Role.CITY_HEALTH_REVIEWER)
    plan = plan_destruction(by=maker, as_of=FAR_OFF)
    confirm_destruction(by=checker, plan=plan)
    return carry_out(plan=plan, as_of=FAR_OFF).persons


def test_every_past_figure_stays_when_persons_are_destroyed(
    demo: Region, settings: Settings
) -> None:
    before = {day: figures_on(day, demo) for day in DAYS}
    run = take_snapshot(as_of=DAYS[0], region=demo)
    rows, keys = stored(run), PersonKey.objects.count()
    destroyed = destroy_everyone_due()
    assert destroyed > 20
    assert PersonKey.objects.count() == keys - destroyed
    assert stored(run) == rows
    again = take_snapshot(as_of=DAYS[0], region=demo, reason="销毁后复核")
    assert again.pk != run.pk
    assert stored(again) == rows
    assert {day: figures_on(day, demo) for day in DAYS} == before
    call_command("seal_audit")
    call_command("verify_audit")


@pytest.fixture
def city(db: None) -> City:
    return make_city()


@pytest.fixture
def centre(city: City) -> Institution:
    return make_health(city.east_community, "B100")


@pytest.fixture
def team(city: City, centre: Institution) -> DoctorTeam:
    return make_team(centre, city.east_community)


# 同一个人登记了两次：每项事实各记在哪一份上（1、2 或两份都记）。
FACTS = ("residence", "signup", "later signup", "care", "sickbed", "group")
SPREAD = [
    (1, 1, 1, 1, 1, 1),
    (2, 2, 2, 2, 2, 2),
    (3, 3, 3, 3, 3, 3),
    (3, 1, 2, 2, 1, 2),
    (3, 2, 1, 1, 3, 3),
    (2, 1, 3, 2, 2, 1),
]


def register(person: Person, city: City, team: DoctorTeam, centre: Institution, fact: str) -> None:
    """Enter one fact of the person."""
    match fact:
        case "residence":
            make_residence(person, city.east_community)
        case "signup":
            signup = make_signup(person, team)
            SignupService.objects.create(signup=signup, served_on=date(2017, 6, 1), kind="随访")
        case "later signup":
            make_signup(
                person, team, starts_on=date(2019, 1, 1), expires_on=date(2019, 12, 31),
                auto_renews=True,
            )  # fmt: skip
        case "care":
            make_health_management(person, centre)
        case "sickbed":
            make_sickbed(person, centre, ends_on=date(2020, 1, 31))
        case "group":
            make_key_group(person)


def numerators(city: City) -> dict[tuple[Any, date, int], int | None]:
    """What every reading about persons counts, in every region, on the days."""
    readings = [one for one in CATALOGUE if one.code in PERSON_CODES]
    return {
        (key, day, region): figure.numerator
        for day in (date(2017, 12, 31), date(2018, 12, 31), date(2020, 1, 1))
        for key, by_region in measure(readings, day=day, tree=tree_on(day, city.city.pk)).items()
        for region, figure in by_region.items()
    }


@pytest.mark.parametrize("spread", SPREAD)
def test_a_merged_person_counts_once_on_every_past_day(
    city: City, team: DoctorTeam, centre: Institution, spread: tuple[int, ...]
) -> None:
    once = make_person(born_on=date(1950, 5, 5))
    for fact in FACTS:
        register(once, city, team, centre, fact)
    expected = numerators(city)
    make_void(once)
    keep, drop = make_person(born_on=date(1950, 5, 5)), make_person(born_on=date(1950, 5, 5))
    for fact, where in zip(FACTS, spread, strict=True):
        for person, bit in ((keep, 1), (drop, 2)):
            if where & bit:
                register(person, city, team, centre, fact)
    merge_persons(by=SYSTEM, keep=keep, drop=drop, reason="入户核对系同一人")
    assert numerators(city) == expected
    assert any(value == 1 for value in expected.values())


def make_void(person: Person) -> None:
    Person.objects.filter(pk=person.pk).update(
        voided_at="2020-01-01T00:00:00Z", void_reason="只为得出应有的数"
    )
