"""What has been kept long enough goes in whole batches, and the rest still proves whole."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection

from yiyang.audit.anchoring import anchor_head
from yiyang.audit.canonical import event_fields
from yiyang.audit.expiry import due_for_expiry, expire_events
from yiyang.audit.kinds import EventKind
from yiyang.audit.models import AuditBatch, AuditEvent, AuditSeal
from yiyang.audit.verification import BrokenChainError, verify_audit

chain = pytest.mark.usefixtures("no_events", "anchor_path")
TODAY = datetime.now(UTC)
DAYS_AGO = (400, 300, 200, 100, 0)


def happen(at: datetime) -> None:
    """Write an event of that instant, as it would have been written then."""
    event = AuditEvent(at=at, kind="REVEAL", outcome="ALLOWED", details={}, key_id="a1")
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('yiyang_auditevent_id_seq')")
        (event.pk,) = cursor.fetchone()
    event.mac = event_fields(event).mac()
    event.save(force_insert=True)


@pytest.fixture
def years(anchor_path: Path, no_events: None) -> Path:
    """Two events and an anchor on each of five days of the past; a batch each."""
    for days in DAYS_AGO:
        at = TODAY - timedelta(days=days)
        happen(at)
        happen(at)
        anchor_head(at=at + timedelta(seconds=1), path=anchor_path)
    return anchor_path


def kept() -> list[int]:
    """How many days ago the events left were."""
    instants = AuditEvent.objects.filter(kind="REVEAL").order_by("at").values_list("at", flat=True)
    return [(TODAY - at).days for at in instants]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("keep", "left"),
    [
        (365, [300, 300, 200, 200, 100, 100, 0, 0]),
        (250, [200, 200, 100, 100, 0, 0]),
        (183, [100, 100, 0, 0]),
        (401, [400, 400, 300, 300, 200, 200, 100, 100, 0, 0]),
    ],
)
def test_what_is_older_goes_and_the_rest_is_whole(
    years: Path, settings: Any, keep: int, left: list[int]
) -> None:
    settings.AUDIT_KEEP_DAYS = keep
    due = expire_events(at=TODAY, path=years)
    assert kept() == left
    assert (due.events if due else 0) == 10 - len(left)
    # 清除本身也记一条，等待封存。
    verified = verify_audit(at=TODAY, path=years)
    assert (verified.events, verified.waiting) == (len(left), 1 if due else 0)
    assert AuditSeal.objects.count() == len(left)


@pytest.mark.django_db(transaction=True)
def test_the_audit_goes_on_after_expiry_and_can_expire_again(years: Path, settings: Any) -> None:
    expire_events(at=TODAY, path=years)
    settings.AUDIT_KEEP_DAYS = 183
    expire_events(at=TODAY, path=years)
    happen(TODAY)
    anchor_head(at=TODAY, path=years)
    # 剩下四条，新的一条，两次清除各一条。
    assert verify_audit(at=TODAY, path=years).events == 7


@pytest.mark.django_db(transaction=True)
def test_expiry_is_itself_on_record(years: Path) -> None:
    expire_events(at=TODAY, path=years)
    event = AuditEvent.objects.get(kind=EventKind.AUDIT_EXPIRY)
    assert event.details == {"events": 2, "through": 2}


@pytest.mark.django_db(transaction=True)
def test_stopped_between_anchor_and_removal_it_is_whole_and_can_be_taken_up(
    years: Path, settings: Any
) -> None:
    settings.AUDIT_KEEP_DAYS = 182  # 数据库不许，于是停在半路
    with pytest.raises(DatabaseError, match="至少保存 183 天"):
        expire_events(at=TODAY, path=years)
    assert verify_audit(at=TODAY, path=years).events == 10
    settings.AUDIT_KEEP_DAYS = 183
    expire_events(at=TODAY, path=years)
    assert verify_audit(at=TODAY, path=years).events == 4


@pytest.mark.django_db(transaction=True)
def test_removing_the_beginning_without_the_anchor_is_found(
    years: Path, tamper: Callable[[str], None]
) -> None:
    tamper(
        "DELETE FROM yiyang_auditevent WHERE id IN"
        " (SELECT event_id FROM yiyang_auditseal WHERE position <= 2);"
        "DELETE FROM yiyang_auditseal WHERE position <= 2;"
        "DELETE FROM yiyang_auditbatch WHERE number = 1"
    )
    with pytest.raises(BrokenChainError, match="头部被截去"):
        verify_audit(at=TODAY, path=years)


@pytest.mark.django_db(transaction=True)
def test_the_last_batch_stays_however_old(anchor_path: Path, no_events: None) -> None:
    for days in (900, 800):
        happen(TODAY - timedelta(days=days))
        anchor_head(at=TODAY - timedelta(days=days), path=anchor_path)
    assert due_for_expiry(at=TODAY, path=anchor_path) is not None
    expire_events(at=TODAY, path=anchor_path)
    assert AuditBatch.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_command_says_first_what_it_will_remove(years: Path) -> None:
    said = StringIO()
    call_command("expire_audit", dry_run=True, stdout=said)
    assert "将清除 2 条审计" in said.getvalue()
    assert len(kept()) == 10
    call_command("expire_audit", stdout=said)
    assert "已清除 2 条审计" in said.getvalue()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("through", "days", "message"),
    [
        (2, 182, "至少保存 183 天"),
        (2, 0, "至少保存 183 天"),
        (8, 183, "未满 183 天"),
        (3, 183, "整批清除"),
        (10, 183, "最后一批"),
        (99, 183, "整批清除"),
    ],
)
def test_the_database_refuses_to_remove_more(
    years: Path, through: int, days: int, message: str
) -> None:
    with connection.cursor() as cursor, pytest.raises(DatabaseError, match=message):
        cursor.execute("SELECT yiyang_expire_audit(%s, %s)", [through, days])
    assert len(kept()) == 10


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"AUDIT_KEEP_DAYS": "182"}, "至少保存 183 天"),
        ({"AUDIT_KEEP_DAYS": "0"}, "至少保存 183 天"),
        ({"AUDIT_KEY_ID": "a9"}, "不在 AUDIT_KEYS 中"),
    ],
)
def test_the_portal_does_not_start_with_less(wrong: dict[str, str], message: str) -> None:
    command = [sys.executable, "-c", "import yiyang.settings"]
    started = subprocess.run(
        command, env={**os.environ, **wrong}, capture_output=True, text=True, check=False
    )
    assert started.returncode != 0
    assert message in started.stderr
