"""What the units a home hosts take with them when they close: their beds count at the home."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from targets.indicators.base import Tally
from targets.indicators.bed_facts import above_30_percent, units_closing
from targets.indicators.until import leaves

CARE, IN_USE = "elderly_care_beds", "beds_in_use"
# 一家养老机构 → 某日（最后营业日）→ 带走的康复床位、全部床位
Closings = Mapping[int, Mapping[date, tuple[int, int]]]


def hangs_on_units(tally: Tally) -> bool:
    """Whether what a home adds to the tally depends on the beds of the units it hosts."""
    return tally.amount == CARE or any(path.startswith(IN_USE) for path, _ in leaves(tally.where))


def closings(day: date, before: date) -> Closings:
    """The beds that leave each home with its units that close `before`, by their last day."""
    found: dict[int, dict[date, tuple[int, int]]] = defaultdict(dict)
    units = units_closing(day, before).order_by("open_until")
    for home, last, care, beds in units.values_list(
        "host_id", "open_until", "care_beds", "all_beds"
    ):
        already = found[home].get(last, (0, 0))
        found[home][last] = (already[0] + care, already[1] + beds)
    return found


def worth_after(
    tally: Tally, row: Mapping[str, Any], closing: Closings
) -> Iterator[tuple[date, int]]:
    """What the home adds after the last day of each of its units, in order of days."""
    care, in_use = row[CARE], row[IN_USE]
    for last, (care_beds, beds) in closing.get(row["institution_id"], {}).items():
        care, in_use = care - care_beds, in_use - beds
        reaches = in_use > 0 and above_30_percent(care, in_use) >= 0
        yield last, care if tally.amount else int(reaches)
