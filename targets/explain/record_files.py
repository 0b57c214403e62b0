"""A record list as a file: what it is, the headings, then the very rows of the page."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from targets.explain.records import Part, Shelf, listed, words_of
from yiyang.access.scope import Actor
from yiyang.lib.books import FONT
from yiyang.lib.cell_room import height_of
from yiyang.lib.demo import demo_mark
from yiyang.lib.sheets import safe_cell

Line = tuple[str | int, ...]
# 超过这么多行的请下载 CSV：Excel 打开更大的工作簿很慢，服务器也要整份写好才能送出。
XLSX_ROWS = 20_000
ROWS_AT_ONCE = 2_000
BLOCK_CHARACTERS = 64 * 1024
OUTCOME_HEADINGS = ("去向", "贡献")
WIDTH, LAST_COLUMN = 18, 20
SHEET_OPTIONS = {
    "in_memory": True,
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
}


def file_lines(part: Part, shelf: Shelf, *, actor: Actor) -> Iterator[Line]:
    """Headings and every row of the shelf in the actor's scope, fetched a few at a time."""
    words = words_of(part)
    yield (*words.headings, *OUTCOME_HEADINGS)
    if not part.on(shelf):
        return
    for record in listed(part, shelf, actor=actor).iterator(chunk_size=ROWS_AT_ONCE):
        yield words.file_cells(record)


def fits_a_sheet(part: Part, shelf: Shelf) -> bool:
    """Whether the list may be had as a workbook: institutions, not too many of them."""
    return not part.subject.is_personal and part.on(shelf) <= XLSX_ROWS


def csv_blocks(title: str, lines: Iterable[Line]) -> Iterator[str]:
    """The file in blocks as it is read, so that a long list never stands in memory whole."""
    block = io.StringIO()
    # 没有字节序标记，Excel 会把中文当作另一种编码。
    block.write("\ufeff")
    writer = csv.writer(block)
    writer.writerow((safe_cell(title),))
    for line in lines:
        writer.writerow(tuple(safe_cell(str(cell)) for cell in line))
        if block.tell() >= BLOCK_CHARACTERS:
            yield block.getvalue()
            block.seek(0)
            block.truncate()
    yield block.getvalue()


def workbook_of(title: str, lines: Iterable[Line]) -> bytes:
    """The list as an Excel sheet; text stays text, so that codes keep their zeros."""
    buffer = io.BytesIO()
    with Workbook(buffer, SHEET_OPTIONS) as workbook:
        sheet = workbook.add_worksheet("记录")
        bold = workbook.add_format(FONT | {"bold": True})
        boxed = FONT | {"border": 1, "valign": "top"}
        text = workbook.add_format(boxed | {"num_format": "@", "text_wrap": True})
        number = workbook.add_format(boxed | {"num_format": "#,##0"})
        sheet.write_string(0, 0, title, bold)
        for row, line in enumerate(lines, start=1):
            sheet.set_row(row, height_of(line, [WIDTH] * len(line)))
            for column, cell in enumerate(line):
                if isinstance(cell, int):
                    sheet.write_number(row, column, cell, number)
                else:
                    sheet.write_string(row, column, cell, bold if row == 1 else text)
        _set_paper(sheet)
    return buffer.getvalue()


def _set_paper(sheet: Worksheet) -> None:
    sheet.set_column(0, LAST_COLUMN, WIDTH)
    sheet.freeze_panes(2, 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0, 1)
    mark = demo_mark("&C{}")
    sheet.set_footer(f"{mark}&R&P/&N")
