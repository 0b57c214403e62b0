"""Exactly once: two real workers on Redis racing, and senders killed at the worst moments."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from celery import current_app
from django.conf import settings
from django.utils import timezone

from targets.mailing.outbox import send_due
from targets.models import MailState, ReportMail
from targets.tests.factories import City, make_city
from targets.tests.mailing.scene import make_mail, make_paper, make_subscription
from targets.tests.mailing.servers import HERE, MailServer, listening

PATIENCE_SECONDS = 60
MAILS = 50
REPORTS_ONLY = (
    *("--queues=reports", "--pool=solo"),
    *("--without-gossip", "--without-mingle", "--without-heartbeat"),
)


def eventually(condition: Callable[[], bool], what: str) -> None:
    waited_until = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < waited_until, f"等不到：{what}"
        time.sleep(0.05)


@pytest.fixture
def city(transactional_db: None) -> City:
    return make_city()


@pytest.fixture
def post(process_environment: dict[str, str]) -> dict[str, str]:
    """The environment of processes that send; every test says where to."""
    process_environment |= {
        "MAIL_FROM": "yyjh@example.gov.cn",
        "PORTAL_URL": "https://yyjh.example.gov.cn",
        "MAIL_TLS": "none",
    }
    return process_environment


@pytest.fixture
def server(post: dict[str, str], mail_from: None, settings: Any) -> Iterator[MailServer]:
    """A mail server for the workers and for this process."""
    with listening() as one:
        post |= {"MAIL_HOST": HERE, "MAIL_PORT": str(one.port)}
        settings.MAIL_DIR = settings.MAIL_USER = settings.MAIL_PASSWORD = ""
        settings.MAIL_HOST, settings.MAIL_PORT, settings.MAIL_TLS = HERE, one.port, "none"
        yield one


def send() -> None:
    current_app.send_task("targets.send_reports", queue="reports")


def none_left() -> bool:
    open_ones = [MailState.PENDING, MailState.SENDING]
    return not ReportMail.objects.filter(state__in=open_ones).exists()


def later() -> Any:
    return timezone.now() + timedelta(hours=1)


def settle(mail: ReportMail) -> None:
    """Recover what the dead sender left, then send what waits."""
    eventually(lambda: send_due(later) >= 0 and not is_sending(mail), "死去的进程放开邮件")
    send_due(lambda: later() + timedelta(hours=1))
    mail.refresh_from_db()


@pytest.mark.celery
def test_two_workers_send_fifty_mails_once_each(
    city: City, server: MailServer, celery_worker_process: Any
) -> None:
    paper = make_paper(city.city)
    for _ in range(MAILS):
        make_mail(make_subscription(city.city), paper)
    for _ in range(2):
        celery_worker_process(*REPORTS_ONLY)
    for _ in range(6):
        send()
    eventually(none_left, "五十封都寄出")
    uids = ReportMail.objects.values_list("uid", flat=True)
    assert server.times == {f"<{uid}@example.gov.cn>": 1 for uid in uids}
    assert not ReportMail.objects.exclude(state=MailState.SENT, attempts=1).exists()


@pytest.mark.celery
@pytest.mark.parametrize(
    ("place", "left"),
    [("RCPT", MailState.SENT), ("DATA", MailState.IN_DOUBT)],
    ids=["before handing over", "between handing over and recording"],
)
def test_a_worker_killed_on_the_way_to_a_server(
    city: City,
    server: MailServer,
    celery_worker_process: Any,
    place: str,
    left: str,
) -> None:
    mail = make_mail(make_subscription(city.city))
    server.stalls_at = place
    victim = celery_worker_process(*REPORTS_ONLY)
    send()
    eventually(server.stalled.is_set, "工作进程连上服务器")
    victim.kill()
    victim.wait()
    server.let_go.set()
    settle(mail)
    assert mail.state == left
    assert server.times == {f"<{mail.uid}@example.gov.cn>": 1}


def is_sending(mail: ReportMail) -> bool:
    return ReportMail.objects.filter(pk=mail.pk, state=MailState.SENDING).exists()


@pytest.mark.parametrize(("place", "written"), [("before", 0), ("after", 1)])
def test_a_sender_killed_around_writing_leaves_exactly_one_file(
    city: City, post: dict[str, str], folder: Path, place: str, written: int
) -> None:
    mail = make_mail(make_subscription(city.city))
    post |= {"MAIL_HOST": "", "MAIL_DIR": str(folder)}
    command = [sys.executable, "-m", "targets.tests.mailing.dying", place]
    killed = subprocess.run(command, env=post, cwd=settings.BASE_DIR, check=False)
    assert killed.returncode == -9
    assert (is_sending(mail), len(files(folder))) == (True, written)
    settle(mail)
    assert mail.state == MailState.SENT
    assert files(folder) == [f"<{mail.uid}@example.gov.cn>"]


def files(folder: Path) -> list[str]:
    """The Message-ID of every mail written."""
    return [str(message_from_bytes(one.read_bytes())["Message-ID"]) for one in folder.glob("*.eml")]
