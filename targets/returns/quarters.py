"""Quarters of a year, and the working days by which each level reports."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings

from yiyang.holidays.calendar import work_calendar
from yiyang.lib.working_days import add_working_days

ONE_DAY = timedelta(days=1)
MONTHS, QUARTERS = 3, 4


@dataclass(frozen=True, slots=True)
class Quarter:
    """One quarter, 1 to 4 of a year."""

    year: int
    number: int

    @property
    def first_day(self) -> date:
        return date(self.year, MONTHS * self.number - 2, 1)

    @property
    def last_day(self) -> date:
        return self.following.first_day - ONE_DAY

    @property
    def following(self) -> Quarter:
        return self._moved(1)

    @property
    def before(self) -> Quarter:
        return self._moved(-1)

    @property
    def a_year_before(self) -> Quarter:
        return Quarter(self.year - 1, self.number)

    def _moved(self, quarters: int) -> Quarter:
        years, place = divmod(self.number - 1 + quarters, QUARTERS)
        return Quarter(self.year + years, place + 1)


def quarter_of(day: date) -> Quarter:
    """The quarter `day` lies in."""
    return Quarter(day.year, (day.month + 2) // MONTHS)


@dataclass(frozen=True, slots=True)
class DueDays:
    """The last day in time of each level."""

    institution: date
    district: date
    city: date


def due_days(quarter: Quarter) -> DueDays:
    """The days the settings give, counted in working days from the day after the quarter."""
    calendar = work_calendar(quarter.last_day)
    allowed = settings.RETURN_WORKING_DAYS
    return DueDays(*(add_working_days(calendar, quarter.last_day, days) for days in allowed))
