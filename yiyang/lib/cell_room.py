"""How much room a text takes in a cell of a workbook.

A row whose height is not written is sized by Excel as it opens; LibreOffice takes the heights of
a workbook for right and shows the first line only.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

# 列宽按 11 磅数字的宽度算，一个 7 像素，两边另留 5 像素；10 磅的汉字 13 像素。
DIGIT_PIXELS: Final = 7
WIDE_PIXELS: Final = 13
PADDING_PIXELS: Final = 5
LINE_HEIGHT: Final = 16.5  # 微软雅黑 10 磅的一行
HIGHEST: Final = 409.0  # 表格程序许可的行高
NOT_WRAPPING: Final = 0.0


def pixels_of(text: str) -> int:
    """How wide the text is on one line."""
    wide = 0 if text.isascii() else sum(not character.isascii() for character in text)
    return (len(text) - wide) * DIGIT_PIXELS + wide * WIDE_PIXELS


def lines_in(text: str, width: float) -> int:
    """How many lines the text wraps into within a column; a wide character is never cut."""
    if len(text) * 2 < width and "\n" not in text:
        return 1
    fitting = int(width * DIGIT_PIXELS - PADDING_PIXELS) // WIDE_PIXELS
    room = max(fitting, 1) * WIDE_PIXELS
    return sum(max(1, -(-pixels_of(line) // room)) for line in text.split("\n"))


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
