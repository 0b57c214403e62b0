"""Workbooks of any number of sheets, sent row by row: no row stands on disk or in memory.

xlsxwriter makes everything around the rows (looks, widths, paper); its own long-list mode keeps
rows in temporary files, where a killed process would leave them in plain.
"""

from __future__ import annotations

import io
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from yiyang.lib.cell_room import NOT_WRAPPING, height_of
from yiyang.lib.sheets import safe_cell
from yiyang.lib.xml_text import xml_text

XLSX_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BLOCK_BYTES: Final = 64 * 1024
FONT: Final = {"font_name": "微软雅黑", "font_size": 10}
A4: Final = 9
EVERY_CELL: Final = "A1:XFD1048576"
LONGEST_TITLE: Final = 31
SHEET_PART: Final = re.compile(r"xl/worksheets/sheet(\d+)\.xml")
SAMPLE: Final = re.compile(r'<c r="[A-Z]+1" s="(\d+)"')
ROWS: Final = re.compile(r"<sheetData ?/>|<sheetData>.*</sheetData>", re.DOTALL)
SIZE: Final = re.compile(r'<dimension ref="[^"]*"/>')
NOT_IN_A_TITLE: Final = re.compile(r"[\[\]:*?/\\']")
# 浮点数只到这里为止：由两个整数相除写进单元格，判定早已按整数与分数做完。
Cell = str | int | float | None
Look = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Block:
    """Cells of a line shown as one: its first and last column, and how many rows below as well."""

    first: int
    last: int
    below: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """One row: its cells, the name of the look of each, its height and what is shown as one.

    Without a height the row is as high as its wrapping texts need.
    """

    cells: Sequence[Cell]
    looks: tuple[str, ...]
    height: float | None = None
    blocks: Sequence[Block] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet on landscape A4: `frozen` rows and columns, rows `repeated` on every page.

    In `header` and `footer` the codes of the program hold, such as &P; foreign text goes through
    `plain_mark`. The lines are read once, when the sheet is written.
    """

    title: str
    widths: Sequence[float]
    lines: Iterable[Line]
    frozen: tuple[int, int] = (0, 0)
    repeated: tuple[int, int] | None = None
    header: str = ""
    footer: str = "&R&P/&N"


def plain_mark(text: str) -> str:
    """Text for a header in which & begins no code."""
    return xml_text(text).replace("&", "&&")


def sheet_title(name: str) -> str:
    """A name that Excel takes for a sheet."""
    return _cut(NOT_IN_A_TITLE.sub(" ", xml_text(name)).strip(), LONGEST_TITLE) or "表"


def sheet_titles(names: Iterable[str]) -> list[str]:
    """A name for each sheet of a workbook, the like ones told apart by a number."""
    titles: list[str] = []
    for name in names:
        title, number = sheet_title(name), 1
        while title.lower() in {taken.lower() for taken in titles}:
            number += 1
            ending = f"（{number}）"
            title = _cut(sheet_title(name), LONGEST_TITLE - len(ending)) + ending
        titles.append(title)
    return titles


def _cut(text: str, length: int) -> str:
    """The beginning of a text, as long as Excel counts: a rare 汉字 is two."""
    return text.encode("utf-16-le")[: 2 * length].decode("utf-16-le", "ignore")


def streamed(sheets: Sequence[Sheet], looks: Mapping[str, Look]) -> Iterator[bytes]:
    """The workbook in blocks, as its lines are read."""
    outlet = _Outlet()
    with ZipFile(io.BytesIO(_template(sheets, looks))) as template, ZipFile(outlet, "w") as archive:
        styles = _styles_in(template, looks)
        wrapping = {name for name, look in looks.items() if look.get("text_wrap")}
        for part in template.namelist():
            number = SHEET_PART.fullmatch(part)
            if number is None:
                archive.writestr(_entry(part), template.read(part))
                continue
            around = template.read(part).decode()
            with archive.open(_entry(part), "w") as written:
                for text in _sheet_text(around, sheets[int(number[1]) - 1], styles, wrapping):
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


def _styles_in(template: ZipFile, looks: Mapping[str, Look]) -> dict[str, str]:
    """The number under which the workbook keeps each look, read from the samples."""
    samples = SAMPLE.findall(template.read("xl/worksheets/sheet1.xml").decode())
    return dict(zip(looks, samples, strict=True))


def _sheet_text(
    around: str, sheet: Sheet, styles: Mapping[str, str], wrapping: Collection[str]
) -> Iterator[str]:
    """The sheet of the template with the lines in place of its rows."""
    found = ROWS.search(around)
    if found is None:
        raise ValueError("工作簿样板里没有放行的地方。")
    # 样板里写的范围只到样行；这一项可以没有。
    yield SIZE.sub("", around[: found.start()]) + "<sheetData>"
    places: dict[tuple[str, ...], _Places] = {}
    merged: list[str] = []
    for number, line in enumerate(sheet.lines, start=1):
        if line.looks not in places:
            places[line.looks] = _places(line.looks, sheet, styles, wrapping)
        merged += [_area(block, number) for block in line.blocks]
        yield _line_text(number, line, places[line.looks])
    yield "</sheetData>" + _merged_text(merged) + around[found.end() :]


@dataclass(frozen=True, slots=True)
class _Places:
    """Where the cells of alike lines stand: column and style of each, and the room of its text."""

    columns: Sequence[tuple[str, str]]
    room: Sequence[float]


def _places(
    looks: Sequence[str], sheet: Sheet, styles: Mapping[str, str], wrapping: Collection[str]
) -> _Places:
    columns = [(xl_col_to_name(place), styles[look]) for place, look in enumerate(looks)]
    room = [
        width if look in wrapping else NOT_WRAPPING
        for look, width in zip(looks, sheet.widths, strict=False)
    ]
    return _Places(columns, room)


def _line_text(number: int, line: Line, places: _Places) -> str:
    cells = (
        _cell_text(f"{column}{number}", cell, style)
        for (column, style), cell in zip(places.columns, line.cells, strict=False)
    )
    height = line.height
    if height is None and not line.blocks:
        height = height_of(line.cells, places.room)
    room = f' ht="{height}" customHeight="1"' if height else ""
    return f'<row r="{number}"{room}>{"".join(cells)}</row>'


def _cell_text(place: str, cell: Cell, style: str) -> str:
    """A number as a number, anything else as text that is never computed."""
    if isinstance(cell, str):
        text = escape(xml_text(safe_cell(cell)))
        kept = "" if text == text.strip() else ' xml:space="preserve"'
        return f'<c r="{place}" s="{style}" t="inlineStr"><is><t{kept}>{text}</t></is></c>'
    if cell is None:
        return f'<c r="{place}" s="{style}"/>'
    return f'<c r="{place}" s="{style}"><v>{cell!r}</v></c>'


def _area(block: Block, number: int) -> str:
    first, last = xl_col_to_name(block.first), xl_col_to_name(block.last)
    return f"{first}{number}:{last}{number + block.below}"


def _merged_text(areas: Sequence[str]) -> str:
    if not areas:
        return ""
    cells = "".join(f'<mergeCell ref="{area}"/>' for area in areas)
    return f'<mergeCells count="{len(areas)}">{cells}</mergeCells>'


def _template(sheets: Sequence[Sheet], looks: Mapping[str, Look]) -> bytes:
    """The workbook without its lines; the first sheet holds a sample of every look."""
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(buffer, options) as workbook:
        formats = [workbook.add_format({**FONT, **look}) for look in looks.values()]
        for number, sheet in enumerate(sheets):
            worksheet = workbook.add_worksheet(sheet.title)
            for column, format_ in enumerate(formats if number == 0 else ()):
                worksheet.write_blank(0, column, None, format_)
            _set_paper(worksheet, sheet)
    return buffer.getvalue()


def _set_paper(worksheet: Worksheet, sheet: Sheet) -> None:
    for column, width in enumerate(sheet.widths):
        worksheet.set_column(column, column, width)
    if any(sheet.frozen):
        worksheet.freeze_panes(*sheet.frozen)
    worksheet.set_landscape()
    worksheet.set_paper(A4)
    worksheet.fit_to_pages(1, 0)
    worksheet.set_margins(left=0.5, right=0.5, top=0.7, bottom=0.7)
    if sheet.repeated:
        worksheet.repeat_rows(*sheet.repeated)
    # 编码写成文字是有意的，不要绿色小三角。
    worksheet.ignore_errors({"number_stored_as_text": EVERY_CELL})
    worksheet.set_header(sheet.header)
    worksheet.set_footer(sheet.footer)
