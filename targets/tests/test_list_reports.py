"""The lists of beds, residents, staff and head counts: rows in, rows out."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from contracts.tests.persons import browse_as
from institutions.models import StaffCount
from institutions.tests.factories import (
    make_beds,
    make_elderly,
    make_health,
    make_licence,
    make_occupancy,
    make_population,
)
from targets.tests.factories import City, make_city
from yiyang.access.roles import Role
from yiyang.listing import shown

CLERK = Role.CITY_HEALTH_CLERK
SEPTEMBER, OCTOBER = date(2026, 9, 30), date(2026, 10, 31)
LISTS = ("institutions", "beds", "occupancies", "staff", "populations")


@pytest.fixture
def city(db: None) -> City:
    city = make_city()
    east = make_elderly(city.east_street, name="东院", pinyin="dy")
    west = make_elderly(city.west_street, name="西院", pinyin="xy")
    for counted_on, total in ((SEPTEMBER, 100), (OCTOBER, 120)):
        make_beds(east, counted_on, total, nursing=total // 2)
        make_occupancy(east, counted_on, total - 50)
        StaffCount.objects.create(institution=east, counted_on=counted_on, nurses=total // 10)
    make_beds(east, SEPTEMBER, 20, register="HEALTH")
    make_beds(west, SEPTEMBER, 60)
    make_population(city.east, "AGED_60", 1000, OCTOBER)
    make_population(city.east, "AGED_65", 700, SEPTEMBER)
    make_population(city.west, "AGED_60", 900, OCTOBER)
    return city


def cells(browser: Client, address: str, *columns: str) -> list[tuple[str, ...]]:
    sign = "&" if "?" in address else "?"
    asked = "&".join(f"col={column}" for column in columns)
    answer = browser.get(f"{address}{sign}{asked}")
    assert answer.status_code == 200
    return [tuple(cell.text for cell in row.cells) for row in answer.context["page"].rows]


BEDS = [
    ("", [("东院", "120"), ("西院", "60"), ("东院", "20"), ("东院", "100")]),
    ("period=latest", [("东院", "120"), ("西院", "60"), ("东院", "20")]),
    ("register=HEALTH", [("东院", "20")]),
    ("q=xy", [("西院", "60")]),
    ("q=院&first=2026-10-01", [("东院", "120")]),
    ("last=2026-09-30&register=CIVIL_AFFAIRS", [("西院", "60"), ("东院", "100")]),
    ("as_of=2026-09-30&period=latest", [("西院", "60"), ("东院", "20"), ("东院", "100")]),
    ("as_of=2026-09-29", []),
    ("sort=total", [("东院", "20"), ("西院", "60"), ("东院", "100"), ("东院", "120")]),
]


@pytest.mark.parametrize(("query", "rows"), BEDS)
def test_beds_are_listed_the_latest_first(
    city: City, query: str, rows: list[tuple[str, ...]]
) -> None:
    found = cells(browse_as(CLERK), f"/beds/?{query}", "institution", "total")
    # 同一天的以后录的在前。
    assert found == rows


def test_a_district_lists_its_own_reports(city: City) -> None:
    browser = browse_as(Role.DISTRICT_CIVIL_AFFAIRS_CLERK, city.west)
    assert cells(browser, "/beds/", "institution", "total") == [("西院", "60")]
    assert cells(browser, "/occupancies/", "institution", "occupants") == []


def test_residents_and_staff_are_listed(city: City) -> None:
    browser = browse_as(CLERK)
    assert cells(browser, "/occupancies/", "counted_on", "occupants") == [
        ("东院", "2026-10-31", "70"),
        ("东院", "2026-09-30", "50"),
    ]
    assert cells(browser, "/staff/?period=latest", "nurses") == [("东院", "12")]


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("", [("东区", "1,000"), ("东区", "700"), ("西区", "900")]),
        ("group=AGED_60", [("东区", "1,000"), ("西区", "900")]),
        ("q=西", [("西区", "900")]),
        ("sort=-people", [("东区", "1,000"), ("西区", "900"), ("东区", "700")]),
    ],
)
def test_head_counts_are_listed_by_region(
    city: City, query: str, rows: list[tuple[str, ...]]
) -> None:
    assert cells(browse_as(CLERK), f"/populations/?{query}", "place", "people") == rows


def test_pages_turn_to_the_end_and_back_to_the_first(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shown, "PAGE_SIZE", 2)
    browser = browse_as(CLERK)
    first = browser.get("/beds/?sort=total&q=院").content.decode()
    assert "回到第一页" not in first
    answer = browser.get("/beds/?sort=total&q=院")
    after = answer.context["page"].after
    second = browser.get(f"/beds/?sort=total&q=院&after={after}")
    assert [row.cells[6].text for row in second.context["page"].rows] == ["100", "120"]
    assert second.context["page"].after is None
    page = second.content.decode()
    assert "回到第一页" in page
    assert "已到末页" in page


def fill(city: City, numbers: range) -> None:
    """More of everything a list shows."""
    for position in numbers:
        home = make_elderly(city.east_street, name=f"院{position}")
        make_licence(make_health(city.west_street, name=f"医院{position}", host=home))
        make_beds(home, OCTOBER, position)
        make_occupancy(home, OCTOBER, position)
        StaffCount.objects.create(institution=home, counted_on=OCTOBER)
        make_population(city.east, "TOTAL", position, SEPTEMBER - timedelta(days=position))


def queries_of(browser: Client, name: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(f"/{name}/").status_code == 200
    return len(queries)


def test_lists_take_as_many_queries_for_many_rows_as_for_few(city: City) -> None:
    browser = browse_as(Role.DISTRICT_HEALTH_CLERK, city.east, city.west)
    fill(city, range(5))
    browser.get("/beds/")
    few = {name: queries_of(browser, name) for name in LISTS}
    fill(city, range(5, shown.PAGE_SIZE + 10))
    assert {name: queries_of(browser, name) for name in LISTS} == few
