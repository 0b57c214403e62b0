"""The engine agrees with a second, obvious implementation on registers filled at random."""

from __future__ import annotations

from collections import Counter
from dataclasses import astuple
from datetime import date
from random import Random

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from targets.indicators.base import Indicator, Outcome
from targets.indicators.calculation import Figure, Tree
from targets.indicators.catalogue import CATALOGUE
from targets.indicators.measure import measure, records_behind, tree_on
from targets.tests.generated import Filler
from targets.tests.oracle import Oracle, Register
from targets.tests.oracle_answers import answers

DAYS = (date(2017, 12, 31), date(2016, 2, 29), date(2017, 3, 1), date(2018, 6, 30))


@pytest.mark.django_db
@settings(max_examples=25, deadline=None, derandomize=True, database=None)
@given(seed=st.integers(min_value=0, max_value=2**32), day=st.sampled_from(DAYS))
def test_every_reading_agrees_in_every_region(seed: int, day: date) -> None:
    # 一个种子就是一座城：失败时打印的种子足以重现，逐项收缩几百行登记反而要几小时。
    with transaction.atomic():
        city = Filler(Random(seed), day).fill()
        tree = tree_on(day, city.pk)
        assert measured(day, tree) == told(day, tree)
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_the_records_behind_a_figure_add_up_to_it() -> None:
    day = DAYS[0]
    city = Filler(Random(3), day).fill()
    tree = tree_on(day, city.pk)
    figures = measure(CATALOGUE, day=day, tree=tree)
    wrong = [
        (indicator.key, region)
        for indicator in CATALOGUE
        for region in tree.top_down[:2]
        if not adds_up(indicator, figures[indicator.key][region], day, region, tree)
    ]
    assert wrong == []


def adds_up(indicator: Indicator, figure: Figure, day: date, region: int, tree: Tree) -> bool:
    """Whether contributions sum to the figure and outcomes to what was excluded and missing."""
    top = records_behind(indicator.numerator, day=day, region=region, tree=tree)
    bottom = records_behind(indicator.denominator, day=day, region=region, tree=tree)
    outcomes = Counter(o for part in top for o in part.rows.values_list("outcome", flat=True))
    listed = {Outcome.COUNTED, Outcome.NOT_COUNTED, Outcome.MISSING}
    excluded = sum(number for outcome, number in outcomes.items() if outcome not in listed)
    return (
        figure.numerator == sum(part.contributions() for part in top)
        and figure.denominator in (None, sum(part.contributions() for part in bottom))
        and (figure.excluded, figure.missing) == (excluded, outcomes[Outcome.MISSING])
    )


def test_the_oracle_answers_the_whole_catalogue(db: None) -> None:
    city = Filler(Random(0), DAYS[0]).fill()
    tree = tree_on(DAYS[0], city.pk)
    assert {key[:2] for key in told(DAYS[0], tree)} == {record.key for record in CATALOGUE}


def measured(day: date, tree: Tree) -> dict[tuple[str, str, int], tuple[int | None, ...]]:
    """What the engine counts, by code, reading and region."""
    figures = measure(CATALOGUE, day=day, tree=tree)
    return {
        (*key, region): astuple(figure)
        for key, by_region in figures.items()
        for region, figure in by_region.items()
    }


def told(day: date, tree: Tree) -> dict[tuple[str, str, int], tuple[int | None, ...]]:
    """What the oracle counts."""
    oracle = Oracle(Register(), day)
    return {
        (*key, region): answer
        for region in tree.top_down
        for key, answer in answers(oracle, region).items()
    }
