"""An empty audit, events in it, and the owner's hand that no guard stops."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from psycopg2.extensions import connection as Connection

from yiyang.audit.kinds import EventKind, Outcome
from yiyang.audit.recording import record

TABLES = ("yiyang_auditevent", "yiyang_auditseal", "yiyang_auditbatch")
NOW = datetime(2027, 3, 1, 3, 30, tzinfo=UTC)


@pytest.fixture
def no_events(db: None, owner_connection: Connection) -> None:
    """Remove what earlier tests have recorded: events outlive the tests' rollbacks."""
    with owner_connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(TABLES)}")


@pytest.fixture
def anchor_path(tmp_path: Path, settings: Any) -> Path:
    """Return an anchor file of this test's own, not there yet."""
    settings.AUDIT_ANCHOR_FILE = tmp_path / "anchors.jsonl"
    return tmp_path / "anchors.jsonl"


@pytest.fixture
def tamper(owner_connection: Connection) -> Callable[[str], None]:
    """Return a function that runs SQL as the owner, the guards switched off."""

    def run(statement: str) -> None:
        with owner_connection.cursor() as cursor:
            for table in TABLES:
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            cursor.execute(statement)
            for table in TABLES:
                cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")

    return run


def look(times: int = 1) -> list[int]:
    """Record that many reveals and return their ids."""
    return [
        record(
            kind=EventKind.REVEAL,
            actor_id=number,
            outcome=Outcome.ALLOWED,
            subject=f"person:{number}",
            reason="核对",
            details={"field": "phone"},
        )
        for number in range(1, times + 1)
    ]
