"""Histories, feed pages and past states read from the log."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from yiyang.changelog.context import SYSTEM, recorded
from yiyang.changelog.known import as_known, undone
from yiyang.changelog.sequencer import number_changes
from yiyang.models import ChangeEntry, ChangeNumber

TABLE = "changelog_ward"


@pytest.fixture
def told(committed_wards: Any) -> Any:
    """Entries 1—3 insert three wards in one statement, 4 and 5 rename two, 6 deletes one."""
    wards = committed_wards
    wards.objects.bulk_create(
        wards(id=n, name=name, name_digest="机密", beds=n, opened_on=f"2017-02-0{n}")
        for n, name in ((1, "甲"), (2, "乙"), (3, "丙"))
    )
    with recorded(by=SYSTEM, reason="更名"):
        wards.objects.filter(id=1).update(name="甲二")
    wards.objects.filter(id=2).update(name="乙二")
    wards.objects.filter(id=3).delete()
    assert number_changes() == 6
    return wards


def known(number: int) -> list[tuple[int, str, int]]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH {TABLE} AS ({as_known(TABLE, number)})"
            f" SELECT id, name, beds FROM {TABLE} ORDER BY id"
        )
        rows: list[tuple[int, str, int]] = cursor.fetchall()
    return rows


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (0, []),
        (1, [(1, "甲", 1)]),
        (3, [(1, "甲", 1), (2, "乙", 2), (3, "丙", 3)]),
        (4, [(1, "甲二", 1), (2, "乙", 2), (3, "丙", 3)]),
        (5, [(1, "甲二", 1), (2, "乙二", 2), (3, "丙", 3)]),
        (6, [(1, "甲二", 1), (2, "乙二", 2)]),
        (99, [(1, "甲二", 1), (2, "乙二", 2)]),
    ],
)
def test_a_table_is_rebuilt_as_it_was_known(
    told: Any, number: int, expected: list[tuple[int, str, int]]
) -> None:
    assert known(number) == expected


def test_the_orm_reads_a_table_as_known_with_excluded_columns_empty(told: Any) -> None:
    rows = told.objects.raw(f"SELECT * FROM ({as_known(TABLE, 3)}) past ORDER BY id")
    assert [(str(row.opened_on), row.name_digest) for row in rows] == [
        ("2017-02-01", None),
        ("2017-02-02", None),
        ("2017-02-03", None),
    ]


def test_as_known_at_the_newest_number_is_the_table_itself(told: Any) -> None:
    assert known(6) == list(told.objects.order_by("id").values_list("id", "name", "beds"))


@pytest.mark.parametrize("number", range(8))
def test_undoing_what_came_later_gives_the_same_rows(told: Any, number: int) -> None:
    told.objects.create(id=4, name="丁")  # 尚未编号
    told.objects.filter(id=2).update(beds=9)
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH {TABLE} AS NOT MATERIALIZED ({undone(TABLE, number)})"
            f" SELECT id, name, beds FROM {TABLE} ORDER BY id"
        )
        assert cursor.fetchall() == known(number)


@pytest.mark.parametrize("table", ["", "a b", "x'; DROP TABLE y; --", '"quoted"', "病区", "a" * 64])
def test_as_known_takes_nothing_but_a_table_name(table: str) -> None:
    with pytest.raises(ValueError, match="不是登记表的名称"):
        as_known(table, 1)


def test_a_record_tells_its_history_in_order(told: Any) -> None:
    history = ChangeEntry.objects.of(TABLE, 1)
    assert [
        (e.number, e.change.operation, e.before and e.before["name"], e.change.reason)
        for e in history
    ] == [(1, "INSERT", None, ""), (4, "UPDATE", "甲", "更名")]


def test_a_change_not_yet_numbered_is_already_history(told: Any) -> None:
    told.objects.filter(id=1).update(beds=9)
    assert [entry.number for entry in ChangeEntry.objects.of(TABLE, 1)] == [1, 4, None]
    assert ChangeNumber.objects.highest() == 6


def test_history_keeps_to_its_table(told: Any) -> None:
    assert not ChangeEntry.objects.of("another_table", 1).exists()


@pytest.mark.parametrize("after", range(8))
def test_the_feed_reads_on_after_a_number(told: Any, after: int) -> None:
    numbers = [entry.number for entry in ChangeEntry.objects.after_number(after)]
    assert numbers == [number for number in range(1, 7) if number > after]


@pytest.mark.parametrize("size", [1, 2, 4, 6, 100])
def test_pages_put_together_are_the_whole_log(told: Any, size: int) -> None:
    read: list[tuple[int | None, int]] = []
    after = 0
    while page := list(ChangeEntry.objects.page_after(after, size)):
        assert len(page) <= size
        read += [(entry.number, entry.row_id) for entry in page]
        after += size
    assert read == [(1, 1), (2, 2), (3, 3), (4, 1), (5, 2), (6, 3)]


def test_a_page_costs_two_queries_wherever_it_lies(
    told: Any, django_assert_num_queries: Any
) -> None:
    for after in (0, 3, 5):
        with django_assert_num_queries(2):
            (entry,) = ChangeEntry.objects.page_after(after, 1)
            assert entry.change.table_name == TABLE
