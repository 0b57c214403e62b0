"""However many write and seal at once, there is one chain with every event in it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from psycopg2.extensions import connection as Connection

from yiyang.audit.anchoring import anchor_head
from yiyang.audit.models import AuditBatch, AuditEvent, AuditSeal
from yiyang.audit.recording import close_own_connection
from yiyang.audit.sealing import (
    LATEST_ARRIVAL,
    SEALER_KEY,
    SealerBusyError,
    seal_events,
    sealer_lock,
)
from yiyang.audit.tasks import anchor, expire, seal, verify
from yiyang.audit.tests.conftest import NOW, look
from yiyang.audit.verification import BrokenChainError, verify_audit

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("no_events", "anchor_path"),
]
WRITERS, EACH, SEALERS = 6, 40, 2


def in_thread(work: Callable[[], int]) -> int:
    """Run with connections of the thread's own, closed afterwards."""
    try:
        return work()
    finally:
        close_own_connection()
        connection.close()


def test_many_writers_and_two_sealers_leave_one_unbroken_chain(anchor_path: Path) -> None:
    def write() -> int:
        return len(look(EACH))

    def seal_often() -> int:
        return sum(seal_events(at=NOW) for _ in range(15))

    with ThreadPoolExecutor(WRITERS + SEALERS) as pool:
        writing = [pool.submit(in_thread, write) for _ in range(WRITERS)]
        sealing = [pool.submit(in_thread, seal_often) for _ in range(SEALERS)]
        written = sum(one.result() for one in writing)
        sealed = sum(one.result() for one in sealing)
    sealed += seal_events(at=NOW)
    assert written == sealed == WRITERS * EACH
    assert verify_audit(at=NOW, path=anchor_path).events == WRITERS * EACH
    positions = AuditSeal.objects.order_by("position").values_list("position", flat=True)
    assert list(positions) == list(range(1, WRITERS * EACH + 1))


def test_sealing_twice_seals_once(anchor_path: Path) -> None:
    look(3)
    assert [seal_events(at=NOW), seal_events(at=NOW)] == [3, 0]
    assert AuditBatch.objects.count() == 1


def test_an_event_of_a_lower_number_that_commits_later_is_sealed_next(
    anchor_path: Path, owner_connection: Connection
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('yiyang_auditevent_id_seq')")
        (late,) = cursor.fetchone()
    (early,) = look()
    seal_events(at=NOW)
    add_event(late)
    seal_events(at=NOW + timedelta(minutes=1))
    order = AuditSeal.objects.order_by("position").values_list("pk", flat=True)
    assert list(order) == [early, late]
    assert verify_audit(at=NOW, path=anchor_path).events == 2


def test_an_event_that_turns_up_days_later_is_not_believed(anchor_path: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('yiyang_auditevent_id_seq')")
        (late,) = cursor.fetchone()
    look()
    anchor_head(at=NOW, path=anchor_path)
    add_event(late)
    later = NOW + LATEST_ARRIVAL + timedelta(seconds=1)
    assert seal_events(at=later) == 0
    with pytest.raises(BrokenChainError, match=f"事件 {late} 从未封存"):
        verify_audit(at=later, path=anchor_path)


def add_event(event_id: int) -> None:
    """Write an event with its mac right, under a number drawn long before."""
    from yiyang.audit.canonical import event_fields  # noqa: PLC0415

    event = AuditEvent(
        pk=event_id, at=NOW, kind="REVEAL", outcome="ALLOWED", details={}, key_id="a1"
    )
    event.mac = event_fields(event).mac()
    event.save(force_insert=True)


def test_who_does_not_wait_is_told_that_another_seals(owner_connection: Connection) -> None:
    with owner_connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [SEALER_KEY])
        with pytest.raises(SealerBusyError, match="稍后再试"):
            seal_events(at=NOW, wait=False)
        with pytest.raises(CommandError, match="稍后再试"):
            call_command("seal_audit")
        seal()
        cursor.execute("SELECT pg_advisory_unlock(%s)", [SEALER_KEY])
    assert seal_events(at=NOW, wait=False) == 0


def test_sealing_inside_a_callers_transaction_is_refused() -> None:
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"), sealer_lock():
        pass


def test_the_scheduled_tasks_and_the_commands_do_the_same(settings: Any, anchor_path: Path) -> None:
    look(2)
    seal()
    anchor()
    verify()
    expire()
    look()
    said = StringIO()
    for command in ("seal_audit", "anchor_audit", "verify_audit", "expire_audit"):
        call_command(command, stdout=said)
    assert "已封存 1 条" in said.getvalue()
    assert "已锚定链上第 3 位" in said.getvalue()
    assert "审计完整：2 批 3 条" in said.getvalue()
    assert "没有存满 365 天" in said.getvalue()


def test_every_task_is_scheduled_and_known_to_the_workers(settings: Any) -> None:
    from yiyang.celery import app  # noqa: PLC0415

    app.loader.import_default_modules()
    scheduled = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    ours = {f"audit.{name}" for name in ("seal", "anchor", "verify", "expire")}
    assert ours <= scheduled
    assert ours <= set(app.tasks)
