"""Large tables written with COPY, streamed while they are generated."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from uuid import UUID

from django.db import connection
from django.db.models import Model

Cell = str | int | bool | bytes | None
CHUNK = 1 << 16
UUID_BYTES = 16


def copy_rows(
    model: type[Model], columns: tuple[str, ...], rows: Iterable[tuple[Cell, ...]]
) -> int:
    """Append the rows to the model's table and return how many there were."""
    quote = connection.ops.quote_name
    names = ", ".join(quote(column) for column in columns)
    statement = f"COPY {quote(model._meta.db_table)} ({names}) FROM STDIN"
    with connection.cursor() as cursor:
        cursor.copy_expert(statement, _Lines(rows))
        return int(cursor.rowcount)


def reserve_ids(model: type[Model], number: int) -> list[int]:
    """Take the next ids of the model's table, for rows that others in the load point to."""
    key = model._meta.pk.column if model._meta.pk else "id"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
            [model._meta.db_table, key, number],
        )
        return [value for (value,) in cursor.fetchall()]


def new_uids(number: int) -> Iterator[UUID]:
    """So many uuid4(), their random bytes drawn at once."""
    drawn = os.urandom(UUID_BYTES * number)
    for start in range(0, len(drawn), UUID_BYTES):
        yield UUID(bytes=drawn[start : start + UUID_BYTES], version=4)


class _Lines:
    """A file that psycopg2 reads from, filled from the rows as it goes."""

    def __init__(self, rows: Iterable[tuple[Cell, ...]]) -> None:
        self._chunks = _chunks(rows)
        self._rest = b""

    def read(self, size: int = CHUNK) -> bytes:
        while len(self._rest) < size:
            chunk = next(self._chunks, None)
            if chunk is None:
                break
            self._rest += chunk
        taken, self._rest = self._rest[:size], self._rest[size:]
        return taken


def _chunks(rows: Iterable[tuple[Cell, ...]], lines_each: int = 2000) -> Iterator[bytes]:
    lines: list[str] = []
    for row in rows:
        lines.append("\t".join([cell if type(cell) is str else _text(cell) for cell in row]))
        if len(lines) == lines_each:
            yield ("\n".join(lines) + "\n").encode()
            lines = []
    if lines:
        yield ("\n".join(lines) + "\n").encode()


def escaped(text: str) -> str:
    """Text that people typed, as a cell of copy_rows()."""
    return text.translate(ESCAPES)


ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def _text(cell: Cell) -> str:
    """Write one cell in COPY's text form; text that people typed comes escaped()."""
    if cell is None:
        return "\\N"
    if type(cell) is bytes:
        return "\\\\x" + cell.hex()
    if cell is True:
        return "t"
    if cell is False:
        return "f"
    return str(cell)
