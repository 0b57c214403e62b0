"""What lapses when, in tables a clerk could check."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contracts.tests.factories import make_agreement, make_person, make_signup, make_team
from institutions.tests.factories import (
    make_channel,
    make_elderly,
    make_filing,
    make_health,
    make_licence,
)
from targets.forecast.projection import Forecast, forecast_of
from targets.indicators.calculation import Figure, Goal
from targets.indicators.catalogue import BY_KEY, CATALOGUE
from targets.indicators.measure import measure, tree_on
from targets.tests.factories import DAY, City

GOAL = Goal(">=", Fraction(3, 5))


def after(days: int) -> date:
    return DAY + timedelta(days)


def forecast(code: str, reading: str, city: City, goal: Goal | None = GOAL) -> Forecast:
    indicator, tree = BY_KEY[code, reading], tree_on(DAY, city.city.pk)
    figure = measure([indicator], day=DAY, tree=tree)[indicator.key][city.city.pk]
    return forecast_of(indicator, figure, goal, day=DAY, region=city.city.pk, tree=tree)


def numerators(found: Forecast) -> list[tuple[date, int | None]]:
    return [(step.day, step.figure.numerator) for step in found.steps]


def test_a_channel_counts_until_the_first_of_its_dates(city: City) -> None:
    for licence_to, channel_to in ((None, None), (after(10), after(20)), (after(30), after(20))):
        hospital = make_health(city.east_street)
        make_licence(hospital, ends_on=licence_to)
        make_channel(hospital, ends_on=channel_to)
    found = forecast("GC17", "standard", city)
    assert numerators(found) == [(DAY, 3), (after(11), 2), (after(21), 1)]
    assert [step.figure.denominator for step in found.steps] == [3, 3, 3]
    assert found.first_below == after(21)


def test_a_licence_renewed_without_a_gap_does_not_lapse(city: City) -> None:
    hospital = make_health(city.east_street)
    make_licence(hospital, ends_on=after(10))
    make_licence(hospital, starts_on=after(11), ends_on=after(40))
    make_channel(hospital)
    assert numerators(forecast("GC17", "standard", city)) == [(DAY, 1), (after(41), 0)]


def test_a_licence_renewed_a_day_late_lapses(city: City) -> None:
    hospital = make_health(city.east_street)
    make_licence(hospital, ends_on=after(10))
    make_licence(hospital, starts_on=after(12))
    make_channel(hospital)
    assert numerators(forecast("GC17", "standard", city)) == [(DAY, 1), (after(11), 0)]


def test_a_home_counts_as_long_as_any_one_form_holds(city: City) -> None:
    home = make_elderly(city.east_street)
    make_filing(home, ends_on=after(100))
    for days in (5, 50):
        partner = make_health(city.east_street)
        make_licence(partner)
        make_agreement(partner, home, expires_on=after(days))
    assert numerators(forecast("EL20", "any_form", city)) == [(DAY, 1), (after(51), 0)]


@pytest.mark.parametrize(
    ("fields", "lapses"),
    [
        ({"expires_on": after(30)}, [31]),
        ({"expires_on": after(30), "auto_renews": True}, []),
        ({"expires_on": after(30), "auto_renews": True, "terminated_on": after(9)}, [9]),
        ({"expires_on": after(30), "terminated_on": after(9)}, [9]),
        ({"expires_on": after(364)}, [365]),
        ({"expires_on": after(365)}, []),
    ],
)
def test_a_signup_lapses_after_its_last_day(
    city: City, fields: dict[str, object], lapses: list[int]
) -> None:
    team = make_team(make_health(city.east_street))
    make_signup(make_person(city.east_community), team, starts_on=after(-600), **fields)
    found = forecast("FD17", "aged_65_plus", city, None)
    assert [lapse.day for lapse in found.lapses] == [after(days) for days in lapses]


def test_a_signup_already_renewed_does_not_lapse(city: City) -> None:
    team, person = make_team(make_health(city.east_street)), make_person(city.east_community)
    make_signup(person, team, starts_on=after(-600), expires_on=after(30))
    make_signup(person, team, starts_on=after(31), expires_on=after(500))
    assert forecast("FD17", "aged_65_plus", city, None).lapses == ()


def test_a_figure_below_the_goal_today_has_no_first_day_below(city: City) -> None:
    make_licence(make_health(city.east_street))
    found = forecast("GC17", "standard", city)
    assert found.steps[0].is_reached is False
    assert found.first_below is None


def queries_of_every_forecast(city: City) -> list[int]:
    counts = []
    for record in CATALOGUE:
        tree = tree_on(DAY, city.city.pk)
        with CaptureQueriesContext(connection) as queries:
            forecast_of(record, Figure(1, 1), None, day=DAY, region=city.city.pk, tree=tree)
        counts.append(len(queries))
    return counts


def test_queries_do_not_grow_with_the_records_that_lapse(city: City) -> None:
    few = queries_of_every_forecast(city)
    for number in range(8):
        make_licence(make_health(city.east_street), ends_on=after(number))
        make_signup(make_person(city.east_community), make_team(make_health(city.east_street)))
    assert queries_of_every_forecast(city) == few


def test_the_nightly_count_reads_no_end_dates_of_lists(city: City) -> None:
    tree = tree_on(DAY, city.city.pk)
    with CaptureQueriesContext(connection) as queries:
        measure(CATALOGUE, day=DAY, tree=tree)
    assert not [q for q in queries if "day_after" in q["sql"] or "_until" in q["sql"]]
