"""From a finished run to a mail in the box: made, caught up, written, sent."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from targets import tasks
from targets.mailing.outbox import send_due
from targets.mailing.queueing import make_out
from targets.mailing.tasks import catch_up_reports, make_run_reports
from targets.models import IndicatorRun, Paper, PaperKind
from targets.tests.factories import City
from targets.tests.mailing.scene import make_subscription
from targets.tests.page_scene import make_scene, store_run


@pytest.fixture
def run(city: City) -> IndicatorRun:
    """The run of yesterday; both districts have green channels to count."""
    make_scene(city)
    return store_run(city.city, timezone.localdate() - timedelta(days=1))


def test_a_finished_run_becomes_a_mail(
    city: City, run: IndicatorRun, folder: Path, settings: Any
) -> None:
    settings.REPORT_SCHEDULES = {"NIGHTLY": 0}
    since = timezone.now() - timedelta(minutes=1)
    subscription = make_subscription(city.east, sends_from=since, has_workbook=True)
    make_run_reports(run.pk)
    make_out(timezone.now())
    assert send_due(timezone.now) == 1
    [path] = folder.iterdir()
    message: Any = message_from_bytes(path.read_bytes(), policy=policy.default)
    paper = Paper.objects.get(kind=PaperKind.NIGHTLY, region=city.east)
    assert paper.title in message["Subject"]
    assert message["To"] == subscription.address
    text = message.get_body(("plain",)).get_content()
    assert paper.content["text"].splitlines()[0] in text
    [workbook] = message.iter_attachments()
    assert workbook.get_filename() == f"{paper.title}.xlsx"
    assert workbook.get_content().startswith(b"PK")


def test_missed_reports_are_made_once(city: City, run: IndicatorRun, settings: Any) -> None:
    settings.REPORT_SCHEDULES = {"NIGHTLY": 8}
    for _ in range(2):
        catch_up_reports()
    made = Paper.objects.filter(run=run)
    assert sorted(made.values_list("region__name", flat=True)) == ["东区", "测试市", "西区"]
    assert set(made.values_list("kind", flat=True)) == {PaperKind.NIGHTLY}


def test_the_night_calls_for_the_reports_of_its_run(monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[int] = []
    monkeypatch.setattr(tasks, "nights_due", lambda today: [today - timedelta(days=1)])
    monkeypatch.setattr(tasks, "measure_night", lambda day: IndicatorRun(pk=7, as_of=day))
    monkeypatch.setattr(make_run_reports, "delay", called.append)
    tasks.take_nightly_snapshot()
    assert called == [7]
