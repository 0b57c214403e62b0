"""Why a figure moved: each record has one reason, and the reasons add up to the difference."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from random import Random
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.models import FamilyDoctorSignup, Person, PersonResidence
from contracts.tests.factories import (
    make_agreement,
    make_key_group,
    make_person,
    make_residence,
    make_signup,
    make_team,
)
from institutions.models import (
    BedCount,
    GreenChannel,
    InstitutionProfile,
    Licence,
    Region,
    RegionPlacement,
)
from institutions.tests.factories import (
    LONG_AGO,
    make_beds,
    make_channel,
    make_elderly,
    make_filing,
    make_health,
    make_licence,
    make_population,
    make_profile,
)
from targets.indicators.catalogue import BY_KEY, CATALOGUE, readings_of
from targets.models import IndicatorRun
from targets.movement.difference import Movement, movement_between
from targets.tests.factories import DAY, City
from targets.tests.registers import VOIDED_AT, change_register, fill_register
from targets.tests.runs import run_on

LATER = date(2018, 4, 30)
BETWEEN = date(2018, 2, 1)
GC17 = BY_KEY["GC17", "standard"]
FD17 = BY_KEY["FD17", "key_population"]


def moved(movement: Movement, side: int = 0) -> dict[str, tuple[int, int]]:
    """What a clerk reads: reason → number of records and what they add together."""
    return {part.why.label: (part.records, part.change) for part in movement.sides[side].parts}


def assert_adds_up(movement: Movement) -> None:
    for side in movement.sides:
        if side.difference is None:
            continue
        assert sum(part.change for part in side.parts) == side.difference, moved(movement)


# ── 恒等式：各原因之和＝差额 ──────────────────────────────────────────────────


@pytest.mark.parametrize("seed", [3, 8])
def test_the_parts_of_every_reading_add_up_to_the_difference(city: City, seed: int) -> None:
    fill_register(city, seed)
    earlier = run_on(DAY, city.city, CATALOGUE)
    change_register(city, seed, between=(DAY, LATER))
    later = run_on(LATER, city.city, CATALOGUE)
    movements = [movement_between(earlier, later, r.key, city.city) for r in CATALOGUE]
    for movement in movements:
        assert_adds_up(movement)
    assert any(side.parts for movement in movements for side in movement.sides)


@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    seed=st.integers(0, 9_999),
    key=st.sampled_from([record.key for record in CATALOGUE]),
    place=st.integers(0, 6),
    has_new_rule=st.booleans(),
)
def test_the_parts_add_up_in_any_region_after_any_change_of_facts_or_rule(
    city: City, seed: int, key: tuple[str, str], place: int, has_new_rule: bool
) -> None:
    with transaction.atomic():
        fill_register(city, seed)
        record = BY_KEY[key]
        sibling = Random(seed).choice(readings_of(record.code))
        old = replace(record, formula=sibling.formula) if has_new_rule else record
        earlier = run_on(DAY, city.city, [old])
        change_register(city, seed, between=(DAY, LATER))
        later = run_on(LATER, city.city, [record])
        region = city.regions[place]
        # 隶属关系也会被作废：那时后一次量度里没有这个区划，无从比较。
        if later.snapshots.filter(region=region).exists():
            assert_adds_up(movement_between(earlier, later, key, region))
            assert_adds_up(movement_between(later, earlier, key, region))
        transaction.set_rollback(True)


# ── 一处一因 ──────────────────────────────────────────────────────────────────


def hospital(region: Region, **fields: Any) -> InstitutionProfile:
    """A licensed hospital with a full channel."""
    made = make_profile(region, category="A100", **fields)
    make_licence(made.institution, starts_on=made.starts_on)
    make_channel(made.institution, starts_on=made.starts_on)
    return made


def redate(profile: InstitutionProfile, on: date, **fields: Any) -> None:
    """Close the profile the day before `on` and open the next one of the same institution."""
    InstitutionProfile.objects.filter(pk=profile.pk).update(
        ends_on=date.fromordinal(on.toordinal() - 1)
    )
    values: dict[str, Any] = {"category": "A100", "name": profile.name, **fields}
    region = values.pop("region", profile.region)
    make_profile(region, institution=profile.institution, starts_on=on, **values)


def channel_movement(city: City, region: Region, change: Callable[[], object]) -> Movement:
    earlier = run_on(DAY, city.city, [GC17])
    change()
    later = run_on(LATER, city.city, [GC17])
    movement = movement_between(earlier, later, GC17.key, region)
    assert_adds_up(movement)
    return movement


def test_an_institution_that_opens_is_new(city: City) -> None:
    hospital(city.east_community)
    movement = channel_movement(
        city, city.city, lambda: hospital(city.east_community, starts_on=BETWEEN)
    )
    assert moved(movement) == {"新增": (1, 1)}
    assert moved(movement, side=1) == {"新增": (1, 1)}


@pytest.mark.parametrize(
    ("status", "reason"),
    [("CLOSED", "退出"), ("SUSPENDED", "不再符合条件"), ("LICENCE_SUSPENDED", "不再符合条件")],
)
def test_an_institution_that_stops_leaves(city: City, status: str, reason: str) -> None:
    stopped = hospital(city.east_community)
    movement = channel_movement(city, city.city, lambda: redate(stopped, BETWEEN, status=status))
    assert moved(movement) == moved(movement, side=1) == {reason: (1, -1)}


def test_an_institution_whose_record_ends_leaves(city: City) -> None:
    gone = hospital(city.east_community)
    movement = channel_movement(
        city,
        city.city,
        lambda: InstitutionProfile.objects.filter(pk=gone.pk).update(ends_on=BETWEEN),
    )
    assert moved(movement) == {"退出": (1, -1)}


def test_a_channel_opened_makes_an_institution_eligible(city: City) -> None:
    made = make_health(city.east_community)
    make_licence(made)
    movement = channel_movement(city, city.city, lambda: make_channel(made, starts_on=BETWEEN))
    assert moved(movement) == {"新符合条件": (1, 1)}
    assert moved(movement, side=1) == {}


def test_a_profile_replaced_by_a_later_one_is_the_same_institution(city: City) -> None:
    same = hospital(city.east_community)
    movement = channel_movement(city, city.city, lambda: redate(same, BETWEEN, name="更名医院"))
    assert [moved(movement, side) for side in (0, 1)] == [{}, {}]


def test_an_institution_that_moves_changes_its_districts_and_not_the_city(city: City) -> None:
    mover = hospital(city.east_community)
    earlier = run_on(DAY, city.city, [GC17])
    redate(mover, BETWEEN, region=city.west_community)
    later = run_on(LATER, city.city, [GC17])
    expected: list[tuple[Region, dict[str, tuple[int, int]]]] = [
        (city.city, {}),
        (city.east, {"区划变动": (1, -1)}),
        (city.west, {"区划变动": (1, 1)}),
    ]
    for region, parts in expected:
        movement = movement_between(earlier, later, GC17.key, region)
        assert_adds_up(movement)
        assert moved(movement) == moved(movement, side=1) == parts


def test_a_street_hung_elsewhere_is_a_change_of_region(city: City) -> None:
    hospital(city.east_community)

    def move_street() -> None:
        placement = RegionPlacement.objects.get(region=city.east_street)
        RegionPlacement.objects.filter(pk=placement.pk).update(ends_on=date(2018, 1, 31))
        RegionPlacement.objects.create(region=city.east_street, parent=city.west, starts_on=BETWEEN)

    movement = channel_movement(city, city.west, move_street)
    assert moved(movement) == {"区划变动": (1, 1)}


# 前次量度之后才改的、前一日的事实 → 更正，不是新增或退出
CORRECTIONS = [
    ("补录机构", 1),
    ("作废通道", -1),
    ("证照早已过期", -1),
]


@pytest.mark.parametrize(("case", "change"), CORRECTIONS, ids=[row[0] for row in CORRECTIONS])
def test_a_corrected_past_fact_is_a_correction(city: City, case: str, change: int) -> None:
    known = hospital(city.east_community)

    def correct() -> None:
        if case == "补录机构":
            hospital(city.east_community, starts_on=LONG_AGO)
        elif case == "作废通道":
            GreenChannel.objects.filter(institution=known.institution).update(
                voided_at=VOIDED_AT, void_reason="录错"
            )
        else:
            Licence.objects.filter(institution=known.institution).update(ends_on=date(2017, 6, 30))

    movement = channel_movement(city, city.city, correct)
    assert moved(movement) == {"更正": (1, change)}


def test_another_rule_is_a_change_of_rule(city: City) -> None:
    hospital(city.east_community)
    make_channel_of_clinic(city)
    wider = BY_KEY["GC17", "with_clinics"].formula
    earlier = run_on(DAY, city.city, [GC17])
    later = run_on(LATER, city.city, [replace(GC17, formula=wider)])
    movement = movement_between(earlier, later, GC17.key, city.city)
    assert_adds_up(movement)
    assert moved(movement) == moved(movement, side=1) == {"口径变动": (1, 1)}


def make_channel_of_clinic(city: City) -> None:
    clinic = make_health(city.east_community, "D211")
    make_licence(clinic)
    make_channel(clinic)


def test_beds_move_by_their_number(city: City) -> None:
    nursing = BY_KEY["NURS", "standard"]
    home = make_elderly(city.east_community)
    make_filing(home)
    make_beds(home, date(2017, 12, 1), 40, nursing=10)
    earlier = run_on(DAY, city.city, [nursing])
    make_beds(home, date(2018, 4, 1), 60, nursing=25)
    BedCount.objects.filter(counted_on=date(2017, 12, 1)).update(nursing=12)
    later = run_on(LATER, city.city, [nursing])
    movement = movement_between(earlier, later, nursing.key, city.city)
    assert_adds_up(movement)
    assert moved(movement) == {"数量变化": (1, 13), "更正": (1, 2)}
    assert moved(movement, side=1) == {"数量变化": (1, 20)}


def test_a_published_population_moves_the_denominator(city: City) -> None:
    make_population(city.east_street, "KEY", 30)
    make_population(city.west_street, "KEY", 20)
    earlier = run_on(DAY, city.city, [FD17])
    make_population(city.east_street, "KEY", 36, counted_on=BETWEEN)
    later = run_on(LATER, city.city, [FD17])
    movement = movement_between(earlier, later, FD17.key, city.city)
    assert_adds_up(movement)
    assert moved(movement, side=1) == {"数量变化": (1, 6)}


def test_a_renewed_pair_is_the_same_pair(city: City) -> None:
    pairs = BY_KEY["PAIR", "total"]
    medical = make_health(city.east_community)
    make_licence(medical)
    renewed, lapsed = (make_elderly(city.east_community) for _ in range(2))
    for home in (renewed, lapsed):
        make_filing(home)
        make_agreement(medical, home, expires_on=date(2018, 1, 31))
    earlier = run_on(DAY, city.city, [pairs])
    make_agreement(medical, renewed, signed_on=BETWEEN, starts_on=BETWEEN)
    later = run_on(LATER, city.city, [pairs])
    movement = movement_between(earlier, later, pairs.key, city.city)
    assert_adds_up(movement)
    assert moved(movement) == {"退出": (1, -1)}


# ── 人：只有条数 ──────────────────────────────────────────────────────────────


def signed_person(city: City, **fields: Any) -> Person:
    """A signed-up person of the key groups in the eastern community."""
    person = make_person(city.east_community, **fields)
    team = make_team(make_health(city.east_community, "B100"))
    make_key_group(person)
    make_signup(person, team)
    return person


def sign_up_movement(earlier: IndicatorRun, city: City, region: Region) -> Movement:
    later = run_on(LATER, city.city, [FD17])
    movement = movement_between(earlier, later, FD17.key, region)
    assert_adds_up(movement)
    return movement


# 事情 → 东区、全市
LIVES: list[tuple[str, dict[str, tuple[int, int]], dict[str, tuple[int, int]]]] = [
    ("没有事", {}, {}),
    ("死亡", {"死亡迁出": (1, -1)}, {"死亡迁出": (1, -1)}),
    ("迁出本市", {"死亡迁出": (1, -1)}, {"死亡迁出": (1, -1)}),
    ("搬到西区", {"区划变动": (1, -1)}, {}),
    ("解约", {"退出": (1, -1)}, {"退出": (1, -1)}),
    ("解约后新签", {}, {}),
    ("早已死亡、后来才知道", {"更正": (1, -1)}, {"更正": (1, -1)}),
]


@pytest.mark.parametrize(("case", "east", "whole"), LIVES, ids=[row[0] for row in LIVES])
def test_what_befalls_a_signed_person(
    city: City,
    case: str,
    east: dict[str, tuple[int, int]],
    whole: dict[str, tuple[int, int]],
) -> None:
    person = signed_person(city)
    earlier = run_on(DAY, city.city, [FD17])
    befall(case, person, city)
    assert moved(sign_up_movement(earlier, city, city.east)) == east
    assert moved(sign_up_movement(earlier, city, city.city)) == whole


def befall(case: str, person: Person, city: City) -> None:
    signup = FamilyDoctorSignup.objects.get(person=person)
    if "死亡" in case:
        died_on = date(2017, 6, 1) if "早" in case else BETWEEN
        Person.objects.filter(pk=person.pk).update(died_on=died_on)
    if case in ("迁出本市", "搬到西区"):
        PersonResidence.objects.filter(person=person).update(ends_on=date(2018, 1, 31))
        kind, region = (
            ("LEFT", city.east_community) if "迁出" in case else ("USUAL", city.west_community)
        )
        make_residence(person, region, kind=kind, starts_on=BETWEEN)
    if "解约" in case:
        FamilyDoctorSignup.objects.filter(pk=signup.pk).update(
            terminated_on=BETWEEN, termination_reason="换团队"
        )
    if "新签" in case:
        expires_on = date(2020, 1, 31)
        make_signup(
            person, signup.team, signed_on=BETWEEN, starts_on=BETWEEN, expires_on=expires_on
        )


def test_a_first_sign_up_is_new_and_persons_leave_the_database_as_counts(city: City) -> None:
    earlier = run_on(DAY, city.city, [FD17])
    for _ in range(3):
        person = make_person(city.east_community)
        team = make_team(make_health(city.east_community, "B100"))
        make_signup(
            person, team, signed_on=BETWEEN, starts_on=BETWEEN, expires_on=date(2020, 1, 31)
        )
    movement = sign_up_movement(earlier, city, city.city)
    assert moved(movement) == {"新增": (3, 3)}
    (only,) = movement.sides[0].parts[0].moved
    assert (only.difference.key, only.difference.records) == ("", 3)


def test_no_data_on_one_side_leaves_no_difference(city: City) -> None:
    signed_person(city)
    earlier = run_on(DAY, city.city, [FD17])
    make_population(city.city, "KEY", 50, counted_on=BETWEEN)
    movement = sign_up_movement(earlier, city, city.city)
    assert (movement.sides[1].before, movement.sides[1].after) == (None, 50)
    assert movement.sides[1].difference is None
