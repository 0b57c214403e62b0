"""Shares as percentages for the eye: rounded half up, here and nowhere else."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction


def percent(share: Fraction, places: int = 2) -> str:
    """A share as a percentage, never to be compared or counted with."""
    step = Decimal(1).scaleb(-places)
    hundredfold = share * 100
    exact = Decimal(hundredfold.numerator) / Decimal(hundredfold.denominator)
    return f"{exact.quantize(step, ROUND_HALF_UP)}%"
