"""What a page tells of a record; nothing of records the reader never had a right to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import NamedTuple

from yiyang.access.scope import Actor
from yiyang.api.feed_kinds import FeedKind, Seating, Seats

CREATE, UPDATE, TOMBSTONE = "create", "update", "tombstone"


class Told(NamedTuple):
    """One record of a page; `text` is its document, none for a tombstone."""

    number: int
    operation: str
    code: str
    key: int
    text: str | None


def without_strangers(
    told: Sequence[Told],
    kinds: Collection[FeedKind],
    seats: Seats,
    seating: Seating,
    actor: Actor,
) -> list[Told]:
    """Leave out tombstones of what never stood in the actor's regions.

    Such a record was never told, so nothing is lost; and another district learns not even that
    there was one.
    """
    holders = _holders(told, kinds)
    every = {holder for found in holders.values() for holder in found}
    known = seats.ever_seen(every - seating.left, actor) | seating.left if every else set()
    return [
        one
        for one in told
        if (one.code, one.key) not in holders or holders[one.code, one.key] & known
    ]


def _holders(told: Sequence[Told], kinds: Collection[FeedKind]) -> dict[tuple[str, int], set[int]]:
    """Whose the records told as gone are, for the kinds that belong to someone."""
    holders: dict[tuple[str, int], set[int]] = defaultdict(set)
    for kind in kinds:
        gone = [one.key for one in told if one.code == kind.code and one.operation == TOMBSTONE]
        for path in kind.holders if gone else ():
            rows = kind.every_row().filter(pk__in=gone).values_list("pk", path)
            for key, holder in rows:
                holders[kind.code, key].add(holder)
    return holders
