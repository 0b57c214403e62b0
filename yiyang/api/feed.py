"""A page of the feed: the records touched since a number, each as it stands now.

A record is told as it stands when the page is written, not as it stood under its number. That is
enough, and converges: the numbers are read first and the records after, each by a later statement
of a READ COMMITTED connection, so that what is told is never older than the numbers it is told
under; and whatever changes later gets a later number and is told again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count

from yiyang.access.scope import Actor
from yiyang.api.documents import with_keyed_documents
from yiyang.api.feed_kinds import FeedKind, Move, Seating, kinds_read, seats_of_records
from yiyang.api.feed_told import (
    CREATE,
    TOMBSTONE,
    UPDATE,
    Told,
    with_merges,
    without_strangers,
)
from yiyang.changelog.models import ChangeNumber
from yiyang.changelog.sequencer import number_unless_busy
from yiyang.changelog.touches import LogPage, Touch, touches_after


class ResyncRequiredError(Exception):
    """The client must read everything anew, then go on from `after`."""

    def __init__(self, after: int) -> None:
        super().__init__(after)
        self.after = after


@dataclass(frozen=True, slots=True)
class FeedPage:
    """What is told up to the number `after`; `head` is the highest number there is."""

    told: tuple[Told, ...]
    after: int
    head: int


@dataclass(slots=True)
class _Gathered:
    """Records of one kind to be told: the last number of each, and whether it is new."""

    numbers: dict[int, int] = field(default_factory=dict)
    new: set[int] = field(default_factory=set)

    def add(self, key: int, number: int, *, is_new: bool) -> None:
        self.numbers[key] = max(number, self.numbers.get(key, 0))
        if is_new:
            self.new.add(key)


def feed_page(actor: Actor, codes: Collection[str], after: int, limit: int) -> FeedPage:
    """What the actor must know past `after`. ResyncRequiredError where a page cannot tell it."""
    seats = seats_of_records()
    if not actor.whole_city:
        seats.turn(actor.day)
    number_unless_busy()
    head = ChangeNumber.objects.highest()
    # 比日志还远的编号：数据库由备份恢复过，对方手里的已不是我们的。
    if after > head:
        raise ResyncRequiredError(head)
    kinds = kinds_read(codes, actor)
    tables = _tables(kinds) if actor.whole_city else _tables(kinds) | set(seats.tables)
    log = touches_after(after, tables, limit)
    seating = Seating() if actor.whole_city else seats.read(log.touches, actor)
    log = _cut(log, seating, kinds, after, limit, head)
    gathered = _gathered(kinds, log, seating)
    told = [
        one
        for kind in kinds
        for one in with_merges(_told(kind, actor, gathered[kind.code]), kind, actor)
    ]
    if not actor.whole_city:
        told = without_strangers(told, kinds, log.touches, seats, seating, actor)
    return FeedPage(tuple(sorted(told)), log.last, max(head, log.last))


def _tables(kinds: Iterable[FeedKind]) -> set[str]:
    return {table for kind in kinds for table in (kind.table, *kind.within)}


def _cut(
    log: LogPage,
    seating: Seating,
    kinds: Collection[FeedKind],
    after: int,
    limit: int,
    head: int,
) -> LogPage:
    """The page ended before what it cannot tell, and before it tells of too many records."""
    if seating.reform == after + 1 or (seating.reform and seating.reform == _first(log)):
        raise ResyncRequiredError(head)
    ends = [seating.halt, seating.reform, _overfull(log, seating, kinds, limit)]
    if known := [end for end in ends if end is not None]:
        return log.before(min(known))
    return log


def _first(log: LogPage) -> int | None:
    return log.touches[0].number if log.touches else None


def _overfull(
    log: LogPage, seating: Seating, kinds: Collection[FeedKind], limit: int
) -> int | None:
    """The first number whose seats would bring more than twice the records asked for."""
    if not seating.moves:
        return None
    records = _records_by_seat({move.seat for move in seating.moves}, kinds)
    moved: dict[int, set[int]] = {}
    for move in seating.moves:
        moved.setdefault(move.number, set()).add(move.seat)
    counted: set[int] = set()
    weight = 0
    for place, touch in enumerate(log.touches):
        fresh = moved.get(touch.number, set()) - counted
        counted |= fresh
        weight += 1 + sum(records[seat] for seat in fresh)
        if weight > 2 * limit and place:
            return touch.number
    return None


def _records_by_seat(seats: Collection[int], kinds: Iterable[FeedKind]) -> Counter[int]:
    found: Counter[int] = Counter()
    for kind in kinds:
        for path in kind.seats:
            rows = kind.every_row().filter(**{f"{path}__in": seats})
            found.update(dict(rows.values_list(path).annotate(count=Count("pk"))))
    return found


def _gathered(kinds: Iterable[FeedKind], log: LogPage, seating: Seating) -> Mapping[str, _Gathered]:
    """The records to be told: touched themselves, shown in the touched, or moved with a seat."""
    moved = _last_numbers(Move(*one) for one in seating.moves if one.number <= log.last)
    gathered: dict[str, _Gathered] = {}
    for kind in kinds:
        one = gathered[kind.code] = _Gathered()
        for touch in log.touches:
            if touch.table == kind.table:
                one.add(touch.row_id, touch.number, is_new=touch.is_insert)
        for path, numbers in _within(kind, log.touches):
            _add_all(one, kind, path, numbers, is_new=False)
        for path in kind.seats:
            _add_all(one, kind, path, moved, is_new=True)
    return gathered


def _within(kind: FeedKind, touches: Iterable[Touch]) -> Iterator[tuple[str, Mapping[int, int]]]:
    """Each path to what the documents show besides, with the numbers it changed under."""
    for table, path in kind.within.items():
        # 新增的还没有谁引用着；引用它的那一条自己也有编号。
        changed = (one for one in touches if one.table == table and not one.is_insert)
        yield path, _last_numbers(Move(one.number, one.row_id) for one in changed)


def _last_numbers(moves: Iterable[Move]) -> dict[int, int]:
    return {seat: number for number, seat in sorted(moves)}


def _add_all(
    one: _Gathered, kind: FeedKind, path: str, numbers: Mapping[int, int], *, is_new: bool
) -> None:
    if numbers:
        rows = kind.every_row().filter(**{f"{path}__in": numbers.keys()})
        for key, seat in rows.values_list("pk", path):
            one.add(key, numbers[seat], is_new=is_new)


def _told(kind: FeedKind, actor: Actor, gathered: _Gathered) -> Iterator[Told]:
    """Each record as it stands for the actor now, or that it is not there for him."""
    if not gathered.numbers:
        return
    rows: Any = kind.rows(actor).filter(pk__in=gathered.numbers.keys())
    texts = dict(with_keyed_documents(rows, kind.resource, kind.names))
    for key, number in gathered.numbers.items():
        text = texts.get(key)
        operation = TOMBSTONE if text is None else CREATE if key in gathered.new else UPDATE
        yield Told(number, operation, kind.code, key, text)
