"""Every column that holds wrapped data keys, told by its app, and moving them under another key.

What is left to do is read from the values themselves: a wrapped key names its master key. So a
rotation that is killed has nothing to remember, and another may follow.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import BinaryField, Model, QuerySet
from django.db.models.functions import Substr

from yiyang.lib.crypto import SealError, rewrap, wrap_header

BATCH = 1000
IN_USE = """
SELECT encode(substring({column} FROM 4 FOR get_byte({column}, 2)), 'escape'), count(*)
FROM {table} WHERE length({column}) > 3 GROUP BY 1
"""
# 只换没被别人动过的：更正、销毁、清除可能就在这时发生。
SWAP = """
UPDATE {table} held SET {column} = moved.now
FROM unnest(%s::bigint[], %s::bytea[], %s::bytea[]) AS moved(id, before, now)
WHERE held.{key} = moved.id AND held.{column} = moved.before
"""
Row = tuple[int, UUID, Any]
Say = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Moved:
    """What moving the keys of a column did: how many it changed, whose it could not open."""

    changed: int = 0
    unreadable: tuple[UUID, ...] = ()

    def __add__(self, other: Moved) -> Moved:
        return Moved(self.changed + other.changed, self.unreadable + other.unreadable)


@dataclass(frozen=True, slots=True)
class KeyColumn:
    """A column of wrapped keys, each sealed with the uid at `uid`; `counted` follows a number."""

    model: type[Model]
    column: str
    uid: str
    counted: str

    @property
    def place(self) -> tuple[str, str]:
        """The table and the column in it."""
        return self.model._meta.db_table, self._sql(self.column)

    def stale(self) -> QuerySet[Any, Any]:
        """Rows whose key is not wrapped with the master key and cipher now in force."""
        header = wrap_header()
        head = Substr(self.column, 1, len(header), output_field=BinaryField())
        held = self.model._default_manager.filter(**{f"{self.column}__isnull": False})
        stale: QuerySet[Any, Any] = held.annotate(head=head).exclude(head=header)
        return stale

    def in_use(self) -> Counter[str]:
        """How many keys each master key wraps, by its id."""
        with connection.cursor() as cursor:
            cursor.execute(self._statement(IN_USE))
            return Counter(dict(cursor.fetchall()))

    def rewrap(self, say: Say, *, batch: int = BATCH) -> Moved:
        """Wrap every key with the master key now in force; what they seal stays as it is."""
        rows = self.stale().order_by("pk").values_list("pk", self.uid, self.column)
        done, last = Moved(), 0
        while taken := list(rows.filter(pk__gt=last)[:batch]):
            done += self._move(taken)
            # 打不开的留在原处；从下一个接着走，不会原地打转。
            last = taken[-1][0]
            say(done.changed)
        return done

    def _move(self, rows: Sequence[Row]) -> Moved:
        moved, unreadable = [], []
        for pk, uid, wrapped in rows:
            try:
                moved.append((pk, bytes(wrapped), rewrap(wrapped, uid)))
            except SealError:
                unreadable.append(uid)
        with transaction.atomic():
            return Moved(self._swap(moved), tuple(unreadable))

    def _swap(self, moved: Sequence[tuple[int, bytes, bytes]]) -> int:
        if not moved:
            return 0
        with connection.cursor() as cursor:
            columns = [list(column) for column in zip(*moved, strict=True)]
            cursor.execute(self._statement(SWAP), columns)
            return int(cursor.rowcount)

    def _statement(self, template: str) -> str:
        quote = connection.ops.quote_name
        table, column = self.place
        return template.format(table=quote(table), column=quote(column), key=quote(self._sql("pk")))

    def _sql(self, name: str) -> str:
        meta = self.model._meta
        field = meta.pk if name == "pk" else meta.get_field(name)
        return str(field.column)  # type: ignore[union-attr]


_columns: dict[tuple[str, str], KeyColumn] = {}


def register_keys(column: KeyColumn) -> None:
    """Let a column of wrapped keys be moved and counted with all others."""
    _columns[column.place] = column


def key_columns() -> tuple[KeyColumn, ...]:
    """Every column there is, in the order of the apps: lower apps first."""
    return tuple(_columns.values())


def keys_in_use() -> Counter[str]:
    """How many keys each master key wraps, over all columns."""
    return sum((one.in_use() for one in key_columns()), start=Counter[str]())


def still_wrapped(key_id: str) -> Iterator[str]:
    """What a master key still wraps, in words; nothing when it may go."""
    for column in key_columns():
        if number := column.in_use()[key_id]:
            yield f"{number} {column.counted}"
