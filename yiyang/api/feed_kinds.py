"""What the feed of changes tells of: one declaration for each kind of record."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from django.db.models import QuerySet

from yiyang.access.scope import Actor
from yiyang.api.resources import Resource
from yiyang.changelog.touches import Touch
from yiyang.listing.filters import LAST_DAY


@dataclass(frozen=True, slots=True)
class FeedKind:
    """A resource whose records the feed tells of, each under its number (`id`).

    `seats` are the paths to whatever carries a record from region to region; `held_by` the same
    where a record has a region of its own, and only whose it is must be known. `within` names the
    tables whose changes show in its documents, and the path to each. `by_day` are the fields that
    change with the day and no write: they are left out, the client works them out. `merged_into`
    names the column that says into which other record one was merged.
    """

    resource: Resource
    seats: tuple[str, ...] = ()
    held_by: tuple[str, ...] = ()
    within: Mapping[str, str] = field(default_factory=dict)
    by_day: tuple[str, ...] = ()
    merged_into: str = ""
    narrowed: Callable[[QuerySet[Any]], QuerySet[Any]] = lambda rows: rows

    @property
    def code(self) -> str:
        return self.resource.code

    @property
    def table(self) -> str:
        return str(self.resource.model._meta.db_table)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for name in self.resource.field_names if name not in self.by_day)

    @property
    def holders(self) -> tuple[str, ...]:
        """The paths to whose record it is."""
        return self.seats or self.held_by

    def rows(self, actor: Actor) -> QuerySet[Any]:
        """What the actor may see today, whatever day it holds on."""
        return self.narrowed(self.resource.rows(actor, LAST_DAY))

    def every_row(self) -> QuerySet[Any]:
        """All there are, voided ones included, seen or not."""
        rows: QuerySet[Any] = self.resource.model._base_manager.all()
        return rows


class Move(NamedTuple):
    """Under this number a seat may have come into an actor's regions, or left them."""

    number: int
    seat: int


@dataclass(frozen=True, slots=True)
class Seating:
    """What some touches did to an actor's view, beyond the records touched.

    `left` are seats that stood in the actor's regions until these touches. From `halt` on the page
    must wait: those numbers speak of a day that is not the actor's yet.
    At `reform` the regions themselves moved: too much for a page, the register is read anew.
    """

    moves: tuple[Move, ...] = ()
    left: frozenset[int] = frozenset()
    halt: int | None = None
    reform: int | None = None


@dataclass(frozen=True, slots=True)
class Seats:
    """How an upper app tells of seats: the layer below knows neither regions nor institutions.

    `turn` keeps the days up to one; `read` tells what touches did to seats; `ever_seen` which of
    some seats ever stood in an actor's regions.
    """

    tables: tuple[str, ...] = ()
    turn: Callable[[date], None] = lambda day: None
    read: Callable[[Collection[Touch], Actor], Seating] = lambda touches, actor: Seating()
    ever_seen: Callable[[Collection[int], Actor], set[int]] = lambda seats, actor: set(seats)


_kinds: dict[str, FeedKind] = {}
_seats: list[Seats] = []


def register_feed(kinds: Iterable[FeedKind]) -> None:
    """Put kinds of records into the feed."""
    for kind in kinds:
        _kinds[kind.code] = kind


def register_seats(seats: Seats) -> None:
    """Let the app of regions tell what moved in and out of them."""
    _seats[:] = [seats]


def seats_of_records() -> Seats:
    return _seats[0] if _seats else Seats()


def kinds_read(codes: Collection[str], actor: Actor) -> tuple[FeedKind, ...]:
    """The kinds that a token with these codes may be told of."""
    return tuple(
        kind
        for kind in _kinds.values()
        if kind.code in codes and actor.may(kind.resource.permission)
    )


def all_kinds() -> tuple[FeedKind, ...]:
    return tuple(_kinds.values())
