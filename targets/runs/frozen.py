"""One frozen view of the database: taken once, exported, read by everyone who counts a run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction
from django.db.backends.utils import CursorWrapper

from yiyang.changelog.sequencer import number_visible_changes, sequencer_lock

SNAPSHOT_NAME = re.compile(r"[0-9A-Fa-f-]{1,60}")


@dataclass(frozen=True, slots=True)
class FrozenView:
    """The exported name of the view, and the last log number it contains."""

    snapshot: str
    seen_number: int


@contextmanager
def frozen_view() -> Iterator[FrozenView]:
    """Hold a view of the database open for the block.

    The sequencer's lock is taken before the view and let go once every change the view contains
    has a number: what a run saw is then exactly the log up to `seen_number`, and writers of the
    changes feed need not wait for the run to end.
    """
    holder = connections.create_connection(DEFAULT_DB_ALIAS)
    try:
        with sequencer_lock():
            snapshot = _export(holder)
            with _importing(snapshot):
                seen = number_visible_changes()
        yield FrozenView(snapshot, seen)
    finally:
        holder.close()


@contextmanager
def reading(snapshot: str) -> Iterator[None]:
    """Read exactly what the exported view contains, and write nothing.

    Raises OperationalError or ProgrammingError when its holder is gone.
    """
    with _importing(snapshot, read_only=True):
        yield


def _export(holder: object) -> str:
    with holder.cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        return str(cursor.fetchone()[0])


@contextmanager
def _importing(snapshot: str, *, read_only: bool = False) -> Iterator[None]:
    if not SNAPSHOT_NAME.fullmatch(snapshot):
        raise ValueError(f"不是数据库快照的名称：{snapshot!r}")
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        access = "READ ONLY" if read_only else "READ WRITE"
        cursor.execute(f"SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, {access}")
        cursor.execute(f"SET TRANSACTION SNAPSHOT '{snapshot}'")
        read_much(cursor)
        yield


def read_much(cursor: CursorWrapper) -> None:
    """Give this transaction what reading whole registers needs, and pages must not take.

    Enough memory that joins stay out of files, and workers even for results of many rows.
    """
    cursor.execute("SET LOCAL work_mem = '64MB'; SET LOCAL parallel_tuple_cost = 0.01")
