"""What the run found wrong in the registers, the gravest first."""

from __future__ import annotations

from typing import Any

from institutions.models import Region
from targets.indicators.calculation import Tree
from targets.models import IndicatorRun
from targets.quality.base import Severity
from targets.quality.listing import CheckLine, check_lines, severity_totals
from yiyang.access.scope import Actor

CHECKS_LISTED = 8
ORDER = tuple(reversed(Severity))


def told_findings(run: IndicatorRun, tree: Tree, region: Region, reader: Actor) -> dict[str, Any]:
    """Totals by severity, and the checks that found most, the gravest first."""
    lines = check_lines(run, tree, [region], reader)
    totals = severity_totals(lines)
    found = sorted(
        (line for line in lines if _count(line)),
        key=lambda line: (ORDER.index(line.check.severity), -_count(line)),
    )
    return {
        "totals": [
            {"severity": one.value, "title": str(one.label), "count": totals[one]} for one in ORDER
        ],
        "checks": [
            {
                "check": line.check.id,
                "title": line.check.title,
                "severity": str(line.check.severity.label),
                "colour": line.tone.colour,
                "icon": line.tone.icon,
                "count": _count(line),
                "remedy": line.check.remedy,
            }
            for line in found[:CHECKS_LISTED]
        ],
    }


def _count(line: CheckLine) -> int:
    return line.cells[0].found or 0
