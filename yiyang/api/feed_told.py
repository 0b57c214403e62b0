"""What a page tells of a record; nothing of records the reader never had a right to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from yiyang.access.scope import Actor
from yiyang.api.feed_kinds import FeedKind, Seating, Seats
from yiyang.changelog.models import ChangeEntry
from yiyang.changelog.touches import Touch

CREATE, UPDATE, TOMBSTONE, MERGE = "create", "update", "tombstone", "merge"
Holders = dict[tuple[str, int], set[int]]


class Told(NamedTuple):
    """One record of a page: `text` is its document where it has one, `into` where it went."""

    number: int
    operation: str
    code: str
    key: int
    text: str | None = None
    into: int | None = None


def with_merges(told: Iterable[Told], kind: FeedKind, actor: Actor) -> Iterator[Told]:
    """Tell of what is gone into which record it was merged, where the actor may see that one."""
    rows = list(told)
    gone = [one.key for one in rows if one.operation == TOMBSTONE]
    if not (gone and kind.merged_into):
        yield from rows
        return
    merged = kind.every_row().filter(pk__in=gone, **{f"{kind.merged_into}__isnull": False})
    into = dict(merged.values_list("pk", kind.merged_into))
    seen = set(kind.rows(actor).filter(pk__in=into.values()).values_list("pk", flat=True))
    for one in rows:
        kept = into.get(one.key)
        yield one._replace(operation=MERGE, into=kept) if kept in seen else one


def without_strangers(
    told: Sequence[Told],
    kinds: Collection[FeedKind],
    touches: Collection[Touch],
    seats: Seats,
    seating: Seating,
    actor: Actor,
) -> list[Told]:
    """Leave out tombstones of what never stood in the actor's regions.

    Such a record was never told, so nothing is lost; and another district learns not even that
    there was one.
    """
    holders = _holders(told, kinds, touches)
    every = {holder for found in holders.values() for holder in found}
    known = seats.ever_seen(every - seating.left, actor) | seating.left if every else set()
    return [
        one
        for one in told
        if (one.code, one.key) not in holders or holders[one.code, one.key] & known
    ]


def _holders(
    told: Sequence[Told], kinds: Collection[FeedKind], touches: Collection[Touch]
) -> Holders:
    """Whose the records told as gone are or were, for the kinds that belong to someone."""
    holders: Holders = defaultdict(set)
    for kind in kinds:
        gone = {one.key for one in told if one.code == kind.code and one.text is None}
        for path in kind.holders if gone else ():
            rows = kind.every_row().filter(pk__in=gone).values_list("pk", path)
            for key, holder in (*rows, *_until_now(kind, path, gone, touches)):
                holders[kind.code, key].add(holder)
    return holders


def _until_now(
    kind: FeedKind, path: str, gone: Collection[int], touches: Collection[Touch]
) -> Iterator[tuple[int, int]]:
    """Whose the touched were before: a merge gives records to an institution elsewhere."""
    keys = {
        one.entry: one.row_id
        for one in touches
        if one.table == kind.table and one.row_id in gone and not one.is_insert
    }
    column = kind.resource.model._meta.get_field(path).column  # type: ignore[union-attr]
    if keys:
        entries = ChangeEntry.objects.filter(pk__in=keys)
        for entry, holder in entries.values_list("pk", f"before__{column}"):
            yield keys[entry], holder
