"""Two checks whose rule is arithmetic: the credit code's check digit, and years by the calendar."""

from __future__ import annotations

from datetime import date

from institutions.tests.factories import make_population, make_profile
from targets.quality.catalogue import BY_ID
from targets.tests.factories import DAY, City
from yiyang.lib.identifiers import credit_code


def test_the_check_digit_in_the_database_is_that_of_the_standard(city: City) -> None:
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    codes = ["91150000MA0" + f"{n:06d}" + alphabet[n * 7 % 31] for n in range(200)]
    for code in codes:
        make_profile(city.east_community, category="A100", credit_code=code)
    found = BY_ID["credit_code_wrong"].rows(DAY).values_list("credit_code", flat=True)
    assert set(codes) - set(found) == {code for code in codes if _is_right(code)}
    assert 0 < len(found) < len(codes)


def _is_right(code: str) -> bool:
    try:
        return credit_code(code) == code
    except ValueError:
        return False


def test_two_years_are_up_on_the_last_of_february(city: City) -> None:
    old = BY_ID["population_old"]
    make_population(city.city, "TOTAL", 9, date(2020, 2, 29))
    assert old.rows(date(2022, 2, 28)).count() == 0
    assert old.rows(date(2022, 3, 1)).count() == 1
