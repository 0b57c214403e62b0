"""What each data-quality check finds on 31 December 2017, and what it leaves alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db.models import Model

from contracts.models import ResidenceKind, ServiceItem
from contracts.tests.factories import (
    make_aggregate,
    make_agreement,
    make_health_management,
    make_person,
    make_residence,
    make_sickbed,
    make_signup,
    make_team,
)
from institutions.models import (
    BedRegister,
    Institution,
    LicenceKind,
    PopulationGroup,
    Region,
    RegionLevel,
    Status,
)
from institutions.tests.factories import (
    make_beds,
    make_channel,
    make_elderly,
    make_filing,
    make_health,
    make_licence,
    make_occupancy,
    make_population,
    make_profile,
    make_region,
)
from targets.quality.catalogue import BY_ID, CHECKS
from targets.tests.factories import DAY, City

Bad = set[Model]
SCENES: dict[str, Callable[[City], Bad]] = {}
RIGHT_CODE = "91110000600037341L"


def scene(check_id: str) -> Callable[[Callable[[City], Bad]], Callable[[City], Bad]]:
    def enter(build: Callable[[City], Bad]) -> Callable[[City], Bad]:
        SCENES[check_id] = build
        return build

    return enter


def days(number: int) -> date:
    return DAY - timedelta(days=number)


def home(region: Region, **fields: Any) -> Institution:
    """An operating, filed home of 50 beds."""
    institution = make_elderly(region, **fields)
    make_filing(institution)
    return institution


def hospital(region: Region, **fields: Any) -> Institution:
    """An operating, licensed hospital."""
    institution = make_health(region, **fields)
    make_licence(institution)
    return institution


def profile(institution: Institution) -> Model:
    found: Model = institution.profiles.get()
    return found


@scene("credit_code_wrong")
def _credit_code_wrong(city: City) -> Bad:
    make_profile(city.east_community, category="A100", credit_code=RIGHT_CODE)
    make_profile(city.east_community, category="A100", credit_code="")
    return {
        make_profile(city.east_community, category="A100", credit_code=code)
        for code in ("91110000600037341M", "9111000060003734", "91110000I00037341L")
    }


@scene("credit_code_shared")
def _credit_code_shared(city: City) -> Bad:
    first, second = (
        make_licence(make_health(city.east_community, credit_code=RIGHT_CODE)) for _ in "两家"
    )
    make_filing(make_elderly(city.east_community, credit_code=RIGHT_CODE))
    make_licence(make_health(city.east_community, credit_code=RIGHT_CODE), ends_on=days(1))
    for _ in "没有代码的两家":
        make_licence(make_health(city.east_community))
    return {first, second}


@scene("licence_number_shared")
def _licence_number_shared(city: City) -> Bad:
    one, other = make_health(city.east_community), make_health(city.west_community)
    renewed = make_health(city.east_community)
    make_licence(renewed, number="续", ends_on=days(10))
    make_licence(renewed, number="续", starts_on=days(9))
    make_filing(make_elderly(city.east_community), number="甲")
    return {make_licence(one, number="甲"), make_licence(other, number="甲")}


@scene("licence_expired")
def _licence_expired(city: City) -> Bad:
    make_licence(make_health(city.east_community), ends_on=DAY)
    make_licence(make_health(city.east_community, status=Status.SUSPENDED), ends_on=days(1))
    renewed = make_health(city.east_community)
    make_licence(renewed, ends_on=days(9))
    make_licence(renewed, starts_on=days(8), kind=LicenceKind.CLINIC_FILING)
    twice = make_health(city.east_community)
    make_licence(twice, ends_on=days(400))
    return {
        make_licence(twice, starts_on=days(300), ends_on=days(1)),
        make_filing(make_elderly(city.east_community), ends_on=days(1)),
    }


@scene("channel_not_operating")
def _channel_not_operating(city: City) -> Bad:
    make_channel(hospital(city.east_community))
    suspended = make_health(city.east_community, status=Status.SUSPENDED)
    closed = make_health(city.east_community, status=Status.CLOSED)
    make_channel(closed, ends_on=days(1))
    return {make_channel(suspended)}


@scene("team_without_area")
def _team_without_area(city: City) -> Bad:
    centre = hospital(city.east_community)
    make_team(centre, city.east_community)
    make_team(centre, ends_on=days(1))
    return {make_team(centre)}


def _merged(city: City) -> tuple[Region, Region]:
    """A community that ended yesterday, and one whose last day is the day itself."""
    street = city.east_street
    gone = make_region("撤并社区", RegionLevel.COMMUNITY, street, ends_on=days(1))
    last = make_region("末日社区", RegionLevel.COMMUNITY, street, ends_on=DAY)
    return gone, last


@scene("institution_outside_tree")
def _institution_outside_tree(city: City) -> Bad:
    gone, last = _merged(city)
    make_profile(last, category="A100")
    make_profile(gone, category="A100", status=Status.CLOSED)
    moved = make_profile(gone, category="A100", ends_on=days(1)).institution
    make_profile(city.east_community, institution=moved, category="A100", starts_on=DAY)
    return {make_profile(gone, category="A100")}


@scene("team_area_outside_tree")
def _team_area_outside_tree(city: City) -> Bad:
    gone, last = _merged(city)
    team = make_team(hospital(city.east_community), city.east_community, last, gone)
    return {team.areas.get(region=gone)}


@scene("resident_outside_tree")
def _resident_outside_tree(city: City) -> Bad:
    gone, last = _merged(city)
    make_person(last)
    make_person(gone, died_on=DAY)
    make_residence(make_person(), gone, kind=ResidenceKind.LEFT)
    return {make_person(gone).residences.get()}


@scene("agreement_party_unsound")
def _agreement_party_unsound(city: City) -> Bad:
    sound, good_home = hospital(city.east_community), home(city.east_community)
    closed = hospital(city.east_community, status=Status.SUSPENDED)
    lapsed = make_elderly(city.east_community)
    make_filing(lapsed, ends_on=days(1))
    last_day = make_elderly(city.east_community)
    make_filing(last_day, ends_on=DAY)
    make_agreement(sound, good_home)
    make_agreement(sound, last_day)
    make_agreement(sound, make_elderly(city.east_community, "DAY_CARE_CENTRE"))
    make_agreement(closed, home(city.east_community), terminated_on=DAY)
    return {
        make_agreement(closed, good_home),
        make_agreement(sound, lapsed),
        make_agreement(make_health(city.east_community), good_home),
        make_agreement(sound, home(city.east_community, status=Status.CLOSED)),
    }


@scene("agreement_without_items")
def _agreement_without_items(city: City) -> Bad:
    parties = [(hospital(city.east_community), home(city.east_community)) for _ in range(4)]
    make_agreement(*parties[0], items=[ServiceItem.NURSING])
    make_agreement(*parties[1], expires_on=days(1))
    make_agreement(*parties[2], signed_on=None)
    return {make_agreement(*parties[3], expires_on=DAY)}


@scene("agreement_draft_old")
def _agreement_draft_old(city: City) -> Bad:
    medical = hospital(city.east_community)
    young, signed, old, late = ((medical, home(city.east_community)) for _ in range(4))
    make_agreement(*young, signed_on=None, starts_on=days(90))
    make_agreement(*signed, starts_on=days(91))
    return {
        make_agreement(*old, signed_on=None, starts_on=days(91)),
        make_agreement(*late, signed_on=DAY + timedelta(days=1), starts_on=days(200)),
    }


@scene("signup_of_gone")
def _signup_of_gone(city: City) -> Bad:
    team = make_team(hospital(city.east_community), city.east_community)
    left = make_person()
    make_residence(left, city.east_community, kind=ResidenceKind.LEFT)
    away = make_person()
    make_residence(away, city.east_community, kind=ResidenceKind.REGISTERED)
    make_signup(make_person(city.east_community), team)
    make_signup(away, team)
    make_signup(make_person(city.east_community, died_on=DAY), team, terminated_on=DAY)
    make_signup(make_person(city.east_community, died_on=DAY + timedelta(days=1)), team)
    return {
        make_signup(left, team),
        make_signup(make_person(city.east_community, died_on=DAY), team),
    }


@scene("person_too_young")
def _person_too_young(city: City) -> Bad:
    team = make_team(hospital(city.east_community), city.east_community)
    make_person(city.east_community, born_on=date(1957, 12, 31))
    make_person(city.east_community, born_on=date(1958, 1, 1), died_on=DAY)
    make_person(born_on=date(1990, 1, 1))
    signed_up = make_person(born_on=date(1958, 1, 1))
    make_signup(signed_up, team)
    return {make_person(city.east_community, born_on=date(1958, 1, 1)), signed_up}


@scene("person_duplicate")
def _person_duplicate(city: City) -> Bad:
    here = city.east_community
    first = make_person(here, name_digest=b"a" * 32, id_digest=b"1" * 32)
    second = make_person(city.west_community, name_digest=b"a" * 32)
    make_person(here, name_digest=b"a" * 32, duplicate_of=first)
    make_person(here, name_digest=b"a" * 32, born_on=date(1940, 5, 6))
    make_person(here, name_digest=b"b" * 32)
    make_person(here)
    make_person(here, name_digest=b"c" * 32, id_digest=b"2" * 32)
    make_person(here, name_digest=b"c" * 32, id_digest=b"3" * 32)
    return {first, second}


@scene("managed_after_death")
def _managed_after_death(city: City) -> Bad:
    centre, exam = hospital(city.east_community), date(2017, 6, 1)
    make_health_management(make_person(city.east_community), centre)
    make_health_management(make_person(city.east_community, died_on=exam), centre)
    dead = make_person(city.east_community, died_on=exam - timedelta(days=1))
    return {make_health_management(dead, centre)}


@scene("sickbed_of_dead")
def _sickbed_of_dead(city: City) -> Bad:
    centre = hospital(city.east_community)
    make_sickbed(make_person(city.east_community), centre)
    make_sickbed(make_person(city.east_community, died_on=DAY), centre)
    make_sickbed(make_person(city.east_community, died_on=days(9)), centre, ends_on=days(9))
    return {make_sickbed(make_person(city.east_community, died_on=days(1)), centre)}


@scene("beds_parts_above_total")
def _beds_parts_above_total(city: City) -> Bad:
    kinds = {"nursing": 5, "rehabilitation": 3, "hospice": 2}
    make_beds(home(city.east_community), days(9), 10, **kinds)
    corrected = home(city.east_community)
    make_beds(corrected, days(9), 9, **kinds)
    make_beds(corrected, days(8), 10, **kinds)
    return {
        make_beds(home(city.east_community), days(9), 9, **kinds),
        make_beds(corrected, days(9), 9, register=BedRegister.HEALTH, **kinds),
    }


@scene("beds_in_both_above_total")
def _beds_in_both_above_total(city: City) -> Bad:
    make_beds(home(city.east_community), days(9), 10, in_both=10, in_both_care=10)
    return {
        make_beds(home(city.east_community), days(9), 10, in_both=11),
        make_beds(home(city.east_community), days(9), 10, in_both=4, in_both_care=5),
    }


@scene("bed_report_stale")
def _bed_report_stale(city: City) -> Bad:
    fresh, stale, never = (home(city.east_community) for _ in range(3))
    make_beds(fresh, days(92), 50)
    make_beds(stale, days(93), 50)
    home(city.east_community, status=Status.SUSPENDED)
    make_filing(make_elderly(city.east_community), beds=9)
    home(city.east_community, kind="DAY_CARE_CENTRE")
    return {profile(stale), profile(never)}


@scene("occupancy_missing")
def _occupancy_missing(city: City) -> Bad:
    good, newer, late, never = (home(city.east_community) for _ in range(4))
    make_occupancy(good, date(2017, 11, 30), 1)
    make_occupancy(newer, DAY, 1)
    make_occupancy(late, date(2017, 10, 31), 1)
    home(city.east_community, starts_on=date(2017, 12, 1))
    return {profile(late), profile(never)}


@scene("street_return_missing")
def _street_return_missing(city: City) -> Bad:
    for group in ("UNDER_60", "KEY_UNDER_60"):
        make_aggregate(city.east_street, group, 1, date(2017, 11, 1))
    make_aggregate(city.west_street, "UNDER_60", 1, date(2017, 11, 30))
    make_aggregate(city.west_street, "KEY_UNDER_60", 1, date(2017, 10, 31))
    make_region("撤并街道", RegionLevel.STREET, city.east, ends_on=days(1))
    return {city.west_street}


@scene("population_old")
def _population_old(city: City) -> Bad:
    make_population(city.city, "TOTAL", 9, date(2015, 12, 31))
    make_population(city.city, "AGED_60", 9, date(2015, 12, 30))
    make_population(city.city, "AGED_60", 8, date(2016, 12, 31))
    return {make_population(city.city, "AGED_65", 5, date(2015, 12, 30))}


@scene("population_parts_differ")
def _population_parts_differ(city: City) -> Bad:
    groups = PopulationGroup
    for group, west in ((groups.TOTAL, 40), (groups.AGED_60, 41), (groups.AGED_65, 39)):
        make_population(city.east, group, 60)
        make_population(city.west, group, west)
    make_population(city.east, groups.AGED_80, 101)
    make_population(city.east, groups.KEY, 100)
    make_population(city.city, groups.TOTAL, 100)
    make_population(city.city, groups.KEY, 100)
    make_population(city.east_street, groups.KEY, 99)
    make_population(city.east_community, groups.KEY, 99)
    make_population(city.east, groups.TOTAL, 61, basis="HOUSEHOLD", counted_on=days(9))
    return {
        make_population(city.city, groups.AGED_60, 100),
        make_population(city.city, groups.AGED_65, 100),
        make_population(city.city, groups.AGED_80, 100),
        city.east.populations.get(group=groups.KEY),
    }


@scene("population_ages")
def _population_ages(city: City) -> Bad:
    for group, people in (("TOTAL", 100), ("AGED_60", 20), ("AGED_65", 20), ("KEY", 100)):
        make_population(city.east, group, people)
    make_population(city.west, "AGED_60", 20, days(900))
    make_population(city.west, "AGED_60", 22, days(9))
    make_population(city.west, "AGED_65", 22, days(9))
    make_population(city.city, "TOTAL", 5)
    return {
        make_population(city.east, "AGED_80", 21),
        make_population(city.city, "AGED_80", 6),
    }


REGISTER_CHECKS = [check.id for check in CHECKS if not check.run]


@pytest.mark.parametrize("check_id", REGISTER_CHECKS)
def test_a_check_finds_the_bad_rows_and_nothing_else(city: City, check_id: str) -> None:
    bad = SCENES[check_id](city)
    found = BY_ID[check_id].rows(DAY)
    assert {row.pk for row in found} == {row.pk for row in bad}
    assert found.count() == len(bad)


@pytest.mark.parametrize("check_id", REGISTER_CHECKS)
def test_a_check_finds_nothing_in_an_empty_city(city: City, check_id: str) -> None:
    expected = 2 if check_id == "street_return_missing" else 0
    assert BY_ID[check_id].rows(DAY).count() == expected
