"""Who has reached an age, on the birthday and around 29 February."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiyang.lib.ages import age_on, birth_cutoff, birthday

DAYS = st.dates(min_value=date(1990, 1, 1), max_value=date(2100, 12, 31))


@pytest.mark.parametrize(
    ("born_on", "day", "age"),
    [
        (date(1952, 6, 30), date(2017, 6, 29), 64),
        (date(1952, 6, 30), date(2017, 6, 30), 65),
        (date(1952, 2, 29), date(2017, 2, 28), 64),
        (date(1952, 2, 29), date(2017, 3, 1), 65),
        (date(1956, 2, 29), date(2016, 2, 28), 59),
        (date(1956, 2, 29), date(2016, 2, 29), 60),
        (date(2020, 1, 1), date(2020, 1, 1), 0),
    ],
)
def test_an_age_is_reached_on_the_birthday(born_on: date, day: date, age: int) -> None:
    assert age_on(born_on, day) == age


@pytest.mark.parametrize(
    ("day", "years", "latest"),
    [
        (date(2017, 12, 31), 65, date(1952, 12, 31)),
        (date(2017, 2, 28), 65, date(1952, 2, 28)),
        (date(2017, 3, 1), 65, date(1952, 3, 1)),
        (date(2016, 2, 29), 60, date(1956, 2, 29)),
        (date(2016, 2, 29), 65, date(1951, 2, 28)),
    ],
)
def test_the_cutoff_is_the_latest_birth_date(day: date, years: int, latest: date) -> None:
    assert birth_cutoff(day, years) == latest


@given(day=DAYS, years=st.integers(1, 90))
def test_the_cutoff_is_the_last_birth_date_old_enough(day: date, years: int) -> None:
    latest = birth_cutoff(day, years)
    assert age_on(latest, day) >= years
    assert age_on(latest + timedelta(days=1), day) < years


@given(born_on=DAYS, years=st.integers(0, 100))
def test_the_age_changes_on_the_birthday(born_on: date, years: int) -> None:
    turned = birthday(born_on, years)
    assert age_on(born_on, turned) == years
    if years:
        assert age_on(born_on, turned - timedelta(days=1)) == years - 1


def test_a_day_before_birth_is_refused() -> None:
    with pytest.raises(ValueError, match="早于出生日期"):
        age_on(date(1950, 1, 2), date(1950, 1, 1))
