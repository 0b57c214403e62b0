"""How long an institution's certificates of one side still hold, in words and colours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from institutions.models import Licence

SOON_DAYS = 90
MISSING = "无"


@dataclass(frozen=True, slots=True)
class Holding:
    """What there is of one side's certificates: a word, and the colour it is shown in."""

    words: str
    tone: str


def holding_of(licences: Sequence[Licence], kinds: Sequence[str], day: date) -> Holding:
    """The certificate that lasts longest, else the last that lapsed; MISSING where none."""
    ours = [one for one in licences if one.kind in kinds and one.starts_on <= day]
    if not ours:
        return Holding(MISSING, "")
    if any(one.ends_on is None for one in ours):
        return Holding("长期有效", "plain")
    last = max(one.ends_on for one in ours if one.ends_on)
    if last < day:
        return Holding(f"已于 {last} 到期", "bad")
    is_soon = last <= day + timedelta(days=SOON_DAYS)
    return Holding(f"有效至 {last}", "warn" if is_soon else "plain")
