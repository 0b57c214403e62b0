"""Counts of people too small to show to those who may not see persons (rules.md 26)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings

from targets.explain.records import Part, Shelf
from targets.indicators.base import Indicator
from targets.indicators.guarding import counts_people
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor

# 只藏一个数，拿总数一减就知道：再藏一个最小的。
WITHHELD = "不显示"


@dataclass(frozen=True, slots=True)
class Count:
    """One count beside its name, as this reader may see it."""

    name: str
    text: str


def is_small(count: int) -> bool:
    limit: int = settings.SMALL_CELL_LIMIT
    return 0 < abs(count) < limit


def is_guarded(part: Part, actor: Actor) -> bool:
    """Whether small counts of this kind of record are kept from the actor."""
    return part.subject.is_personal and not actor.may(Permission.VIEW_PERSONS)


def may_compare(indicator: Indicator, actor: Actor) -> bool:
    """Whether the actor may see a figure told apart record by record: people only who sees them."""
    return actor.may(Permission.VIEW_PERSONS) or not counts_people(indicator)


def shown(count: int, *, guarded: bool) -> str:
    """The count, or that it is below the limit."""
    return f"<{settings.SMALL_CELL_LIMIT}" if guarded and is_small(count) else str(count)


def shown_shelves(part: Part, actor: Actor) -> list[tuple[Shelf, str]]:
    guarded = is_guarded(part, actor)
    return [(shelf, shown(records, guarded=guarded)) for shelf, records in part.shelves]


def shown_reasons(part: Part, actor: Actor) -> list[Count]:
    """Every reason of exclusion with its count; a single small one takes the next with it."""
    guarded = is_guarded(part, actor)
    reasons = part.reasons
    small = [reason for reason in reasons if is_small(reason.records)]
    larger = [reason.records for reason in reasons if not is_small(reason.records)]
    withheld = min(larger, default=0) if guarded and len(small) == 1 else 0
    return [
        Count(
            reason.outcome,
            WITHHELD if reason.records == withheld else shown(reason.records, guarded=guarded),
        )
        for reason in reasons
    ]


def hides_totals(parts: Sequence[Part], actor: Actor) -> bool:
    """Whether a side's total would give away a small count of people within it."""
    return any(is_guarded(part, actor) and is_small(part.total) for part in parts)
