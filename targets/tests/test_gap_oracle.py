"""Every institution the oracle leaves uncounted is a candidate, and each is told what it lacks."""

from __future__ import annotations

from datetime import date
from random import Random

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from targets.gap.candidates import NOT_COUNTED, Candidate, candidates_of
from targets.indicators.catalogue import BY_KEY
from targets.indicators.measure import tree_on
from targets.tests.generated import Filler
from targets.tests.oracle import Oracle, Register
from targets.tests.oracle_answers import answers
from yiyang.access.roles import ROLES, Role
from yiyang.access.scope import Actor

DAY = date(2017, 12, 31)
CLERK = Actor(DAY, 1, Role.CITY_HEALTH_CLERK, ROLES[Role.CITY_HEALTH_CLERK].permissions, True)
SHARES = [("GC17", "standard"), ("GERI", "standard"), ("EL20", "any_form"), ("EL17", "any_form")]
TOLD_IN_FULL = SHARES[:2]


def nearness(one: Candidate) -> tuple[bool, int, int, str]:
    """Who has shut its doors comes last; of the others, who lacks least comes first."""
    return (not one.is_worth_asking, len(one.lacks), one.effort, one.name)


@pytest.mark.django_db
@settings(
    max_examples=10,
    phases=[Phase.generate],
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(0, 1_000_000))
def test_whoever_is_not_counted_is_a_candidate(seed: int) -> None:
    with transaction.atomic():
        city = Filler(Random(seed), DAY).fill()
        tree = tree_on(DAY, city.pk)
        told = answers(Oracle(Register(), DAY), city.pk)
        for key in SHARES:
            numerator, denominator, excluded, *_ = told[key]
            found = candidates_of(BY_KEY[key], day=DAY, region=city.pk, tree=tree, actor=CLERK)
            assert numerator is not None
            assert denominator is not None
            assert len(found) == denominator - numerator + excluded, key
            assert all(one.lacks for one in found), key
            assert found == sorted(found, key=nearness), key
            if key in TOLD_IN_FULL:
                assert not any(NOT_COUNTED in one.lacks for one in found), key
        transaction.set_rollback(True)
