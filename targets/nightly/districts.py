"""The targets district by district, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from institutions.models import Region
from targets.nightly.lines import Compared
from targets.nightly.spans import Span
from targets.presenters import NOTHING, present

NO_CELL = {
    "value": NOTHING,
    "word": "",
    "colour": "none",
    "icon": "dash",
    "gap": "",
    "note": "",
    "change": "",
}


def told_districts(
    lines: Sequence[Compared], regions: Sequence[Region], span: Span
) -> dict[str, Any]:
    """A row for each judged target the regions below share, a cell for each region in order."""
    below = [one for one in lines if one.line.is_judged]
    rows: dict[tuple[str, str], dict[int, Compared]] = {}
    for one in below:
        key = (one.line.target.code, one.line.indicator.reading)
        rows.setdefault(key, {})[one.line.region.pk] = one
    return {
        "regions": [{"code": region.code, "name": region.name} for region in regions],
        "rows": [_row(cells, regions, span) for cells in rows.values()],
    }


def _row(cells: dict[int, Compared], regions: Sequence[Region], span: Span) -> dict[str, Any]:
    one = next(iter(cells.values()))
    first = one.line
    return {
        "target": first.target.code,
        "title": first.indicator.title,
        "indicator": first.indicator.code,
        "named": one.name,
        "threshold": present(first).threshold,
        "cells": [
            {"region": region.name, **_cell(cells.get(region.pk), span)} for region in regions
        ],
    }


def _cell(one: Compared | None, span: Span) -> dict[str, Any]:
    if one is None:
        return NO_CELL
    shown, change = present(one.line), one.change(span)
    return {
        "value": shown.value,
        "word": shown.word,
        "colour": shown.tone.colour,
        "icon": shown.tone.icon,
        "gap": shown.gap,
        "note": shown.note,
        "change": change.difference_text if change else "",
    }
