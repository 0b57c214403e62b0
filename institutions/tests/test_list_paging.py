"""Paging by key shows every row once, in one order, whatever it is sorted by."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from institutions.models import InstitutionProfile, RegionLevel
from institutions.tests.factories import make_profile, make_region
from yiyang.listing.paging import (
    COUNTED_UP_TO,
    Order,
    count_words,
    counted,
    mark_of,
    may_be_empty,
    ordered,
    page_after,
)

Rows = QuerySet[InstitutionProfile]
# 每行：（级别, 起始日期）；级别可以没有，也有重复。
FACTS = [
    (3, date(2015, 1, 1)),
    (None, date(2016, 1, 1)),
    (1, date(2015, 1, 1)),
    (3, date(2014, 1, 1)),
    (None, date(2015, 1, 1)),
    (2, date(2015, 1, 1)),
    (3, date(2017, 1, 1)),
    (None, date(2014, 1, 1)),
]


@pytest.fixture
def rows(db: None) -> Rows:
    region = make_region("测试市", RegionLevel.CITY)
    for level, starts_on in FACTS:
        make_profile(region, category="A100", level=level, starts_on=starts_on)
    return InstitutionProfile.objects.all()


def paged(rows: Rows, order: Order, size: int) -> list[InstitutionProfile]:
    """All rows by turning pages until one comes short."""
    found: list[InstitutionProfile] = []
    mark = None
    while page := page_after(rows, order, mark, size):
        found += page
        mark = mark_of(rows, order, page[-1].pk)
        assert mark is not None
    return found


def oracle(rows: Rows, order: Order) -> list[int]:
    """The obvious way: sort in memory by (value, id), the rows without a value apart and last."""
    values = dict(rows.values_list("pk", order.path))
    having = sorted((value, key) for key, value in values.items() if value is not None)
    without = sorted(key for key, value in values.items() if value is None)
    if order.is_descending:
        return [key for _, key in reversed(having)] + without[::-1]
    return [key for _, key in having] + without


ORDERS = [
    Order(path, is_descending)
    for path in ("level", "starts_on", "institution__code", "pk")
    for is_descending in (False, True)
]


@pytest.mark.parametrize("order", ORDERS, ids=str)
@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 8, 100])
def test_turning_pages_shows_every_row_once_in_order(rows: Rows, order: Order, size: int) -> None:
    assert [row.pk for row in paged(rows, order, size)] == oracle(rows, order)


@pytest.mark.parametrize("order", ORDERS, ids=str)
def test_a_file_holds_the_rows_in_the_order_of_the_pages(rows: Rows, order: Order) -> None:
    assert list(ordered(rows, order).values_list("pk", flat=True)) == oracle(rows, order)


def test_a_page_takes_at_most_two_queries(rows: Rows) -> None:
    for order in ORDERS:
        with CaptureQueriesContext(connection) as queries:
            page_after(rows, order, None, 100)
        assert len(queries) == (2 if order.path == "level" else 1)


def test_a_page_deep_down_reads_on_from_the_index(rows: Rows) -> None:
    """The comparison is one of rows, which an index on (value, id) answers from its middle."""
    mark = mark_of(rows, Order("starts_on"), rows.first().pk)  # type: ignore[union-attr]
    with CaptureQueriesContext(connection) as queries:
        page_after(rows, Order("starts_on"), mark, 3)
    assert '("institutions_institutionprofile"."starts_on", ' in queries[0]["sql"]
    assert ") > (" in queries[0]["sql"]


def test_a_row_out_of_sight_is_no_place_to_go_on_from(rows: Rows) -> None:
    kept = rows.filter(level=3)
    other = rows.exclude(level=3).first()
    assert other is not None
    assert mark_of(kept, Order("level"), other.pk) is None
    assert mark_of(kept, Order("level"), 10**17) is None


@pytest.mark.parametrize(
    ("path", "can"),
    [("pinyin", False), ("level", True), ("institution__code", False), ("host__code", True)],
)
def test_it_knows_which_values_can_be_missing(path: str, *, can: bool) -> None:
    assert may_be_empty(InstitutionProfile.objects.all(), path) is can


@pytest.mark.parametrize(
    ("number", "words"),
    [(0, "0 家"), (9_999, "9,999 家"), (10_000, "10,000 家"), (10_001, "1 万家以上")],
)
def test_numbers_are_exact_up_to_ten_thousand(number: int, words: str) -> None:
    assert count_words(number, "家") == words
    assert COUNTED_UP_TO == 10_000


def test_counting_stops_one_beyond_ten_thousand(rows: Rows) -> None:
    assert counted(rows) == len(FACTS)
    with CaptureQueriesContext(connection) as queries:
        counted(rows)
    assert "LIMIT 10001" in queries[0]["sql"]
