"""Regions in the order of one figure: ties share a place, regions without data have none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from targets.explain.figures import Part

HIGHER_IS_BETTER = "越高越好"


@dataclass(frozen=True, slots=True)
class Ranked:
    """A region and its place; None where it has no data."""

    part: Part
    place: int | None


def ranked(parts: Sequence[Part], direction: str = HIGHER_IS_BETTER) -> list[Ranked]:
    """Best first by exact value, equal ones in the order given, those without data last."""
    sign = -1 if direction == HIGHER_IS_BETTER else 1
    known = [(part, part.exact) for part in parts if part.exact is not None]
    known.sort(key=lambda pair: sign * pair[1])
    values = [value for _, value in known]
    with_data = [Ranked(part, _place(values, value)) for part, value in known]
    return [*with_data, *(Ranked(part, None) for part in parts if part.exact is None)]


def _place(values: Sequence[Fraction], value: Fraction) -> int:
    """One more than how many stand before: 1, 1, 3."""
    return values.index(value) + 1
