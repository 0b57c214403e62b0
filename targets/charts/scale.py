"""The axis of a chart: round numbers around the values, and where a value stands on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import count
from math import ceil, floor

PARTS = 4
ROUND_STEPS = (Fraction(1), Fraction(2), Fraction(5, 2), Fraction(5))


@dataclass(frozen=True, slots=True)
class Scale:
    """From the lowest to the highest mark of the axis, in equal steps."""

    low: Fraction
    step: Fraction
    parts: int

    @property
    def ticks(self) -> tuple[Fraction, ...]:
        return tuple(self.low + self.step * index for index in range(self.parts + 1))

    def along(self, value: Fraction, length: int) -> int:
        """How far the value stands from the low end of an axis so long."""
        return round((value - self.low) * length / (self.step * self.parts))


def scale_of(values: Sequence[Fraction], *, from_zero: bool, is_ratio: bool) -> Scale:
    """Bars start from zero; a line may start higher, where its values lie close together."""
    low = Fraction(0) if from_zero or not values else min(values)
    high = max(values, default=Fraction(0))
    smallest = Fraction(1, 1000) if is_ratio else Fraction(1)
    step = _round_step(max((high - low) / PARTS, smallest), is_ratio=is_ratio)
    # 从不变动的数不贴着底边画。
    start = step * max(0, floor(low / step) - (low == high and not from_zero))
    return Scale(start, step, max(1, ceil((high - start) / step)))


def _round_step(least: Fraction, *, is_ratio: bool) -> Fraction:
    """The next of 1, 2, 2.5, 5, 10 and so on; a count never steps by halves."""
    for power in count(-4):
        for base in ROUND_STEPS:
            step = base * Fraction(10) ** power
            if step >= least and (is_ratio or step.denominator == 1):
                return step
    raise AssertionError
