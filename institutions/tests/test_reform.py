"""Regions renamed, moved, merged and split from a day on."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError

from institutions.models import InstitutionProfile, Region, RegionLevel, RegionPlacement
from institutions.models.regions import names_on
from institutions.reform import (
    Part,
    assign,
    merge_regions,
    move_region,
    rename_region,
    retire_region,
    split_region,
    unassigned,
)
from institutions.tests.factories import make_profile, make_region
from yiyang.changelog.context import SYSTEM

ON = date(2020, 7, 1)
BEFORE = ON - timedelta(days=1)
BASIS = "区划调整批复"


@pytest.fixture
def city(db: None) -> Region:
    return make_region("市", RegionLevel.CITY)


def street(name: str, parent: Region) -> Region:
    return make_region(name, RegionLevel.STREET, parent)


def parent_on(region: Region, day: date) -> Region | None:
    placement = RegionPlacement.objects.on(day).filter(region=region).first()
    return placement.parent if placement else None


def region_of(profile: InstitutionProfile, day: date) -> Region:
    return InstitutionProfile.objects.on(day).get(institution=profile.institution).region


def test_a_renamed_region_keeps_its_old_name_before_the_day(city: Region) -> None:
    region = street("旧街道", city)
    rename_region(by=SYSTEM, region=region, name="新街道", on=ON, basis=BASIS)
    rename_region(by=SYSTEM, region=region, name="更新街道", on=date(2022, 1, 1), basis=BASIS)
    assert names_on(BEFORE, [region]) == {region.pk: "旧街道"}
    assert names_on(ON, [region]) == {region.pk: "新街道"}
    assert names_on(date(2022, 1, 1), [region]) == {region.pk: "更新街道"}


def test_a_moved_region_changes_parent_on_the_day(city: Region) -> None:
    east = make_region("东区", RegionLevel.DISTRICT, city)
    west = make_region("西区", RegionLevel.DISTRICT, city)
    region = street("街道", east)
    move_region(by=SYSTEM, region=region, parent=west, on=ON, basis=BASIS)
    assert parent_on(region, BEFORE) == east
    assert parent_on(region, ON) == west


def test_a_region_is_never_moved_below_itself(city: Region) -> None:
    district = make_region("区", RegionLevel.DISTRICT, city)
    region = street("街道", district)
    with pytest.raises(ValidationError, match="不能做它的上级"):
        move_region(by=SYSTEM, region=district, parent=region, on=ON, basis=BASIS)


def test_a_merger_moves_the_facts_that_hold_on_the_day(city: Region) -> None:
    gone, stays = street("甲街道", city), street("乙街道", city)
    held = make_profile(gone, category="A100")
    ended = make_profile(gone, category="A100", ends_on=date(2019, 12, 31))
    moved = merge_regions(by=SYSTEM, sources=[gone], into=stays, on=ON, basis=BASIS)
    assert moved == 1
    assert region_of(held, BEFORE) == gone
    assert region_of(held, ON) == stays
    assert region_of(ended, date(2019, 12, 31)) == gone
    assert parent_on(gone, BEFORE) == city
    assert parent_on(gone, ON) is None


def test_a_merger_takes_the_communities_along(city: Region) -> None:
    gone, stays = street("甲街道", city), street("乙街道", city)
    community = make_region("社区", RegionLevel.COMMUNITY, gone)
    merge_regions(by=SYSTEM, sources=[gone], into=stays, on=ON, basis=BASIS)
    assert parent_on(community, BEFORE) == gone
    assert parent_on(community, ON) == stays


def test_a_split_leaves_each_record_to_be_assigned(city: Region) -> None:
    source = street("大街道", city)
    first, second = make_profile(source, category="A100"), make_profile(source, category="B100")
    (part,) = split_region(
        by=SYSTEM, source=source, parts=[Part("150302999000", "小街道")], on=ON, basis=BASIS
    )
    assert unassigned(InstitutionProfile, BEFORE).count() == 0
    assert set(unassigned(InstitutionProfile, ON)) == {first, second}
    assign(by=SYSTEM, fact=first, region=part, basis=BASIS)
    assert region_of(first, BEFORE) == source
    assert region_of(first, ON) == part
    with pytest.raises(ValidationError, match="还有 1 条记录没有归入"):
        retire_region(by=SYSTEM, region=source, on=ON, basis=BASIS)
    assign(by=SYSTEM, fact=second, region=part, basis=BASIS)
    retire_region(by=SYSTEM, region=source, on=ON, basis=BASIS)
    assert parent_on(source, BEFORE) == city
    assert parent_on(source, ON) is None


def test_a_record_is_assigned_only_to_a_part_of_its_own_region(city: Region) -> None:
    other = street("别的街道", city)
    profile = make_profile(street("街道", city), category="A100")
    with pytest.raises(ValidationError, match="不是从该记录所在区划析出的"):
        assign(by=SYSTEM, fact=profile, region=other, basis=BASIS)
