"""In the demo city the records behind every figure of every region sum to what was stored."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

import pytest
from django.db import connection, transaction
from pytest_django import DjangoDbBlocker

from contracts.demo.loading import load
from contracts.demo.scene import Scene
from institutions.ingest.regions import read_regions
from institutions.management.commands.load_regions import WUHAI
from institutions.models import Region
from targets.indicators.base import Indicator, Outcome, RollUp, Tally
from targets.indicators.calculation import Tree
from targets.indicators.catalogue import CATALOGUE, CODES
from targets.indicators.measure import records_behind, tree_on
from targets.indicators.slots import tallies_of
from targets.models import IndicatorRun, IndicatorSnapshot
from targets.tests.page_scene import store_run

DAYS = (date(2017, 12, 31), date(2026, 9, 30))
SCENE = Scene(seed=7, today=date(2026, 11, 22), aged_60=600)
CITY = "150300000000"
PLAIN = {outcome.value for outcome in Outcome}
TALLIES = [tally for tallies in tallies_of(CATALOGUE).values() for tally in tallies]


@dataclass
class Held:
    """What the records of one tally add up to in one region."""

    contribution: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)

    @property
    def excluded(self) -> int:
        return sum(n for outcome, n in self.outcomes.items() if outcome not in PLAIN)


@pytest.fixture(scope="module")
def runs(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[list[IndicatorRun]]:
    """The demo city with fewer people, loaded once and measured on every day, then undone."""
    content = WUHAI.read_bytes()
    with django_db_blocker.unblock(), transaction.atomic():
        load(SCENE, content, read_regions(content), lambda _: None)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        city = Region.objects.get(code=CITY)
        yield [store_run(city, day, codes=CODES) for day in DAYS]
        transaction.set_rollback(True)


def held_by_region(tally: Tally, day: date, tree: Tree) -> dict[int, Held]:
    """The city's record set told apart by the region each record belongs to, then climbed."""
    if tally.subject.roll_up is RollUp.STATED:
        return {region: held_in(tally, day, tree, region) for region in tree.top_down}
    (record_set,) = records_behind((tally,), day=day, region=tree.root, tree=tree)
    own: dict[int, list[tuple[str, int]]] = defaultdict(list)
    rows = record_set.rows.values_list(tally.subject.region, "outcome", "contribution")
    for region, outcome, contribution in rows:
        own[region].append((outcome, contribution))
    return {
        region: added(tally, [row for below in tree.below(region) for row in own.get(below, ())])
        for region in tree.top_down
    }


def held_in(tally: Tally, day: date, tree: Tree, region: int) -> Held:
    """The record set of one region as its page lists it."""
    (record_set,) = records_behind((tally,), day=day, region=region, tree=tree)
    return added(tally, list(record_set.rows.values_list("outcome", "contribution")))


def added(tally: Tally, rows: list[tuple[str, int]]) -> Held:
    """The sum; every counted record carries a contribution, every other one a reason."""
    reasons = PLAIN | {exclusion.reason for exclusion in tally.excluding}
    held = Held()
    for outcome, contribution in rows:
        assert outcome in reasons
        if outcome != Outcome.COUNTED:
            assert contribution == 0
        else:
            assert contribution == 1 if tally.amount is None else contribution >= 0
        held.contribution += contribution * tally.sign
        held.outcomes[outcome] += 1
    return held


def differences(
    indicator: Indicator, snapshot: IndicatorSnapshot, held: dict[Tally, dict[int, Held]]
) -> list[str]:
    """What the stored figure says otherwise than its records; 无数据 says nothing."""
    top = [held[tally][snapshot.region_id] for tally in indicator.numerator]
    bottom = [held[tally][snapshot.region_id] for tally in indicator.denominator]
    missing = [
        held[tally][snapshot.region_id]
        for tally in indicator.numerator
        if tally.missing is not None
    ]
    pairs = (
        ("分子", snapshot.numerator, sum(one.contribution for one in top)),
        ("分母", snapshot.denominator, sum(one.contribution for one in bottom)),
        ("排除", snapshot.excluded, sum(one.excluded for one in top)),
        ("缺报", snapshot.missing, sum(one.outcomes[Outcome.MISSING] for one in missing)),
    )
    place = f"{indicator.key} 区划 {snapshot.region_id}"
    return [
        f"{place} {what}：存 {stored}，记录 {found}"
        for what, stored, found in pairs
        if stored is not None and stored != found
    ]


@pytest.mark.parametrize("place", range(len(DAYS)), ids=map(str, DAYS))
@pytest.mark.django_db
def test_contributions_sum_to_every_stored_figure(runs: list[IndicatorRun], place: int) -> None:
    run = runs[place]
    tree = tree_on(run.as_of, run.region_id)
    held = {tally: held_by_region(tally, run.as_of, tree) for tally in TALLIES}
    stored = {
        (s.region_id, s.indicator, s.reading): s for s in IndicatorSnapshot.objects.filter(run=run)
    }
    assert len(stored) == len(CATALOGUE) * len(tree.top_down)
    wrong = [
        line
        for indicator in CATALOGUE
        for region in tree.top_down
        for line in differences(indicator, stored[region, *indicator.key], held)
    ]
    assert wrong == []
    # 不是因为处处为零才相等
    counted = {indicator for (_, indicator, _), one in stored.items() if one.numerator}
    assert counted >= {"GC17", "EL17", "FD17", "HM17", "HC90", "PAIR", "TEAM"}


@pytest.mark.django_db
def test_a_regions_own_list_holds_the_same_records(runs: list[IndicatorRun]) -> None:
    run = runs[-1]
    tree = tree_on(run.as_of, run.region_id)
    district = tree.children_of(run.region_id)[0]
    for subject, tallies in tallies_of(CATALOGUE).items():
        held = held_by_region(tallies[0], run.as_of, tree)
        assert held_in(tallies[0], run.as_of, tree, district) == held[district], subject.name
