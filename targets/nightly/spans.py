"""Which earlier days a day is compared with: the same day of the month, quarter and year before."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from enum import StrEnum

from targets.models import IndicatorRun, PaperKind
from targets.tables.due import newest_runs


class Span(StrEnum):
    """How far back; the value is the field of a paper's content."""

    LAST = "last"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


TITLES = {
    Span.LAST: "上次量度",
    Span.WEEK: "上周同日",
    Span.MONTH: "上月同日",
    Span.QUARTER: "上季同日",
    Span.YEAR: "上年同日",
}
MONTHS = {Span.MONTH: 1, Span.QUARTER: 3, Span.YEAR: 12}
# 每种报告最先与哪一天比：由达标转为未达标，说的就是相对这一天。
FIRST_SPAN = {
    PaperKind.NIGHTLY: Span.LAST,
    PaperKind.WEEKLY: Span.WEEK,
    PaperKind.MONTHLY: Span.MONTH,
    PaperKind.QUARTERLY: Span.QUARTER,
    PaperKind.YEARLY: Span.YEAR,
}


def spans_of(kind: PaperKind) -> tuple[Span, ...]:
    """What a report of the kind compares with, the nearest first."""
    first = FIRST_SPAN[kind]
    return (first, *(span for span in MONTHS if span is not first))


def matching_day(day: date, span: Span) -> date:
    """The day that matches `day` so far back; the end of a month matches the end of a month."""
    if span is Span.WEEK:
        return day - timedelta(days=7)
    months = day.year * 12 + day.month - 1 - MONTHS[span]
    year, month = months // 12, months % 12 + 1
    last = monthrange(year, month)[1]
    is_end = day.day == monthrange(day.year, day.month)[1]
    return date(year, month, last if is_end else min(day.day, last))


def first_day(kind: PaperKind, last: date) -> date:
    """The first day of the period whose report is made on its `last` day."""
    match kind:
        case PaperKind.WEEKLY:
            return last - timedelta(days=6)
        case PaperKind.MONTHLY:
            return last.replace(day=1)
        case PaperKind.QUARTERLY:
            return date(last.year, (last.month - 1) // 3 * 3 + 1, 1)
        case PaperKind.YEARLY:
            return date(last.year, 1, 1)
        case _:
            return last


def is_last_day(kind: PaperKind, day: date) -> bool:
    """Whether a report of the kind is made of `day`."""
    following = day + timedelta(days=1)
    match kind:
        case PaperKind.WEEKLY:
            return following.weekday() == 0
        case PaperKind.MONTHLY:
            return following.day == 1
        case PaperKind.QUARTERLY:
            return following.day == 1 and following.month % 3 == 1
        case PaperKind.YEARLY:
            return (following.month, following.day) == (1, 1)
        case _:
            return kind is PaperKind.NIGHTLY


def runs_before(run: IndicatorRun, spans: tuple[Span, ...]) -> dict[Span, IndicatorRun]:
    """The run to compare with for each span that was measured; a correction takes the place of
    what it corrects, and a run is not compared with another one of its own day."""
    days = {span: matching_day(run.as_of, span) for span in spans if span is not Span.LAST}
    measured = newest_runs(days.values())
    found: dict[Span, IndicatorRun] = {
        span: measured[day] for span, day in days.items() if day in measured
    }
    if Span.LAST in spans and (last := _last_before(run)) is not None:
        found[Span.LAST] = last
    return found


def _last_before(run: IndicatorRun) -> IndicatorRun | None:
    earlier = IndicatorRun.objects.published().filter(as_of__lt=run.as_of)
    return earlier.newest_first().first()
