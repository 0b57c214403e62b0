"""Working days, against the arrangements the State Council published for 2025 and 2026."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from chinese_calendar import constants

from yiyang.lib.working_days import (
    Pause,
    WorkCalendar,
    add_working_days,
    due_day,
    elapsed_days,
    remaining_days,
    working_day_from,
    working_days_between,
)

CALENDAR = WorkCalendar(
    frozenset(constants.holidays), frozenset(constants.workdays), frozenset(range(2004, 2027))
)


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("text", "works"),
    [
        ("2026-02-13", True),  # 星期五
        ("2026-02-14", True),  # 星期六，调休上班
        ("2026-02-15", False),  # 春节
        ("2026-02-24", True),
        ("2026-02-28", True),  # 星期六，调休上班
        ("2026-03-01", False),  # 星期日
        ("2027-10-01", True),  # 没有安排的年份，只认星期五
    ],
)
def test_a_day_counts_or_not(text: str, works: bool) -> None:
    assert CALENDAR.is_working_day(day(text)) is works


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ("2026-02-09", 10, "2026-02-28"),
        ("2025-09-26", 10, "2025-10-16"),
        ("2026-02-09", 1, "2026-02-10"),  # 次日起算
        ("2026-02-13", 1, "2026-02-14"),
        ("2026-02-14", 1, "2026-02-24"),
        ("2026-02-09", 0, "2026-02-09"),
        ("2026-12-30", 3, "2027-01-04"),  # 2027 年没有安排：元旦也算，暂估
    ],
)
def test_a_period_begins_the_next_day(start: str, days: int, end: str) -> None:
    assert add_working_days(CALENDAR, day(start), days) == day(end)
    assert due_day(CALENDAR, day(start), days) == day(end)
    assert working_days_between(CALENDAR, day(start), day(end)) == days


def test_between_goes_backwards_too() -> None:
    assert working_days_between(CALENDAR, day("2026-02-28"), day("2026-02-09")) == -10
    assert working_days_between(CALENDAR, day("2026-02-09"), day("2026-02-09")) == 0


@pytest.mark.parametrize(
    ("first", "last", "is_estimate"),
    [
        ("2026-01-01", "2026-12-31", False),
        ("2026-12-31", "2027-01-01", True),
        ("2027-01-01", "2027-01-01", True),
        ("2003-12-31", "2004-01-01", True),
    ],
)
def test_a_year_without_arrangements_is_an_estimate(
    first: str, last: str, is_estimate: bool
) -> None:
    assert CALENDAR.is_estimate(day(first), day(last)) is is_estimate


def test_a_period_ending_on_a_day_off_ends_on_the_next_working_day() -> None:
    assert working_day_from(CALENDAR, day("2026-10-01")) == day("2026-10-08")
    assert working_day_from(CALENDAR, day("2026-10-10")) == day("2026-10-10")


# 2026-03-02 星期一交办，10 个工作日，原应 3 月 16 日到期。
START, ALLOWED = day("2026-03-02"), 10


@pytest.mark.parametrize(
    ("pauses", "end"),
    [
        ((), "2026-03-16"),
        # 3 月 4 日通知补正，3 月 6 日补齐：5、6 日不计。
        ((Pause(day("2026-03-04"), day("2026-03-06")),), "2026-03-18"),
        # 同一天停、同一天补齐，不顺延。
        ((Pause(day("2026-03-04"), day("2026-03-04")),), "2026-03-16"),
        # 周末停表，不多给天数。
        ((Pause(day("2026-03-06"), day("2026-03-08")),), "2026-03-16"),
        # 两段相接，不重复扣。
        (
            (
                Pause(day("2026-03-04"), day("2026-03-06")),
                Pause(day("2026-03-06"), day("2026-03-09")),
            ),
            "2026-03-19",
        ),
        # 还没有补齐：说不出哪天到期。
        ((Pause(day("2026-03-04")),), None),
        # 到期之后才停的，不影响到期日。
        ((Pause(day("2026-03-16")),), "2026-03-16"),
    ],
)
def test_the_clock_stands_while_paused(pauses: tuple[Pause, ...], end: str | None) -> None:
    assert due_day(CALENDAR, START, ALLOWED, pauses) == (day(end) if end else None)


@pytest.mark.parametrize(
    ("on", "left"),
    [
        ("2026-03-02", 10),
        ("2026-03-03", 9),
        ("2026-03-04", 8),
        ("2026-03-05", 8),
        ("2026-03-06", 8),
        ("2026-03-09", 7),
        ("2026-03-17", 1),
        ("2026-03-18", 0),
        ("2026-03-19", -1),
    ],
)
def test_remaining_days_of_a_paused_clock(on: str, left: int) -> None:
    pauses = (Pause(day("2026-03-04"), day("2026-03-06")),)
    assert remaining_days(CALENDAR, START, ALLOWED, day(on), pauses) == left


def test_days_left_reach_zero_on_the_due_day_whatever_the_pauses() -> None:
    """Two ways of counting agree for every start in a year and several pauses."""
    for offset in range(0, 365, 7):
        start = day("2025-06-01") + timedelta(days=offset)
        pauses = (
            Pause(start + timedelta(days=2), start + timedelta(days=9)),
            Pause(start + timedelta(days=12), start + timedelta(days=13)),
        )
        due = due_day(CALENDAR, start, 20, pauses)
        assert due is not None
        assert elapsed_days(CALENDAR, start, due, pauses) == 20
        assert elapsed_days(CALENDAR, start, due - timedelta(days=1), pauses) == 19
