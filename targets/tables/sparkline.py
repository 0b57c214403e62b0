"""A line of past values drawn small, in whole numbers, with its words for those who cannot see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

WIDTH, HEIGHT, MARGIN = 120, 28, 3


@dataclass(frozen=True, slots=True)
class Sparkline:
    """Pieces of a line (a gap where there was no data), its last point, and all of it in words."""

    pieces: tuple[str, ...]
    end: tuple[int, int] | None
    words: str

    @property
    def box(self) -> str:
        return f"0 0 {WIDTH} {HEIGHT}"


def sparkline(values: Sequence[Fraction | None], words: str) -> Sparkline:
    """The values from left to right between the lowest and the highest of them."""
    known = [value for value in values if value is not None]
    if not known:
        return Sparkline((), None, words)
    low, high = min(known), max(known)
    points = [
        None if value is None else (_across(index, len(values)), _up(value, low, high))
        for index, value in enumerate(values)
    ]
    return Sparkline(tuple(_pieces(points)), points[-1], words)


def _across(index: int, number: int) -> int:
    """Evenly spread; a single value stands at the right end."""
    if number == 1:
        return WIDTH - MARGIN
    return MARGIN + (WIDTH - 2 * MARGIN) * index // (number - 1)


def _up(value: Fraction, low: Fraction, high: Fraction) -> int:
    """Higher values nearer the top; a line that never moved runs through the middle."""
    if low == high:
        return HEIGHT // 2
    share = (value - low) / (high - low)
    return HEIGHT - MARGIN - round(share * (HEIGHT - 2 * MARGIN))


def _pieces(points: Sequence[tuple[int, int] | None]) -> list[str]:
    pieces: list[list[str]] = [[]]
    for point in points:
        if point is None:
            pieces.append([])
        else:
            pieces[-1].append(f"{point[0]},{point[1]}")
    return [" ".join(piece) for piece in pieces if len(piece) > 1]
