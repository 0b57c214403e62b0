"""Who is written a mail about which report, and who is warned of a silence: a table."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from institutions.models import Region
from targets.mailing.outbox import send_due
from targets.mailing.queueing import make_out, report_mails
from targets.mailing.schedules import due_at, runs_to_report, scheduled_kinds
from targets.models import (
    IndicatorRun,
    MailKind,
    PaperKind,
    ReportFrequency,
    ReportMail,
    ReportThreshold,
    RunStatus,
)
from targets.runs.silence import is_silent
from targets.tests.factories import City
from targets.tests.mailing.scene import (
    AT,
    EIGHT,
    make_paper,
    make_subscriber,
    make_subscription,
)
from yiyang.access.roles import Role

LATER = AT + timedelta(minutes=1)


def test_a_report_is_written_once_and_sent_from_its_hour_on(city: City, folder: Path) -> None:
    make_subscription(city.city)
    paper = make_paper(city.city)
    assert [make_out(LATER), make_out(LATER)] == [1, 0]
    mail = ReportMail.objects.get()
    assert (mail.paper, mail.due_at) == (paper, EIGHT)
    assert send_due(lambda: EIGHT - timedelta(seconds=1)) == 0
    assert send_due(lambda: EIGHT) == 1


@pytest.mark.parametrize(
    ("made", "due"),
    [
        (AT, EIGHT),
        (EIGHT, EIGHT),
        (EIGHT + timedelta(seconds=1), EIGHT + timedelta(seconds=1)),
        (AT.replace(hour=23), AT.replace(hour=23)),
    ],
)
def test_when_a_report_is_sent(made: datetime, due: datetime) -> None:
    assert due_at(PaperKind.NIGHTLY, made) == due


@pytest.mark.parametrize(
    ("threshold", "has_changes", "newly_lost", "is_sent"),
    [
        (ReportThreshold.ALWAYS, False, [], True),
        (ReportThreshold.CHANGED, False, [], False),
        (ReportThreshold.CHANGED, True, [], True),
        (ReportThreshold.WORSE, True, [], False),
        (ReportThreshold.WORSE, True, [{"indicator": "GC17"}], True),
    ],
)
def test_the_threshold(
    city: City, threshold: str, has_changes: bool, newly_lost: list[Any], is_sent: bool
) -> None:
    make_subscription(city.city, threshold=threshold)
    make_paper(city.city, has_changes=has_changes, newly_lost=newly_lost)
    assert make_out(LATER) == is_sent


@pytest.mark.parametrize(
    "change",
    [
        {"frequency": ReportFrequency.WEEKLY},
        {"paused_at": AT},
        {"confirmed_at": None},
        {"ended_at": AT, "end_reason": "BY_ACCOUNT"},
        {"sends_from": AT + timedelta(seconds=1)},
    ],
    ids=["another frequency", "paused", "unconfirmed", "ended", "subscribed afterwards"],
)
def test_who_is_written_nothing(city: City, change: dict[str, Any]) -> None:
    make_subscription(city.city, **change)
    make_paper(city.city)
    assert make_out(LATER) == 0


def test_each_region_has_its_own_report(city: City) -> None:
    east = make_subscription(city.east, make_subscriber(city.east))
    make_paper(city.west)
    assert make_out(LATER) == 0
    paper = make_paper(city.east)
    make_out(LATER)
    assert list(ReportMail.objects.values_list("subscription", "paper")) == [(east.pk, paper.pk)]


def test_bulletins_are_not_mailed_and_old_reports_no_more(city: City) -> None:
    make_subscription(city.city, sends_from=AT - timedelta(days=30))
    make_paper(city.city, kind=PaperKind.BULLETIN)
    make_paper(city.city, at=AT - timedelta(days=7))
    assert make_out(AT) == 0
    make_paper(city.city, at=AT - timedelta(days=7) + timedelta(seconds=1))
    assert make_out(AT) == 1


def test_queries_do_not_grow_with_papers_or_readers(
    city: City, django_assert_num_queries: Any
) -> None:
    for region in (city.city, city.east, city.west):
        for _ in range(4):
            make_subscription(region)
        make_paper(region)
    with django_assert_num_queries(3):
        assert len(report_mails(LATER)) == 12


# ── 没有量度 ─────────────────────────────────────────────────────────────────


def make_run(region: Region, finished: datetime, **more: Any) -> IndicatorRun:
    values: dict[str, Any] = {"status": RunStatus.DONE, "seen_number": 0, "as_of": date(2026, 1, 1)}
    values |= {"started_at": finished, "heartbeat_at": finished, "finished_at": finished}
    return IndicatorRun.objects.create(region=region, **(values | more))


@pytest.mark.parametrize(
    ("hours", "seconds", "is_late"), [(25, 0, False), (26, 0, False), (26, 1, True), (27, 0, True)]
)
def test_exactly_26_hours_are_in_time(hours: int, seconds: int, is_late: bool) -> None:
    assert is_silent(AT - timedelta(hours=hours, seconds=seconds), AT) == is_late


def test_a_silence_is_told_once_to_each_address(city: City) -> None:
    account = make_subscriber(role=Role.LEADER)
    for frequency in (ReportFrequency.DAILY, ReportFrequency.WEEKLY):
        make_subscription(city.city, account, address="one@example.gov.cn", frequency=frequency)
    make_subscription(city.city, address="two@example.gov.cn")
    make_run(city.city, AT)
    silent = AT + timedelta(hours=26, seconds=1)
    assert make_out(silent - timedelta(seconds=1)) == 0
    assert make_out(silent) == 2
    for hours in (1, 24, 48):
        assert make_out(silent + timedelta(hours=hours)) == 0
    told = ReportMail.objects.filter(kind=MailKind.SILENCE)
    assert sorted(told.values_list("subscription__address", flat=True)) == [
        "one@example.gov.cn",
        "two@example.gov.cn",
    ]
    make_run(city.city, silent + timedelta(days=3))
    assert make_out(silent + timedelta(days=3)) == 0
    assert make_out(silent + timedelta(days=5)) == 2


def test_a_portal_that_never_measured_is_not_silent(city: City) -> None:
    make_subscription(city.city)
    assert make_out(AT) == 0


# ── 做哪些报告 ────────────────────────────────────────────────────────────────


def test_the_settings_say_which_reports_are_made(settings: Any) -> None:
    settings.REPORT_SCHEDULES = {"MONTHLY": 9, "NIGHTLY": 8}
    assert scheduled_kinds() == [PaperKind.NIGHTLY, PaperKind.MONTHLY]


def test_missed_reports_are_of_the_newest_run_of_each_recent_day(city: City) -> None:
    today = AT.date()
    days = {days: today - timedelta(days=days) for days in (1, 7, 8, 300)}
    runs = {n: make_run(city.city, AT, as_of=day) for n, day in days.items()}
    corrected = make_run(city.city, AT, as_of=days[1], reason="补报")
    make_run(city.east, AT, as_of=days[1], is_preview=True)
    assert runs_to_report(today) == [runs[7], corrected]
