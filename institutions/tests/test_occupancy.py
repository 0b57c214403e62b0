"""入住率 on the institution page: residents at a month's end over the beds then in use."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from institutions.models import Institution, Occupancy, RegionLevel
from institutions.occupancy import month_ends
from institutions.tests.factories import make_beds, make_elderly, make_occupancy, make_region
from institutions.tests.test_institution_page import browse_as
from yiyang.access.roles import Role
from yiyang.access.tests.accounts import open_user


@pytest.fixture
def home(db: None) -> Institution:
    return make_elderly(make_region("测试市", RegionLevel.CITY, code="150300000000"))


def rates(home: Institution) -> list[str]:
    reports = list(Occupancy.objects.kept().order_by("-counted_on"))
    return [one.rate_text for one in month_ends(home, reports)]


# 床位报告日、床位数、在住 → 6 月末的入住率；92 天前是 3 月 30 日
@pytest.mark.parametrize(("counted_on", "total", "occupants", "rate"), [
    (date(2025, 6, 30), 80, 49, "61.25%"),
    (date(2025, 3, 30), 80, 49, "61.25%"),
    (date(2025, 3, 29), 80, 49, "缺床位数"),
    (date(2025, 7, 1), 80, 49, "缺床位数"),
    (date(2025, 6, 1), 0, 0, "缺床位数"),
    (date(2025, 6, 1), 80, 0, "0.00%"),
    (date(2025, 6, 1), 48, 49, "102.08%"),
])  # fmt: skip
def test_the_nearest_beds_count(
    home: Institution, counted_on: date, total: int, occupants: int, rate: str
) -> None:
    make_beds(home, counted_on, total)
    make_occupancy(home, date(2025, 6, 30), occupants)
    assert rates(home) == [rate]


def test_each_month_has_the_beds_of_its_time(home: Institution) -> None:
    make_beds(home, date(2025, 4, 15), 100)
    make_beds(home, date(2025, 5, 31), 50)
    make_beds(home, date(2025, 5, 31), 10, register="HEALTH")
    make_beds(home, date(2025, 6, 1), 20, basis="APPROVED")
    for month_end in (date(2025, 4, 30), date(2025, 5, 31), date(2025, 6, 30)):
        make_occupancy(home, month_end, 25)
    assert rates(home) == ["50.00%", "50.00%", "25.00%"]


def test_the_page_shows_the_rate_and_asks_as_much_for_many_months(
    home: Institution, django_assert_max_num_queries: Any
) -> None:
    browser = browse_as(open_user(Role.CITY_HEALTH_CLERK))
    make_beds(home, date(2025, 1, 1), 40)
    make_occupancy(home, date(2025, 1, 31), 50)

    def ask() -> int:
        with django_assert_max_num_queries(60) as asked:
            page = browser.get(f"/institutions/{home.pk}/?as_of=2025-12-31").content.decode()
        assert "125.00%" in page
        assert "多于床位" in page
        return len(asked)

    browser.get(f"/institutions/{home.pk}/")
    few = ask()
    for month_end in (date(2025, 2, 28), date(2025, 3, 31), date(2025, 4, 30)):
        make_beds(home, month_end, 40)
        make_occupancy(home, month_end, 20)
    assert ask() == few
