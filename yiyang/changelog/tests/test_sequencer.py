"""Numbers are gapless, in order, given after commit, and never skip a late commit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from yiyang.changelog.sequencer import number_changes, number_visible_changes, sequencer_lock
from yiyang.models import ChangeEntry, ChangeNumber, ChangePending

Connect = Callable[[], BaseDatabaseWrapper]


def feed() -> list[tuple[int | None, str]]:
    """Every numbered entry as number and name."""
    entries = ChangeEntry.objects.after_number(0)
    return [(entry.number, entry.after["name"]) for entry in entries if entry.after]


def insert(wrapper: BaseDatabaseWrapper, *names: str) -> None:
    with wrapper.cursor() as cursor:
        cursor.execute(
            "INSERT INTO changelog_ward (name, name_digest, beds)"
            " SELECT name, '', 0 FROM unnest(%s) AS name",
            [list(names)],
        )


def test_an_empty_log_has_number_zero(committed_wards: Any) -> None:
    assert number_changes() == 0
    assert feed() == []


def test_entries_are_numbered_from_one_without_a_gap(committed_wards: Any) -> None:
    insert(connection, "一", "二", "三")
    insert(connection, "四")
    assert number_changes() == 4
    insert(connection, "五", "六")
    assert number_changes() == 6
    assert feed() == [(1, "一"), (2, "二"), (3, "三"), (4, "四"), (5, "五"), (6, "六")]
    assert not ChangePending.objects.exists()


def test_numbering_again_gives_the_same_number(committed_wards: Any) -> None:
    insert(connection, "一")
    assert [number_changes(), number_changes()] == [1, 1]


def test_a_large_import_is_numbered_by_one_row(committed_wards: Any) -> None:
    insert(connection, *(f"病区{n}" for n in range(2000)))
    assert number_changes() == 2000
    assert list(ChangeNumber.objects.values_list("first_number", "last_number")) == [(1, 2000)]


def test_an_earlier_change_that_commits_later_is_not_skipped(
    committed_wards: Any, connect: Connect
) -> None:
    slow = connect()
    slow.set_autocommit(False)
    insert(slow, "早写晚提交")
    insert(connection, "晚写早提交")
    assert number_changes() == 1
    assert feed() == [(1, "晚写早提交")]
    slow.commit()
    assert number_changes() == 2
    assert feed() == [(1, "晚写早提交"), (2, "早写晚提交")]


def test_a_rolled_back_change_leaves_no_gap(committed_wards: Any, connect: Connect) -> None:
    failing = connect()
    failing.set_autocommit(False)
    insert(connection, "一")
    insert(failing, "作罢")
    insert(connection, "二")
    failing.rollback()
    assert number_changes() == 2
    assert feed() == [(1, "一"), (2, "二")]


def test_changes_of_one_record_are_numbered_in_the_order_they_happened(
    committed_wards: Any, connect: Connect
) -> None:
    ward = committed_wards.objects.create(name="初")
    for wrapper, name in ((connect(), "再"), (connection, "终")):
        with wrapper.cursor() as cursor:
            cursor.execute("UPDATE changelog_ward SET name = %s", [name])
    number_changes()
    history = ChangeEntry.objects.of("changelog_ward", ward.pk)
    told = [(entry.number, entry.after and entry.after["name"]) for entry in history]
    assert told == [(1, "初"), (2, "再"), (3, "终")]


def test_a_repeatable_read_run_numbers_exactly_what_it_sees(
    committed_wards: Any, connect: Connect
) -> None:
    other = connect()
    insert(other, "看得见")
    with sequencer_lock(), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            cursor.execute("SELECT count(*) FROM changelog_ward")
        insert(other, "来晚了")
        assert number_visible_changes() == 1
        assert committed_wards.objects.count() == 1
    assert feed() == [(1, "看得见")]
    assert number_changes() == 2
    assert feed() == [(1, "看得见"), (2, "来晚了")]


def test_a_run_that_fails_gives_its_numbers_back(committed_wards: Any) -> None:
    insert(connection, "一")
    with pytest.raises(RuntimeError):
        _number_and_fail()
    assert feed() == []
    assert number_changes() == 1


def _number_and_fail() -> None:
    with sequencer_lock(), transaction.atomic():
        number_visible_changes()
        raise RuntimeError


def test_the_lock_keeps_a_second_sequencer_out_until_it_is_released(
    committed_wards: Any, connect: Connect
) -> None:
    second = connect()
    with sequencer_lock():
        assert not _can_lock(second)
    assert _can_lock(second)


def _can_lock(wrapper: BaseDatabaseWrapper) -> bool:
    with wrapper.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(715001)")
        (got,) = cursor.fetchone()
    return bool(got)


def test_numbering_without_the_lock_is_refused(committed_wards: Any) -> None:
    with pytest.raises(DatabaseError, match="编号锁"):
        number_visible_changes()


def test_the_lock_is_refused_inside_a_transaction(committed_wards: Any) -> None:
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic(), sequencer_lock():
        pass
