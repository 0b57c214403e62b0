"""A statistical table as an Excel sheet, ready to print on landscape A4."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from targets.tabulations.grid import (
    NO_DATA,
    Grid,
    GridCell,
    GridColumn,
    GridRow,
    groups_of,
    headline,
)
from yiyang.lib.books import Block, Cell, Line, Sheet, plain_mark, sheet_title, streamed
from yiyang.lib.cell_room import DIGIT_PIXELS, HIGHEST, lines_in, pixels_of

SONG, HEI = {"font_name": "宋体"}, {"font_name": "黑体"}
BOXED = {**SONG, "border": 1, "valign": "vcenter"}
HEAD = {**BOXED, "align": "center", "text_wrap": True, "bold": True}
TEXT = {**BOXED, "num_format": "@", "text_wrap": True}
NUMBER = {**BOXED, "align": "right", "num_format": "#,##0"}
PERCENT = {**NUMBER, "num_format": "0.00%"}
BARE = {**SONG, "valign": "vcenter"}
LOOKS: Mapping[str, Mapping[str, Any]] = {
    "title": {**HEI, "font_size": 16, "align": "center", "valign": "vcenter"},
    "right": {**BARE, "align": "right"},
    "left": {**BARE},
    "note": {**BARE, "text_wrap": True, "valign": "top", "font_size": 9},
    "head": HEAD,
    "text": TEXT,
    "within": {**TEXT, "indent": 1},
    "words": {**TEXT, "align": "center"},
    "count": NUMBER,
    "share": PERCENT,
    "total-text": {**TEXT, "bold": True},
    "total-words": {**TEXT, "align": "center", "bold": True},
    "total-count": {**NUMBER, "bold": True},
    "total-share": {**PERCENT, "bold": True},
}
TITLE_HEIGHT, HEAD_HEIGHT, LINE_HEIGHT = 30.0, 30.0, 20.0
WRAPPED_HEIGHT, NOTE_HEIGHT = 14.0, 13.0
NAME_COLUMN = 2  # 序号、代码之后是名称
FILED_LINES = 4  # 表号、制定机关、批准文号、有效期限


def workbook_of(grid: Grid, fingerprint: str) -> bytes:
    """The table as a workbook of one sheet."""
    return b"".join(blocks_of(grid, grid["rows"], fingerprint))


def blocks_of(grid: Grid, rows: Iterable[GridRow], fingerprint: str) -> Iterator[bytes]:
    """The workbook as its rows are read, so that a long table never stands in memory whole."""
    top = len(grid["filing"]) + 2
    mark = plain_mark(grid["demo_mark"])
    sheet = Sheet(
        title=sheet_title(grid["title"]),
        widths=[one["width"] for one in grid["columns"]],
        lines=_lines(grid, rows, fingerprint),
        frozen=(top + 2, NAME_COLUMN + 1),
        repeated=(top, top + 1),
        header=f"&C{mark}" if mark else "",
        footer=f"&L{mark}&R第 &P 页，共 &N 页",
    )
    return streamed([sheet], LOOKS)


def _lines(grid: Grid, rows: Iterable[GridRow], fingerprint: str) -> Iterator[Line]:
    columns = grid["columns"]
    yield from _opening(grid)
    yield from _headings(columns)
    looks = {
        (level, is_total): _looks(columns, level, is_total=is_total)
        for level in (0, 1, 2)
        for is_total in (False, True)
    }
    for row in rows:
        cells = [cell if isinstance(cell, str) else _number(cell) for cell in row["cells"]]
        look = looks[min(row["level"], 2), row["is_total"]]
        yield Line(cells, look, _height(columns, row["cells"]))
    yield from _closing(grid, fingerprint)


def _number(cell: GridCell) -> Cell:
    """The value Excel can reckon with; 无数据 in words."""
    if isinstance(cell, list):
        top, bottom = cell
        return top / bottom if bottom else NO_DATA
    return NO_DATA if cell is None else cell


def _height(columns: Sequence[GridColumn], cells: Sequence[GridCell]) -> float:
    """Room for the longest text of the row, which wraps within its column."""
    lines = (
        lines_in(cell, one["width"])
        for one, cell in zip(columns, cells, strict=False)
        if isinstance(cell, str)
    )
    return min(LINE_HEIGHT + WRAPPED_HEIGHT * (max(lines, default=1) - 1), HIGHEST)


def _looks(columns: Sequence[GridColumn], level: int, *, is_total: bool) -> tuple[str, ...]:
    kinds = [one["kind"] for one in columns]
    if is_total:
        return tuple(f"total-{kind}" for kind in kinds)
    if not level:
        return tuple(kinds)
    return tuple("within" if place == NAME_COLUMN else kind for place, kind in enumerate(kinds))


def _opening(grid: Grid) -> Iterator[Line]:
    last = len(grid["columns"]) - 1
    mark = f"（{grid['demo_mark']}）" if grid["demo_mark"] else ""
    yield _across(f"{headline(grid)}{mark}", "title", last, TITLE_HEIGHT)
    yield from _filing(grid)
    half = max(NAME_COLUMN + 1, last // 2)
    cells: list[Cell] = [None] * (last + 1)
    cells[0] = f"填报单位：{grid['region']}"
    cells[half + 1] = f"计量单位：{grid['unit']}"
    blocks = [Block(0, half), Block(half + 1, last)] if half + 1 < last else [Block(0, half)]
    looks = ("left",) * (half + 1) + ("right",) * (last - half)
    yield Line(cells, looks, LINE_HEIGHT, blocks)


def _filing(grid: Grid) -> Iterator[Line]:
    """What is filed stands in the upper right corner, its lines beginning below one another."""
    texts, widths = grid["filing"], [one["width"] for one in grid["columns"]]
    last = len(widths) - 1
    if len(texts) < FILED_LINES:
        yield from (_across(text, "right", last) for text in texts)
        return
    room = max(map(pixels_of, texts)) / DIGIT_PIXELS + 1
    first = next((place for place in range(last, 0, -1) if sum(widths[place:]) >= room), 0)
    for text in texts:
        cells = [*[None] * first, text, *[None] * (last - first)]
        blocks = [Block(first, last)] if first < last else []
        yield Line(cells, ("left",) * (last + 1), LINE_HEIGHT, blocks)


def _headings(columns: Sequence[GridColumn]) -> Iterator[Line]:
    upper: list[Cell] = [None] * len(columns)
    blocks = []
    for group, first, last in groups_of(columns):
        upper[first] = group or columns[first]["heading"]
        if not group:
            blocks.append(Block(first, first, 1))
        elif last > first:
            blocks.append(Block(first, last))
    lower = [one["heading"] if one["group"] else None for one in columns]
    looks = ("head",) * len(columns)
    yield Line(upper, looks, LINE_HEIGHT, blocks)
    grouped = (one for one in columns if one["group"])
    lines = max((lines_in(one["heading"], one["width"]) for one in grouped), default=1)
    yield Line(lower, looks, max(HEAD_HEIGHT, WRAPPED_HEIGHT * lines + 4))


def _closing(grid: Grid, fingerprint: str) -> Iterator[Line]:
    last = len(grid["columns"]) - 1
    signed = "　　　　　　".join(f"{name}：" for name in grid["signatures"])
    yield _across(signed, "left", last, HEAD_HEIGHT)
    notes = [*grid["notes"], f"本表内容指纹（SHA-256）：{fingerprint}。"]
    room = sum(one["width"] for one in grid["columns"]) * 10 // 9
    for number, note in enumerate(notes, start=1):
        text = f"注 {number}：{note}"
        lines = lines_in(text, room)
        yield _across(text, "note", last, NOTE_HEIGHT * lines + 2)


def _across(text: str, look: str, last: int, height: float = LINE_HEIGHT) -> Line:
    cells: list[Cell] = [text, *[None] * last]
    return Line(cells, (look,) * (last + 1), height, [Block(0, last)] if last else [])
