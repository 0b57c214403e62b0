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
LOOKS: Final[dict[str, Look]] = {
    "mark": {"bold": True},
    "note": {},
    "head": {"bold": True, "bg_color": "#E8F0F6", "border": 1},
    "text": {"border": 1, "num_format": "@"},
    "wrong": {"border": 1, "num_format": "@", "bg_color": "#FBE9E6", "bold": True},
}
Cell = str | int


class Marked(str):
    """A cell that is wrong, shown on a coloured ground."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Layout:
    """What stands around the rows; `mark` is the first line and on every printed page."""

    title: str
    mark: str
    note: str
    headings: Sequence[str]


def streamed(layout: Layout, rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """The workbook in blocks, as its rows are read."""
    return streamed_sheets([sheet_of(layout, rows)], LOOKS)


def sheet_of(layout: Layout, rows: Iterable[Sequence[Cell]], title: str = "") -> Sheet:
    """The rows as one sheet of a workbook, under the list's title or another."""
    mark = plain_mark(layout.mark[:MARK_LENGTH])
    return Sheet(
        title=title or layout.title,
        widths=[WIDTH] * max(len(layout.headings), 1),
        lines=_lines(layout, rows),
        frozen=(HEADINGS_AT + 1, 1),
        repeated=(0, HEADINGS_AT),
        header=f"&C{mark}",
        footer=f"&L{mark}&R&P/&N",
    )


def _lines(layout: Layout, rows: Iterable[Sequence[Cell]]) -> Iterator[Line]:
    yield Line((layout.mark,), ("mark",))
    yield Line((layout.note,), ("note",))
    yield Line(tuple(layout.headings), ("head",) * len(layout.headings))
    right = ("text",) * len(layout.headings)
    for row in rows:
        if any(isinstance(cell, Marked) for cell in row):
            yield Line(row, tuple("wrong" if isinstance(one, Marked) else "text" for one in row))
        else:
            yield Line(row, right)
