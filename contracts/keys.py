"""Changing the search key, batch by batch, on from wherever it was stopped.

What is left to do is read from the values themselves: a digest names its search key. So a run
that is killed has nothing to remember, and another may follow. The same holds for the master key,
which every kind of data key shares (yiyang/keys.py).

Digests are kept out of the values of the change log, so new ones leave one entry per person with
equal sides, which histories pass over.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, connection
from django.db.models import BinaryField, Q, QuerySet
from django.db.models.functions import Substr

from contracts.identity import COLUMNS, DIGEST_COLUMNS, TABLE
from contracts.models import Person, PersonKey
from yiyang.changelog.context import SYSTEM, recorded
from yiyang.keys import BATCH, KeyColumn
from yiyang.lib.crypto import MARK_BYTES, SealError, digest, digest_mark, open_sealed, unwrap

PERSONS = KeyColumn(PersonKey, "wrapped", "person__uid", "人的数据密钥")
REASON = "更换检索密钥"
Say = Callable[[int], None]

# 只换没被别人动过的：更正或销毁可能就在这时发生。
SWAP_DIGESTS = """
UPDATE contracts_person held SET name_digest = moved.name, id_digest = moved.id_number
FROM unnest(%s::bigint[], %s::bytea[], %s::bytea[], %s::bytea[], %s::bytea[])
    AS moved(id, name_before, id_before, name, id_number)
WHERE held.id = moved.id AND held.name_digest IS NOT DISTINCT FROM moved.name_before
    AND held.id_digest IS NOT DISTINCT FROM moved.id_before
"""
Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Rotated:
    """What one rotation of digests did: how many it changed, and whom it could not."""

    changed: int = 0
    unreadable: tuple[UUID, ...] = ()
    same_number: tuple[UUID, ...] = ()

    def __add__(self, other: Rotated) -> Rotated:
        return Rotated(
            self.changed + other.changed,
            self.unreadable + other.unreadable,
            self.same_number + other.same_number,
        )


def stale_digests() -> QuerySet[Person]:
    """Persons whose digests were not made with the search key and cipher now in force."""
    stale = Q()
    for column in DIGEST_COLUMNS.values():
        stale |= Q(**{f"{column}__isnull": False}) & ~Q(**{f"{column}_head": digest_mark()})
    heads = {
        f"{column}_head": Substr(column, 1, MARK_BYTES, output_field=BinaryField())
        for column in DIGEST_COLUMNS.values()
    }
    return Person.objects.annotate(**heads).filter(stale)


def renew_digests(say: Say, *, batch: int = BATCH) -> Rotated:
    """Compute every digest anew with the search key now in force, from the opened values."""
    rows = stale_digests().values_list(
        *("pk", "uid", "data_key__wrapped"), *COLUMNS.values(), *DIGEST_COLUMNS.values()
    )
    done, last = Rotated(), 0
    while taken := list(rows.filter(pk__gt=last).order_by("pk")[:batch]):
        done += _renew(taken)
        # 打不开的留在原处；从下一个接着走，不会原地打转。
        last = taken[-1][0]
        say(done.changed)
    return done


def _renew(rows: Sequence[Row]) -> Rotated:
    moved, unreadable = [], []
    for row in rows:
        try:
            moved.append(_renewed(row))
        except SealError:
            unreadable.append(row[1])
    done = Rotated(unreadable=tuple(unreadable))
    try:
        return done + Rotated(_swap_digests(moved))
    except IntegrityError:
        uids = {row[0]: row[1] for row in rows}
        return sum((_renew_one(one, uids[one[0]]) for one in moved), start=done)


def _renew_one(moved: Row, uid: UUID) -> Rotated:
    """One person of a batch in which an ID number turned out to be registered twice."""
    try:
        return Rotated(_swap_digests([moved]))
    except IntegrityError:
        return Rotated(same_number=(uid,))


def _renewed(row: Row) -> Row:
    """The person's id, the digests as they are and as they will be."""
    person_id, uid, wrapped, name, id_number, _, name_digest, id_digest = row
    if wrapped is None:
        raise SealError("数据密钥已不在，检索值却还在。")
    key = unwrap(wrapped, uid)

    def renewed(field: str, sealed: Any, before: Any) -> bytes | None:
        if before is None:
            return None
        plain = open_sealed(sealed or b"", data_key=key, table=TABLE, field=field, uid=uid)
        return digest(plain, field)

    fields = zip(DIGEST_COLUMNS, (name, id_number), (name_digest, id_digest), strict=True)
    return person_id, name_digest, id_digest, *(renewed(*one) for one in fields)


def _swap_digests(moved: Sequence[Row]) -> int:
    if not moved:
        return 0
    with (
        recorded(by=SYSTEM, reason=REASON, batch=f"rotate_keys {settings.FIELD_KEY_ID}"),
        connection.cursor() as cursor,
    ):
        cursor.execute(SWAP_DIGESTS, [list(column) for column in zip(*moved, strict=True)])
        return int(cursor.rowcount)
