"""A list of any length as a workbook: a mark, a note, headings and rows on one sheet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from yiyang.lib.books import BLOCK_BYTES as BLOCK_BYTES
from yiyang.lib.books import FONT as FONT
from yiyang.lib.books import XLSX_TYPE as XLSX_TYPE
from yiyang.lib.books import Line, Look, Sheet, plain_mark
from yiyang.lib.books import streamed as streamed_sheets

HEADINGS_AT: Final = 2  # 第 1 行水印，第 2 行说明，第 3 行表头
MARK_LENGTH: Final = 120  # 页眉页脚各限 255 字，水印里的 & 还要写成两个
WIDTH: Final = 20
# 名称比一栏宽的折行，不被右边的格子遮住；没有写行高的行由表格程序按内容定。
TEXT: Final[Look] = {"border": 1, "num_format": "@", "text_wrap": True, "valign": "top"}
LOOKS: Final[dict[str, Look]] = {
    "mark": {"bold": True},
    "note": {},
    "head": {"bold": True, "bg_color": "#E8F0F6", "border": 1, "text_wrap": True},
    "text": TEXT,
    "number": {"border": 1, "num_format": "0", "valign": "top"},
    "wrong": {**TEXT, "bg_color": "#FBE9E6", "bold": True},
}
Cell = str | int


class Marked(str):
    """A cell that is wrong, shown on a coloured ground."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Layout:
    """What stands around the rows; `mark` is the first line and on every printed page.

    The first columns that are `kept` stay in sight; without `widths` all are alike.
    """

    title: str
    mark: str
    note: str
    headings: Sequence[str]
    widths: Sequence[float] = ()
    kept: int = 1


def streamed(layout: Layout, rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """The workbook in blocks, as its rows are read."""
    return streamed_sheets([sheet_of(layout, rows)], LOOKS)


def sheet_of(layout: Layout, rows: Iterable[Sequence[Cell]], title: str = "") -> Sheet:
    """The rows as one sheet of a workbook, under the list's title or another."""
    mark = plain_mark(layout.mark[:MARK_LENGTH])
    return Sheet(
        title=title or layout.title,
        widths=layout.widths or [WIDTH] * max(len(layout.headings), 1),
        lines=_lines(layout, rows),
        frozen=(HEADINGS_AT + 1, layout.kept),
        repeated=(0, HEADINGS_AT),
        header=f"&C{mark}",
        footer=f"&L{mark}&R&P/&N",
    )


def _lines(layout: Layout, rows: Iterable[Sequence[Cell]]) -> Iterator[Line]:
    yield Line((layout.mark,), ("mark",))
    yield Line((layout.note,), ("note",))
    yield Line(tuple(layout.headings), ("head",) * len(layout.headings))
    for row in rows:
        yield Line(row, tuple(map(_look, row)))


def _look(cell: Cell) -> str:
    if isinstance(cell, int):
        return "number"
    return "wrong" if isinstance(cell, Marked) else "text"
