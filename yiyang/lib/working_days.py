"""Working days: which days count, when a period ends, and a clock that can be stopped."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

ONE_DAY = timedelta(days=1)
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """Days off and weekend days worked; a year that is not known counts Monday to Friday."""

    days_off: frozenset[date] = frozenset()
    days_worked: frozenset[date] = frozenset()
    known_years: frozenset[int] = frozenset()

    def is_working_day(self, day: date) -> bool:
        if day in self.days_worked:
            return True
        return day.weekday() < SATURDAY and day not in self.days_off

    def is_estimate(self, first: date, last: date) -> bool:
        """Whether any year from `first` to `last` has no arrangement yet (暂估)."""
        return any(year not in self.known_years for year in range(first.year, last.year + 1))


@dataclass(frozen=True, slots=True)
class Pause:
    """The clock stands after `stopped_on` and runs again after `resumed_on`; open without one.

    A day on which something happens belongs to what was before, as 民法典第二百零一条 has it.
    """

    stopped_on: date
    resumed_on: date | None = None

    def covers(self, day: date) -> bool:
        return self.stopped_on < day and (self.resumed_on is None or day <= self.resumed_on)


def add_working_days(calendar: WorkCalendar, start: date, days: int) -> date:
    """The last day of a period of working days that begins on the day after `start`."""
    day = start
    for _ in range(days):
        day = _next(calendar, day + ONE_DAY)
    return day


def working_days_between(calendar: WorkCalendar, start: date, end: date) -> int:
    """The working days after `start` up to and including `end`; negative when `end` is earlier."""
    if end < start:
        return -working_days_between(calendar, end, start)
    return sum(calendar.is_working_day(day) for day in _days(start + ONE_DAY, end))


def working_day_from(calendar: WorkCalendar, day: date) -> date:
    """`day` or the next working day: no period ends on a day off (民法典第二百零三条)."""
    return _next(calendar, day)


def elapsed_days(
    calendar: WorkCalendar, start: date, day: date, pauses: Collection[Pause] = ()
) -> int:
    """The working days that the clock has run after `start` up to and including `day`."""
    return sum(_counts(calendar, one, pauses) for one in _days(start + ONE_DAY, day))


def due_day(
    calendar: WorkCalendar, start: date, allowed: int, pauses: Collection[Pause] = ()
) -> date | None:
    """The last of the `allowed` working days; None while the clock stands before reaching it."""
    day, left = start, allowed
    while left > 0:
        day += ONE_DAY
        if any(one.resumed_on is None and one.covers(day) for one in pauses):
            return None
        left -= _counts(calendar, day, pauses)
    return day


def remaining_days(
    calendar: WorkCalendar, start: date, allowed: int, day: date, pauses: Collection[Pause] = ()
) -> int:
    """Working days left on `day`: 0 on the due day itself, negative after it."""
    return allowed - elapsed_days(calendar, start, day, pauses)


def _counts(calendar: WorkCalendar, day: date, pauses: Collection[Pause]) -> bool:
    return calendar.is_working_day(day) and not any(pause.covers(day) for pause in pauses)


def _next(calendar: WorkCalendar, day: date) -> date:
    while not calendar.is_working_day(day):
        day += ONE_DAY
    return day


def _days(first: date, last: date) -> Iterator[date]:
    day = first
    while day <= last:
        yield day
        day += ONE_DAY
