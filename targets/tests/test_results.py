"""Stored figures held against targets, and what they cost to read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from institutions.models import Region, RegionLevel
from institutions.tests.factories import make_channel, make_health, make_licence, make_region
from targets.indicators.calculation import Goal, Tree, Verdict
from targets.indicators.catalogue import CATALOGUE
from targets.indicators.measure import measure, tree_on
from targets.models import Milestone
from targets.results import goal_of, latest_run, run_of, target_lines, targets_of
from targets.tests.factories import DAY, City
from targets.tests.page_scene import Scene, make_scene, make_target, store_run


@pytest.fixture
def scene(city: City) -> Scene:
    return make_scene(city)


@contextmanager
def counting() -> Iterator[list[int]]:
    """How many queries the block sends."""
    number: list[int] = []
    with CaptureQueriesContext(connection) as captured:
        yield number
    number.append(len(captured))


def widen(city: City, districts: int) -> list[Region]:
    """More districts, each with a street and a hospital with a green channel."""
    made = []
    for number in range(districts):
        district = make_region(f"新区{number}", RegionLevel.DISTRICT, city.city)
        street = make_region(f"新街道{number}", RegionLevel.STREET, district)
        hospital = make_health(street)
        make_licence(hospital)
        make_channel(hospital)
        made.append(district)
    return made


def test_the_tree_is_walked_once_for_each_region_a_target_is_set_for(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """三千个区划、十五个目标：一行走一遍区划树，要几分钟。"""
    make_target(scene.policy, scene.city.city, "GC17", 2)
    make_target(scene.policy, scene.city.east, "GC17", 3)
    walked: list[int] = []
    below = Tree.below

    def noted(tree: Tree, region: int) -> tuple[int, ...]:
        walked.append(region)
        return below(tree, region)

    monkeypatch.setattr(Tree, "below", noted)
    districts = [scene.city.city, scene.city.east, *widen(scene.city, 5)]
    lines = target_lines(store_run(scene.city.city, DAY), districts, targets_of())
    judged = {(line.target.position, line.region.name) for line in lines if line.is_judged}
    assert {name for position, name in judged if position == 3} == {"东区"}
    assert len({name for position, name in judged if position == 2}) == len(districts)
    assert sorted(walked) == sorted([scene.city.city.pk, scene.city.east.pk])


def test_measuring_many_regions_takes_no_more_queries(city: City) -> None:
    with counting() as few:
        measure(CATALOGUE, day=DAY, tree=tree_on(DAY, city.city.pk))
    widen(city, 20)
    with counting() as many:
        measured = measure(CATALOGUE, day=DAY, tree=tree_on(DAY, city.city.pk))
    assert few == many
    assert measured["GC17", "standard"][city.city.pk].numerator == 20


def test_a_table_of_many_regions_takes_no_more_queries(scene: Scene) -> None:
    districts = [scene.city.east, *widen(scene.city, 20)]
    run = store_run(scene.city.city, DAY)
    with counting() as few:
        target_lines(run, districts[:1], list(targets_of()))
    with counting() as many:
        lines = target_lines(run, districts, list(targets_of()))
    assert (few, len(lines)) == (many, 21 * 2)


def test_the_gap_and_the_value_stand_beside_the_verdict(scene: Scene) -> None:
    run = store_run(scene.city.city, DAY)
    line, *_ = target_lines(run, [scene.city.city], targets_of())
    assert (line.value, line.needed, line.is_judged) == (Fraction(2, 3), 1, True)
    assert line.judgement.verdict is Verdict.NOT_MET


def test_thresholds_are_exact_and_milestones_in_order(scene: Scene) -> None:
    scene.target.threshold = Decimal("0.650000")
    steps = [(date(2017, 6, 30), "0.4"), (date(2016, 12, 31), "0.2")]
    for due_on, threshold in steps:
        Milestone.objects.create(target=scene.target, due_on=due_on, threshold=threshold)
    assert goal_of(scene.target) == Goal(
        comparator=">=",
        threshold=Fraction(13, 20),
        due_on=DAY,
        milestones=((date(2016, 12, 31), Fraction(1, 5)), (date(2017, 6, 30), Fraction(2, 5))),
    )


def test_the_result_of_the_due_day_keeps_its_word(scene: Scene) -> None:
    run = store_run(scene.city.city, DAY)
    later = store_run(scene.city.city, date(2021, 6, 30))
    due, after = (target_lines(r, [scene.city.city], targets_of())[0] for r in (run, later))
    assert (due.judgement.verdict, due.is_historical) == (Verdict.NOT_MET, False)
    assert after.is_historical


def test_targets_stand_in_the_order_of_their_policy(scene: Scene) -> None:
    for indicator, position in (("FD17", 4), ("EL17", 2), ("HM17", 3)):
        make_target(scene.policy, scene.city.city, indicator, position)
    assert [target.indicator for target in targets_of()] == ["GC17", "EL17", "HM17", "FD17"]


def test_the_newest_run_of_a_day_holds(scene: Scene) -> None:
    city = scene.city.city
    first = store_run(city, date(2018, 3, 31))
    store_run(city, DAY)
    corrected = store_run(city, DAY)
    assert latest_run() == first
    assert latest_run(on=DAY) == run_of(DAY, city) == corrected
    assert latest_run(on=date(2016, 1, 1)) is None
