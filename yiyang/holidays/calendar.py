"""The register of holidays as the calendar that periods are counted by."""

from __future__ import annotations

from datetime import date

from yiyang.holidays.models import Holiday, HolidayKind
from yiyang.lib.working_days import WorkCalendar


def work_calendar(since: date) -> WorkCalendar:
    """Every day registered from the beginning of the year of `since`, in one query."""
    rows = Holiday.objects.kept().filter(day__gte=date(since.year, 1, 1))
    days: dict[str, set[date]] = {kind: set() for kind in HolidayKind.values}
    for day, kind in rows.values_list("day", "kind"):
        days[kind].add(day)
    off = frozenset(days[HolidayKind.OFF])
    return WorkCalendar(off, frozenset(days[HolidayKind.WORKED]), known_years(off))


def known_years(days_off: frozenset[date]) -> frozenset[int]:
    """Years entered from 元旦 to 国庆; one entered half still counts as an estimate."""
    years = {day.year for day in days_off}
    return frozenset(
        year for year in years if {date(year, 1, 1), date(year, 10, 1)} <= set(days_off)
    )
