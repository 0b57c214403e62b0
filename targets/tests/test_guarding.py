"""Figures of fewer than five people stay hidden, and nobody can work them out from the others."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.tests.factories import make_health_management, make_person
from institutions.models import PopulationGroup, Region
from institutions.tests.factories import make_health, make_population
from targets.indicators.calculation import Tree
from targets.indicators.catalogue import BY_KEY
from targets.indicators.guarding import counts_people, guarded_regions, is_small
from targets.models import IndicatorSnapshot
from targets.tests.factories import DAY, City
from targets.tests.page_scene import browse_as, store_run
from yiyang.access.roles import Role

pytestmark = pytest.mark.django_db
LIMIT = 5


@pytest.mark.parametrize(
    ("top", "bottom", "small"),
    [
        (0, 100, False),
        (1, 100, True),
        (4, None, True),
        (5, None, False),
        (5, 10, False),
        (96, 100, True),
        (95, 100, False),
        (100, 100, False),
        (101, 100, False),
    ],
)
def test_few_counted_or_few_not_counted_are_small(
    top: int, bottom: int | None, small: bool
) -> None:
    assert is_small(top, bottom, LIMIT) is small


CASES = [
    ("没有小数，都显示", {2: 10, 3: 20, 4: 30}, set()),
    ("一个小数，最小的兄弟陪着藏", {2: 3, 3: 20, 4: 30}, {2, 3}),
    ("两个小数合起来够五人", {2: 3, 3: 2, 4: 30}, {2, 3}),
    ("两个小数合起来不够，再藏一个", {2: 1, 3: 2, 4: 30}, {2, 3, 4}),
    ("零不用藏，也藏不住别人", {2: 3, 3: 0, 4: 30}, {2, 4}),
    ("没有兄弟可陪，上级也不显示", {2: 3, 3: 0, 4: 0}, {1, 2, 3, 4}),
]


@pytest.mark.parametrize(("case", "tops", "hidden"), CASES, ids=[case[0] for case in CASES])
def test_what_is_hidden_among_siblings(case: str, tops: dict[int, int], hidden: set[int]) -> None:
    tree = Tree({2: 1, 3: 1, 4: 1}, 1)
    found = {region for region in tops if is_small(tops[region], None, LIMIT)}
    tops = tops | {1: sum(tops.values())}
    assert guarded_regions(tree, tops, found, LIMIT) == hidden


def test_below_a_hidden_region_all_is_hidden() -> None:
    tree = Tree({2: 1, 3: 1, 4: 2, 5: 2, 6: 3}, 1)
    tops = {1: 43, 2: 40, 3: 3, 4: 20, 5: 20, 6: 3}
    assert guarded_regions(tree, tops, {3, 6}, LIMIT) == {2, 3, 4, 5, 6}


@st.composite
def cities(draw: st.DrawFn) -> tuple[Tree, dict[int, int]]:
    """Three levels of regions, each leaf with a number of people."""
    parents: dict[int, int] = {}
    for district in range(2, 2 + draw(st.integers(1, 3))):
        parents[district] = 1
        for place in range(draw(st.integers(1, 4))):
            parents[district * 10 + place] = district
    tree = Tree(parents, 1)
    tops: dict[int, int] = {}
    for region in reversed(tree.top_down):
        children = tree.children_of(region)
        own = draw(st.sampled_from([0, 0, 1, 3, 4, 5, 6, 9, 40])) if not children else 0
        tops[region] = own + sum(tops[child] for child in children)
    return tree, tops


@given(city=cities())
def test_no_small_number_is_left_by_subtraction(city: tuple[Tree, dict[int, int]]) -> None:
    tree, tops = city
    small = {region for region, top in tops.items() if is_small(top, None, LIMIT)}
    hidden = guarded_regions(tree, tops, small, LIMIT)
    assert small <= hidden
    for left_over, secrets in remainders(tree, tops, hidden):
        assert left_over == 0 or (left_over >= LIMIT and secrets > 1)


def remainders(
    tree: Tree, tops: dict[int, int], hidden: frozenset[int]
) -> Iterator[tuple[int, int]]:
    """What each shown region leaves after all its shown children, and of how many it is made."""
    for region in tree.top_down:
        children = tree.children_of(region)
        secret = [child for child in children if child in hidden and tops[child]]
        if region not in hidden and children:
            shown = sum(tops[child] for child in children if child not in hidden)
            yield tops[region] - shown, len(secret)


# ── 页面 ──────────────────────────────────────────────────────────────────────


def managed_in(region: Region, people: int) -> None:
    exam = date(DAY.year, 3, 1)
    centre = make_health(region, "B100")
    for _ in range(people):
        make_health_management(make_person(region), centre, exam_on=exam)


def test_a_leader_gets_no_small_figure_anywhere_and_a_clerk_every_one(city: City) -> None:
    managed_in(city.east_community, 3)
    managed_in(city.west_community, 30)
    for place in (city.east_community, city.west_community):
        make_population(place, group=PopulationGroup.AGED_65, people=100)
    run = store_run(city.city, DAY, codes=("HM17",))
    kept = IndicatorSnapshot.objects.filter(run=run, indicator="HM17", is_guarded=True)
    assert {one.region_id for one in kept} >= {city.east.pk, city.west.pk}
    for role, sees in ((Role.LEADER, False), (Role.CITY_HEALTH_CLERK, True)):
        browser = browse_as(role)
        for path in ("/targets/indicators/", "/targets/HM17/"):
            page = browser.get(path, {"as_of": str(DAY)}).content.decode()
            assert ("3/100" in page) is sees, (role, path)
            assert ("30/100" in page) is sees, (role, path)
            assert "33/200" in page


def test_the_ways_to_pages_closed_to_a_role_are_not_offered_to_it(city: City) -> None:
    store_run(city.city, DAY, codes=("FD17", "GC17"))
    for role, code, offered in (
        (Role.LEADER, "FD17", False),
        (Role.CITY_CIVIL_AFFAIRS_CLERK, "FD17", False),
        (Role.CITY_HEALTH_CLERK, "FD17", True),
        (Role.LEADER, "GC17", True),
    ):
        page = browse_as(role).get(f"/targets/{code}/").content.decode()
        for room in ("movement", "as-known"):
            assert (f"/{room}/?" in page) is offered, (role, code, room)
        assert ("只对可看老年人台账的角色开放" in page) is not offered


@pytest.mark.parametrize("room", ["movement", "as-known", "rebased"])
def test_pages_that_tell_people_apart_are_closed_to_who_sees_none(city: City, room: str) -> None:
    store_run(city.city, DAY - timedelta(days=1), codes=("FD17",))
    run = store_run(city.city, DAY, codes=("FD17",))
    reading = next(key[1] for key in BY_KEY if key[0] == "FD17" and counts_people(BY_KEY[key]))
    path = f"/targets/FD17/{reading}/{room}/?run={run.pk}"
    answer = browse_as(Role.LEADER).get(path)
    assert answer.status_code == 403
    assert "看出个人" in answer.content.decode()
