"""Target lines as plain records, the same fields for the command, csv and the API."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from targets.models import Comparator
from targets.results import TargetLine
from yiyang.lib.sheets import safe_cell

FIELDS = (
    *("region", "level", "target", "indicator", "reading", "policy", "clause", "due_year"),
    *("unit", "numerator", "denominator", "excluded", "missing", "threshold"),
    *("threshold_upper", "comparator", "verdict", "reason", "pace", "historical"),
)


def as_record(line: TargetLine) -> dict[str, Any]:
    """One line under FIELDS: integers as integers, thresholds as exact decimal strings."""
    target, judgement, figure = line.target, line.judgement, line.figure
    return {
        "region": line.region.code,
        "level": line.region.level.lower(),
        "target": target.code,
        "indicator": line.indicator.code,
        "reading": line.indicator.reading,
        "policy": target.policy.number,
        "clause": target.clause.reference,
        "due_year": target.due_on.year if target.due_on else None,
        "unit": line.indicator.unit.value,
        "numerator": figure.numerator,
        "denominator": figure.denominator,
        "excluded": figure.excluded,
        "missing": figure.missing,
        "threshold": decimal_text(target.threshold),
        "threshold_upper": decimal_text(target.threshold_upper),
        "comparator": None if target.comparator == Comparator.NONE else target.comparator,
        "verdict": judgement.verdict.value,
        "reason": judgement.reason.value or None,
        "pace": judgement.pace.value if judgement.pace else None,
        "historical": line.is_historical,
    }


def harmless(record: dict[str, Any]) -> dict[str, Any]:
    """The record with texts that a spreadsheet opening the csv would show and not compute."""
    return {
        name: safe_cell(value) if isinstance(value, str) else value
        for name, value in record.items()
    }


def decimal_text(number: Decimal | None) -> str | None:
    """An exact decimal without trailing zeros: "0.8", "5"."""
    return None if number is None else format(number.normalize(), "f")
