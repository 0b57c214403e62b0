"""Which days a report is compared with, and of which days one is made."""

from __future__ import annotations

from datetime import date

import pytest

from targets.models import PaperKind
from targets.nightly.spans import Span, first_day, is_last_day, matching_day, spans_of


@pytest.mark.parametrize(
    ("day", "span", "expected"),
    [
        ("2026-11-23", Span.WEEK, "2026-11-16"),
        ("2026-11-23", Span.MONTH, "2026-10-23"),
        ("2026-11-23", Span.QUARTER, "2026-08-23"),
        ("2026-11-23", Span.YEAR, "2025-11-23"),
        # 月末对月末，不论这个月有几天
        ("2026-04-30", Span.MONTH, "2026-03-31"),
        ("2026-02-28", Span.QUARTER, "2025-11-30"),
        ("2026-03-31", Span.MONTH, "2026-02-28"),
        # 不是月末，而上个月没有这一天
        ("2026-03-30", Span.MONTH, "2026-02-28"),
        # 闰年的 2 月 29 日
        ("2028-02-29", Span.YEAR, "2027-02-28"),
        ("2028-02-28", Span.YEAR, "2027-02-28"),
        ("2029-02-28", Span.YEAR, "2028-02-29"),
        ("2026-01-15", Span.MONTH, "2025-12-15"),
        ("2026-02-10", Span.QUARTER, "2025-11-10"),
    ],
)
def test_a_day_is_compared_with_the_one_that_matches_it(
    day: str, span: Span, expected: str
) -> None:
    assert matching_day(date.fromisoformat(day), span) == date.fromisoformat(expected)


@pytest.mark.parametrize(
    ("kind", "last", "first"),
    [
        (PaperKind.NIGHTLY, "2026-11-23", "2026-11-23"),
        (PaperKind.WEEKLY, "2026-11-22", "2026-11-16"),
        (PaperKind.MONTHLY, "2026-11-30", "2026-11-01"),
        (PaperKind.QUARTERLY, "2026-09-30", "2026-07-01"),
        (PaperKind.QUARTERLY, "2026-12-31", "2026-10-01"),
        (PaperKind.YEARLY, "2026-12-31", "2026-01-01"),
    ],
)
def test_a_period_ends_on_its_last_day_and_on_no_other(
    kind: PaperKind, last: str, first: str
) -> None:
    day = date.fromisoformat(last)
    assert first_day(kind, day) == date.fromisoformat(first)
    assert is_last_day(kind, day)
    if kind is not PaperKind.NIGHTLY:
        assert not is_last_day(kind, date.fromisoformat(first))


def test_the_end_of_a_year_ends_every_period_but_the_week() -> None:
    ends = {kind.value for kind in PaperKind if is_last_day(kind, date(2026, 12, 31))}
    assert ends == {"NIGHTLY", "MONTHLY", "QUARTERLY", "YEARLY"}


def test_a_monthly_report_compares_with_the_month_before_first_and_only_once() -> None:
    assert spans_of(PaperKind.MONTHLY) == (Span.MONTH, Span.QUARTER, Span.YEAR)
    assert spans_of(PaperKind.NIGHTLY) == (Span.LAST, Span.MONTH, Span.QUARTER, Span.YEAR)
    assert spans_of(PaperKind.WEEKLY)[0] is Span.WEEK
