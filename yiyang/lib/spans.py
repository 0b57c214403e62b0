"""Spans of days, both ends included, open where there is no end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

ONE_DAY = timedelta(days=1)
Span = tuple[date, date | None]


def free_spans(span: Span, held: Sequence[Span]) -> list[Span]:
    """The days of `span`, both ends included, that none of `held` (sorted, disjoint) covers."""
    start, end = span
    free: list[Span] = []
    for held_from, held_to in held:
        if (end is not None and held_from > end) or (held_to is not None and held_to < start):
            continue
        if held_from > start:
            free.append((start, held_from - ONE_DAY))
        if held_to is None:
            return free
        start = held_to + ONE_DAY
    if end is None or start <= end:
        free.append((start, end))
    return free
