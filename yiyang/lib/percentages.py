"""Numbers as percentages and decimals for the eye: rounded half up, here and nowhere else."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction


def percent(share: Fraction, places: int = 2) -> str:
    """A share as a percentage, never to be compared or counted with."""
    return f"{rounded(share * 100, places)}%"


def rounded(value: Fraction | int, places: int) -> Decimal:
    """The value to so many places, half away from zero, from its exact integers."""
    doubled = abs(Fraction(value)) * 10**places * 2
    nearest = (doubled.numerator // doubled.denominator + 1) // 2
    return Decimal(nearest if value >= 0 else -nearest).scaleb(-places)


def trimmed(value: Decimal) -> str:
    """The number without the zeros a sentence has no use for: "24", "20.3"."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
