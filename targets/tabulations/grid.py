"""A statistical table as plain data: what every surface prints, now and years later.

A cell is a text, a whole number, None for “无数据”, or [numerator, denominator] for a share.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from fractions import Fraction
from typing import Any, TypedDict

from yiyang.lib.percentages import percent

NO_DATA = "无数据"
KEPT_BACK = "不列"
INTERNAL = "内部工作表"
SIGNATURES = ("单位负责人", "统计负责人", "填表人", "联系电话", "报出日期")
GridCell = str | int | list[int] | None
TEXT, COUNT, SHARE, WORDS = "text", "count", "share", "words"


class GridColumn(TypedDict):
    """One column: its heading, the heading above several, and what stands in its cells."""

    group: str
    heading: str
    kind: str
    width: int


class GridRow(TypedDict):
    """One row; a deeper `level` lies within the row above, and is no part of the total."""

    level: int
    is_total: bool
    cells: list[GridCell]


class Grid(TypedDict):
    """A whole table with everything printed around it."""

    code: str
    title: str
    as_of: str
    region: str
    filing: list[str]
    unit: str
    demo_mark: str
    columns: list[GridColumn]
    rows: list[GridRow]
    notes: list[str]
    signatures: list[str]
    run: int


def column(heading: str, kind: str, width: int, group: str = "") -> GridColumn:
    return {"group": group, "heading": heading, "kind": kind, "width": width}


def row(cells: Iterable[GridCell], *, level: int = 0, is_total: bool = False) -> GridRow:
    return {"level": level, "is_total": is_total, "cells": list(cells)}


def headline(grid: Grid) -> str:
    """For instance 乌海市床位情况表（截至2026年11月23日）."""
    day = date.fromisoformat(grid["as_of"])
    return f"{grid['title']}（截至{day.year}年{day.month}月{day.day}日）"


def cell_text(cell: GridCell) -> str:
    """The cell as a page shows it; shares rounded once, here."""
    if cell is None:
        return NO_DATA
    if isinstance(cell, list):
        value = share_of(cell)
        return NO_DATA if value is None else percent(value)
    return f"{cell:,}" if isinstance(cell, int) else cell


def share_of(cell: Sequence[int]) -> Fraction | None:
    """The exact share; None where there is nothing to divide by."""
    top, bottom = cell
    return Fraction(top, bottom) if bottom else None


def groups_of(columns: Sequence[GridColumn]) -> list[tuple[str, int, int]]:
    """The upper headings with the first and last column of each; a column alone has none above."""
    found: list[tuple[str, int, int]] = []
    for place, one in enumerate(columns):
        if one["group"] and found and found[-1][0] == one["group"]:
            found[-1] = (one["group"], found[-1][1], place)
        else:
            found.append((one["group"], place, place))
    return found


def content_of(grid: Grid) -> dict[str, Any]:
    """The table as a paper keeps it, with the very words a page prints beside the values."""
    columns = grid["columns"]
    upper = [
        {
            "text": group or columns[first]["heading"],
            "columns": last - first + 1,
            "rows": 1 if group else 2,
        }
        for group, first, last in groups_of(columns)
    ]
    rows = [
        {
            "level": one["level"],
            "is_total": one["is_total"],
            "cells": [
                {"text": cell_text(cell), "kind": of["kind"]}
                for of, cell in zip(columns, one["cells"], strict=True)
            ],
        }
        for one in grid["rows"]
    ]
    lower = [one["heading"] for one in columns if one["group"]]
    printed = {"headline": headline(grid), "upper": upper, "lower": lower, "rows": rows}
    return {**grid, "printed": printed}
