"""A past day on its own map and on today's: districts differ, the city's total does not."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from contracts.tests.factories import make_person, make_signup, make_team
from institutions.models import InstitutionProfile, Region
from institutions.reform import Part, assign, merge_regions, move_region, split_region
from institutions.tests.factories import (
    make_channel,
    make_health,
    make_licence,
    make_population,
    make_region,
)
from targets.indicators.catalogue import CATALOGUE
from targets.indicators.measure import Figures, measure, tree_on
from targets.past.rebased import rebased_figures
from targets.quality.catalogue import BY_ID
from targets.tests.factories import DAY, City
from targets.tests.page_scene import browse_as, store_run
from yiyang.access.roles import Role
from yiyang.changelog.context import SYSTEM

ON = date(2020, 7, 1)
TODAY = date(2021, 1, 1)
BASIS = "区划调整批复"
Measured = dict[tuple[str, str], Figures]


def on_its_own_map(city: City) -> Measured:
    return measure(CATALOGUE, day=DAY, tree=tree_on(DAY, city.city.pk))


def on_todays_map(city: City) -> Measured:
    return rebased_figures(CATALOGUE, day=DAY, map_day=TODAY, root=city.city.pk)


def numerators(measured: Measured, code: str, reading: str, *regions: Region) -> list[int | None]:
    figures = measured[code, reading]
    return [figures[region.pk].numerator for region in regions]


@pytest.fixture
def scene(city: City) -> City:
    """One hospital with a channel in each community, two people signed up in the east."""
    for community in (city.east_community, city.west_community):
        hospital = make_health(community)
        make_licence(hospital)
        make_channel(hospital)
        make_population(community, "AGED_65", 100)
    team = make_team(hospital)
    for _ in range(2):
        make_signup(make_person(city.east_community), team)
    return city


def assert_city_total_is_equal(city: City) -> None:
    own, rebased = on_its_own_map(city), on_todays_map(city)
    for key, figures in own.items():
        assert rebased[key][city.city.pk] == figures[city.city.pk], key


def test_a_moved_street_counts_in_its_present_district(scene: City) -> None:
    move_region(by=SYSTEM, region=scene.east_street, parent=scene.west, on=ON, basis=BASIS)
    districts = (scene.east, scene.west)
    assert numerators(on_its_own_map(scene), "GC17", "standard", *districts) == [1, 1]
    assert numerators(on_todays_map(scene), "GC17", "standard", *districts) == [0, 2]
    assert_city_total_is_equal(scene)


def test_a_merged_community_counts_in_its_successor(scene: City) -> None:
    merge_regions(
        by=SYSTEM,
        sources=[scene.east_community],
        into=scene.west_community,
        on=ON,
        basis=BASIS,
    )
    assert scene.east_community.pk not in on_todays_map(scene)["GC17", "standard"]
    rebased = on_todays_map(scene)
    assert numerators(rebased, "FD17", "aged_65_plus", scene.east, scene.west) == [0, 2]
    assert rebased["FD17", "aged_65_plus"][scene.west.pk].denominator == 200
    assert_city_total_is_equal(scene)


def test_a_split_record_counts_in_the_part_it_was_assigned_to(scene: City) -> None:
    (part,) = split_region(
        by=SYSTEM,
        source=scene.east_community,
        parts=[Part("150302999001", "新社区")],
        on=ON,
        basis=BASIS,
    )
    profile = InstitutionProfile.objects.get(region=scene.east_community)
    assign(by=SYSTEM, fact=profile, region=part, basis=BASIS)
    assert numerators(on_its_own_map(scene), "GC17", "standard", scene.east_community) == [1]
    assert_city_total_is_equal(scene)
    after = measure(CATALOGUE, day=TODAY, tree=tree_on(TODAY, scene.city.pk))
    assert numerators(after, "GC17", "standard", scene.east_community, part) == [0, 1]
    assert numerators(after, "GC17", "standard", scene.city) == [2]


def test_what_a_split_left_unassigned_is_a_finding_until_it_is_assigned(scene: City) -> None:
    (part,) = split_region(
        by=SYSTEM,
        source=scene.east_community,
        parts=[Part("150302999002", "新社区")],
        on=ON,
        basis=BASIS,
    )
    profile = InstitutionProfile.objects.get(region=scene.east_community)
    astray = BY_ID["institution_outside_tree"].rows
    assert set(astray(DAY)) == set()
    assert set(astray(TODAY)) == {profile}
    assign(by=SYSTEM, fact=profile, region=part, basis=BASIS)
    assert set(astray(TODAY)) == set()


def test_nothing_changes_where_no_region_changed(scene: City) -> None:
    assert on_todays_map(scene) == on_its_own_map(scene)


def test_a_region_opened_later_is_empty_on_the_past_day(scene: City) -> None:
    later = make_region("新街道", "STREET", scene.east, starts_on=ON)  # type: ignore[arg-type]
    assert later.pk not in on_its_own_map(scene)["GC17", "standard"]
    assert numerators(on_todays_map(scene), "GC17", "standard", later) == [0]


def test_the_page_shows_both_maps_and_one_city_total(scene: City) -> None:
    store_run(scene.city, DAY)
    move_region(by=SYSTEM, region=scene.east_street, parent=scene.west, on=ON, basis=BASIS)
    page = browse_as(Role.CITY_HEALTH_CLERK).get(
        reverse("rebased", args=["GC17", "standard"]), {"map": TODAY.isoformat()}
    )
    text = page.content.decode()
    assert page.status_code == 200
    assert text.count("100.00% 2/2") == 3  # 全市两次，西区按新图一次
    assert "无数据 0/0" in text  # 东区按新图
