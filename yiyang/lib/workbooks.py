"""Excel sheets of any length, sent row by row: nothing of the rows stands on disk or in memory.

xlsxwriter makes everything around the rows (styles, paper, heading lines); its own long-list mode
keeps rows in temporary files, where a killed process would leave them in plain.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from yiyang.lib.sheets import safe_cell

XLSX_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BLOCK_BYTES: Final = 64 * 1024
FONT: Final = {"font_name": "微软雅黑", "font_size": 10}
SHEET_PART: Final = "xl/worksheets/sheet1.xml"
HEADINGS_AT: Final = 2  # 第 1 行水印，第 2 行说明，第 3 行表头
FIRST_ROW: Final = HEADINGS_AT + 2
MARK_LENGTH: Final = 120  # 页眉页脚各限 255 字，水印里的 & 还要写成两个
SAMPLE_STYLE: Final = re.compile(rf'<c r="A{FIRST_ROW}" s="(\d+)"')
MARKED_STYLE: Final = re.compile(rf'<c r="B{FIRST_ROW}" s="(\d+)"')
NOT_IN_XML: Final = re.compile("[\ud800-\udfff\ufffe\uffff]")
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
    outlet = _Outlet()
    with ZipFile(io.BytesIO(_template(layout))) as template, ZipFile(outlet, "w") as archive:
        for part in template.namelist():
            if part != SHEET_PART:
                archive.writestr(_entry(part), template.read(part))
        sheet = template.read(SHEET_PART).decode()
        with archive.open(_entry(SHEET_PART), "w") as written:
            for text in _sheet_text(sheet, rows):
                written.write(text.encode())
                if outlet.size >= BLOCK_BYTES:
                    yield outlet.take()
    yield outlet.take()


class _Outlet:
    """A file that can only be written to, so that the zip never looks back."""

    def __init__(self) -> None:
        self._blocks: list[bytes] = []
        self.size = 0

    def write(self, data: bytes) -> int:
        self._blocks.append(bytes(data))
        self.size += len(data)
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """Nothing is held open."""

    def take(self) -> bytes:
        """Hand over what was written since the last time."""
        taken = b"".join(self._blocks)
        self._blocks.clear()
        self.size = 0
        return taken


def _entry(name: str) -> ZipInfo:
    entry = ZipInfo(name)
    entry.compress_type = ZIP_DEFLATED
    return entry


def _sheet_text(sheet: str, rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """The sheet of the template with the rows in place of its sample row."""
    found, marked = SAMPLE_STYLE.search(sheet), MARKED_STYLE.search(sheet)
    if found is None or marked is None:
        raise ValueError("工作簿样板里没有样行。")
    styles = (found[1], marked[1])
    head, _, rest = sheet.partition(f'<row r="{FIRST_ROW}"')
    # 样板里写的范围只到样行；这一项可以没有。
    yield re.sub(r'<dimension ref="[^"]*"/>', "", head)
    for number, row in enumerate(rows, start=FIRST_ROW):
        yield _row_text(number, row, styles)
    yield rest[rest.index("</sheetData>") :]


def _row_text(number: int, row: Sequence[Cell], styles: tuple[str, str]) -> str:
    cells = (
        _cell_text(f"{xl_col_to_name(column)}{number}", cell, styles[isinstance(cell, Marked)])
        for column, cell in enumerate(row)
    )
    return f'<row r="{number}">{"".join(cells)}</row>'


def _cell_text(place: str, cell: Cell, style: str) -> str:
    """A whole number as a number, anything else as text that is never computed."""
    if isinstance(cell, int):
        return f'<c r="{place}" s="{style}"><v>{cell}</v></c>'
    text = escape(NOT_IN_XML.sub("", safe_cell(cell)))
    return f'<c r="{place}" s="{style}" t="inlineStr"><is><t>{text}</t></is></c>'


def _template(layout: Layout) -> bytes:
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(buffer, options) as workbook:
        sheet = workbook.add_worksheet(layout.title)
        bold = workbook.add_format({**FONT, "bold": True})
        head = workbook.add_format({**FONT, "bold": True, "bg_color": "#E8F0F6", "border": 1})
        text = workbook.add_format({**FONT, "border": 1, "num_format": "@"})
        sheet.write_string(0, 0, layout.mark, bold)
        sheet.write_string(1, 0, layout.note, workbook.add_format(FONT))
        for column, heading in enumerate(layout.headings):
            sheet.write_string(HEADINGS_AT, column, heading, head)
        wrong = {**FONT, "border": 1, "num_format": "@", "bg_color": "#FBE9E6", "bold": True}
        sheet.write_blank(FIRST_ROW - 1, 0, None, text)
        sheet.write_blank(FIRST_ROW - 1, 1, None, workbook.add_format(wrong))
        _set_paper(sheet, layout)
    return buffer.getvalue()


def _set_paper(sheet: Worksheet, layout: Layout) -> None:
    sheet.set_column(0, max(len(layout.headings) - 1, 0), 20)
    sheet.freeze_panes(HEADINGS_AT + 1, 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0, HEADINGS_AT)
    # 页眉页脚里 & 开头的是代码，姓名里的 & 写两个才是字。
    mark = layout.mark[:MARK_LENGTH].replace("&", "&&")
    sheet.set_header(f"&C{mark}")
    sheet.set_footer(f"&L{mark}&R&P/&N")
