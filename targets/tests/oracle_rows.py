"""The rows the oracle adds up: one record each, with where it lies and what became of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from targets.tests.oracle import Oracle

COUNTED, NOT, OUT, MISSING = "counted", "not counted", "excluded", "missing"
Key = tuple[str, str]
# 分子 分母 排除 缺报 应报
Answer = tuple[int | None, int | None, int, int, int]


@dataclass(frozen=True)
class Row:
    """One record: where it lies, what became of it, for how much, and whether it must report."""

    region: int
    fate: str
    amount: int = 1
    must_report: bool = False


Rows = Iterator[Row]


def summed(oracle: Oracle, rows: Rows, region: int, bottom: int | None = None) -> Answer:
    """Add up the rows that lie in `region`."""
    here = [row for row in rows if oracle.lies_in(row.region, region)]
    return (
        sum(row.amount for row in here if row.fate == COUNTED),
        bottom,
        sum(row.fate == OUT for row in here),
        sum(row.fate == MISSING for row in here),
        sum(row.must_report and row.fate != OUT for row in here),
    )


def added(*parts: Answer) -> Answer:
    """Numerators of several kinds of records together, over the first one's denominator."""
    return (
        sum(part[0] or 0 for part in parts),
        parts[0][1],
        sum(part[2] for part in parts),
        sum(part[3] for part in parts),
        sum(part[4] for part in parts),
    )


def fate(profile: Any, is_counted: bool) -> str:
    if profile.status != "OPERATING":
        return OUT
    return COUNTED if is_counted else NOT


def share(
    oracle: Oracle, region: int, profiles: list[Any], is_counted: Callable[[Any], bool]
) -> Answer:
    """Institutions counted over institutions operating."""
    rows = (Row(p.region_id, fate(p, is_counted(p))) for p in profiles)
    bottom = sum(p.status == "OPERATING" and oracle.lies_in(p.region_id, region) for p in profiles)
    return summed(oracle, rows, region, bottom)
