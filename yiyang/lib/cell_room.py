"""How much room a text takes in a cell of a workbook.

A row whose height is not written is sized by Excel as it opens; LibreOffice takes the heights of
a workbook for right and shows the first line only.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import Final

WIDE: Final = 2  # 一个汉字占两个半角字符的宽
LINE_HEIGHT: Final = 16.5  # 微软雅黑 10 磅的一行
HIGHEST: Final = 409.0  # 表格程序许可的行高
NOT_WRAPPING: Final = 0.0


def width_of(text: str) -> int:
    """In characters of half width, as column widths are given."""
    if text.isascii():
        return len(text)
    return sum(1 if character.isascii() else WIDE for character in text)


def lines_in(text: str, width: float) -> int:
    """How many lines the text wraps into within a column; a wide character is never cut."""
    if len(text) * WIDE < width and "\n" not in text:
        return 1
    room = max(int(width - 1) // WIDE * WIDE, WIDE)
    return sum(max(1, ceil(width_of(line) / room)) for line in text.split("\n"))


def height_of(cells: Sequence[object], widths: Sequence[float]) -> float | None:
    """The height a row of wrapping cells needs; None where one line is enough."""
    lines = max(
        (
            lines_in(cell, width)
            for cell, width in zip(cells, widths, strict=False)
            if width != NOT_WRAPPING and isinstance(cell, str)
        ),
        default=1,
    )
    return min(lines * LINE_HEIGHT, HIGHEST) if lines > 1 else None
