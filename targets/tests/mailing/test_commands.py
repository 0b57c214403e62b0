"""What cron and the operators are told: exit codes, /healthz, settings that contradict."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as portal
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from targets.models import MailState, ReportMail
from targets.tests.factories import City
from targets.tests.mailing.scene import make_mail, make_paper, make_subscription
from targets.tests.mailing.test_queueing import make_run
from yiyang import mail_settings

HOURS_26 = timedelta(hours=26)


def run(name: str, *arguments: str) -> tuple[int, str]:
    """The exit code and what was printed."""
    printed = StringIO()
    try:
        call_command(name, *arguments, stdout=printed, stderr=printed)
    except CommandError as error:
        return error.returncode, printed.getvalue() + str(error)
    return 0, printed.getvalue()


@pytest.mark.parametrize(
    ("ago", "code"),
    [(None, 1), (timedelta(hours=1), 0), (HOURS_26 - timedelta(minutes=1), 0), (HOURS_26, 2)],
)
def test_check_run_tells_cron(city: City, ago: timedelta | None, code: int) -> None:
    if ago is not None:
        make_run(city.city, timezone.now() - ago)
    assert run("check_run")[0] == code


@pytest.mark.parametrize(
    ("state", "is_stale", "code"),
    [
        (MailState.SENT, False, 0),
        (MailState.DEAD, False, 1),
        (MailState.IN_DOUBT, False, 1),
        (MailState.DEAD, True, 2),
    ],
)
def test_send_reports_tells_cron(
    city: City, folder: Path, state: str, is_stale: bool, code: int
) -> None:
    at = timezone.now()
    make_run(city.city, at - (HOURS_26 if is_stale else timedelta(hours=1)))
    make_mail(make_subscription(city.city), state=state, done_at=at, trouble="没有答复。")
    assert run("send_reports", "--dry-run")[0] == code


def test_a_dry_run_writes_and_sends_nothing(city: City, folder: Path) -> None:
    make_run(city.city, timezone.now())
    at = timezone.now()
    subscription = make_subscription(city.city, sends_from=at - timedelta(days=1))
    make_paper(city.city, at=at - timedelta(hours=1))
    code, told = run("send_reports", "--dry-run")
    assert (code, "会写入报告 1 封" in told) == (0, True)
    assert not ReportMail.objects.exists()
    assert not folder.exists()
    assert subscription.address not in told
    code, told = run("send_reports")
    assert "新写入 1 封" in told
    assert ReportMail.objects.count() == 1


@pytest.mark.django_db
def test_health_counts_mail_and_stays_in_service(city: City, client: Client) -> None:
    make_run(city.city, timezone.now())
    at = timezone.now()
    mail = make_mail(
        make_subscription(city.city), state=MailState.IN_DOUBT, done_at=at, trouble="没有答复。"
    )
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json()["mail"] == {"waiting": 0, "overdue": 0, "dead": 0, "in_doubt": 1}
    assert mail.subscription.address not in answer.content.decode()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"MAIL_HOST": "smtp.example.gov.cn", "MAIL_DIR": "/tmp/mail"}, "只能设一个"),
        ({"MAIL_TLS": "tls"}, "应为 starttls、ssl 或 none"),
        ({"MAIL_TLS": "none", "MAIL_PASSWORD": "x", "MAIL_USER": "x"}, "明文"),
        ({"MAIL_USER": "x"}, "要么都填"),
        ({"MAIL_HOST": "smtp.example.gov.cn", "MAIL_FROM": ""}, "须设 MAIL_FROM"),
        ({"MAIL_HOST": "smtp.example.gov.cn", "MAIL_FROM": "a@b.cn\nBcc: c@d.cn"}, "MAIL_FROM"),
        ({"MAIL_DIR": "/tmp/mail", "MAIL_FROM": "a@b.cn", "PORTAL_URL": ""}, "须设 PORTAL_URL"),
        ({"REPORT_SCHEDULES": {"HOURLY": 8}}, "只能写"),
        ({"REPORT_SCHEDULES": {"NIGHTLY": 24}}, "0 到 23"),
        ({"REPORT_CATCH_UP_DAYS": 0}, "至少 1 天"),
    ],
)
def test_settings_that_contradict_are_refused(
    monkeypatch: pytest.MonkeyPatch, change: dict[str, Any], words: str
) -> None:
    empty = {"MAIL_HOST": "", "MAIL_DIR": "", "MAIL_USER": "", "MAIL_PASSWORD": ""}
    for name, value in {**empty, **change}.items():
        monkeypatch.setattr(mail_settings, name, value)
    with pytest.raises(ImproperlyConfigured, match=words):
        mail_settings.check_mail_settings()


def test_the_portal_does_not_start_with_them() -> None:
    environment = {**os.environ, "MAIL_HOST": "smtp.example.gov.cn", "MAIL_FROM": ""}
    command = [sys.executable, "-c", "import yiyang.settings"]
    asked = subprocess.run(
        command, env=environment, cwd=portal.BASE_DIR, capture_output=True, text=True, check=False
    )
    assert asked.returncode != 0
    assert "MAIL_FROM" in asked.stderr
