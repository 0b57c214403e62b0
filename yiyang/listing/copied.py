"""A list as csv written by the database: COPY of the page's very rows and columns, in its order.

One column for one million rows costs Python a second; the database writes all of them meanwhile.
A thread takes what it sends, at most a few blocks ahead of who reads.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from queue import Empty, Full, Queue
from typing import Any, Final

from django.db import DatabaseError, connection
from django.db.models import F, QuerySet
from django.db.models.expressions import Combinable

from yiyang.lib.sheets import safe_cell
from yiyang.listing.paging import Order

BLOCK_BYTES: Final = 64 * 1024
BLOCKS_AHEAD: Final = 4
PATIENCE_SECONDS: Final = 0.2
LONGEST_MS: Final = 30 * 60 * 1000
Names = Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Written:
    """How the database writes a column on a day: codes, days and words of our own as they are.

    What people have typed is never written straight: `of` gives the number of the record it
    belongs to and `names` the text of each, guarded here against being computed.
    """

    of: Callable[[date], Combinable]
    names: Callable[[date], Names] | None = None


def written_as(path: str) -> Written:
    """A code or a day that stands in the row itself."""
    return Written(lambda _day: F(path))


def copied(
    rows: QuerySet[Any], columns: Sequence[Written], order: Order, day: date
) -> Iterator[bytes]:
    """The rows as csv lines in blocks; the database is told to stop when nobody reads on."""
    statement = _statement(rows, columns, order, day)
    blocks: Queue[bytes | Exception | None] = Queue(BLOCKS_AHEAD)
    outlet = _Outlet(blocks)
    with connection.cursor() as cursor:
        # 下载的人读得慢，这一条语句就久；页面的时限不适用。
        cursor.execute("SET statement_timeout = %s", [LONGEST_MS])
    raw = connection.connection
    sender = threading.Thread(target=_send, args=(raw, statement, outlet), daemon=True)
    sender.start()
    try:
        while (block := blocks.get()) is not None:
            if isinstance(block, Exception):
                with connection.wrap_database_errors:
                    raise block
            yield block
    finally:
        outlet.stop()
        if sender.is_alive():
            raw.cancel()
        sender.join()
        _settle()


def _settle() -> None:
    """Put the connection back as other requests expect it, or away where it cannot be."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("RESET statement_timeout")
    except DatabaseError:
        if not connection.in_atomic_block:
            connection.close()


class _StoppedError(Exception):
    """Nobody reads any more."""


class _Outlet:
    """A file whose lines are handed over in blocks to another thread."""

    def __init__(self, blocks: Queue[bytes | Exception | None]) -> None:
        self._blocks = blocks
        self._lines: list[bytes] = []
        self._size = 0
        self._stopped = threading.Event()

    def write(self, line: bytes) -> None:
        self._lines.append(line)
        self._size += len(line)
        if self._size >= BLOCK_BYTES:
            self.flush()

    def flush(self) -> None:
        """Hand over what has come together."""
        if self._lines:
            self.put(b"".join(self._lines))
            self._lines.clear()
            self._size = 0

    def put(self, block: bytes | Exception | None) -> None:
        """Wait for room; _StoppedError once nobody reads."""
        while not self._stopped.is_set():
            try:
                self._blocks.put(block, timeout=PATIENCE_SECONDS)
            except Full:
                continue
            return
        raise _StoppedError

    def stop(self) -> None:
        self._stopped.set()
        while True:
            try:
                self._blocks.get_nowait()
            except Empty:
                return


def _send(raw: Any, statement: bytes, outlet: _Outlet) -> None:
    """Run the COPY on the request's own connection, which waits for nothing else meanwhile."""
    try:
        with raw.cursor() as cursor:
            cursor.copy_expert(statement, outlet)
        outlet.flush()
        outlet.put(None)
    except _StoppedError:
        return
    except Exception as error:
        try:
            outlet.put(error)
        except _StoppedError:
            return


def _statement(rows: QuerySet[Any], columns: Sequence[Written], order: Order, day: date) -> bytes:
    """The COPY with everything in it; names join as a table of their own."""
    written = {f"_c{place}": one.of(day) for place, one in enumerate(columns)}
    inner = rows.order_by().annotate(_key=F("pk"), _sort=F(order.path), **written)
    sql, params = inner.values(*written, "_key", "_sort").query.sql_with_params()
    cells, joins, given = [], [], list(params)
    for place, one in enumerate(columns):
        if one.names is None:
            cells.append(f"r._c{place}")
            continue
        names = one.names(day)
        cells.append(f"n{place}.name")
        joins.append(
            f"LEFT JOIN unnest(%s::bigint[], %s::text[]) n{place}(id, name)"
            f" ON n{place}.id = r._c{place}"
        )
        given += [list(names), [safe_cell(name) for name in names.values()]]
    way = "DESC" if order.is_descending else "ASC"
    # 拼进去的只有本模块的列名与 Django 写好的查询；值都经参数。
    query = (
        f"COPY (SELECT {', '.join(cells)} FROM ({sql}) r {' '.join(joins)}"  # noqa: S608
        f" ORDER BY r._sort {way} NULLS LAST, r._key {way}) TO STDOUT (FORMAT csv)"
    )
    with connection.cursor() as cursor:
        statement: bytes = cursor.mogrify(query, given)
    return statement
