"""催办清单: the candidates of one gap as an Excel sheet."""

from __future__ import annotations

import io
from collections.abc import Sequence

from xlsxwriter import Workbook

from targets.gap.candidates import Candidate
from yiyang.lib.books import FONT
from yiyang.lib.cell_room import height_of

HEAD_LINES = 3
HEADINGS = ("序号", "机构编码", "名称", "区划", "差什么", "联系人", "电话", "最近联系")
WIDTHS = (6, 18, 30, 14, 42, 12, 18, 42)


def chase_list(head: Sequence[str], candidates: Sequence[Candidate]) -> bytes:
    """The workbook under the lines of `head`; but for the running number every cell is text,
    so that nothing is taken as a formula and codes keep their zeros.
    """
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(buffer, options) as workbook:
        title = workbook.add_format({**FONT, "bold": True, "font_size": 14})
        plain = workbook.add_format(FONT)
        boxed = workbook.add_format({**FONT, "border": 1, "valign": "top", "text_wrap": True})
        sheet = workbook.add_worksheet("催办清单")
        for line, text in enumerate(head):
            sheet.write_string(line, 0, text, plain if line else title)
        for column, (heading, width) in enumerate(zip(HEADINGS, WIDTHS, strict=True)):
            sheet.set_column(column, column, width)
            sheet.write_string(HEAD_LINES, column, heading, boxed)
        for number, candidate in enumerate(candidates, start=1):
            sheet.write_number(HEAD_LINES + number, 0, number, boxed)
            cells = _cells(candidate)
            sheet.set_row(HEAD_LINES + number, height_of(("", *cells), WIDTHS))
            for column, text in enumerate(cells, start=1):
                sheet.write_string(HEAD_LINES + number, column, text, boxed)
        sheet.freeze_panes(HEAD_LINES + 1, 3)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(HEAD_LINES)
    return buffer.getvalue()


def _cells(candidate: Candidate) -> tuple[str, ...]:
    contact = candidate.contact
    notes = "\n".join(f"{note.contacted_on} {note.text}" for note in candidate.notes)
    return (
        candidate.code,
        candidate.name,
        candidate.region,
        "；".join(candidate.lacks),
        contact.name if contact else "",
        contact.phone if contact else "",
        notes,
    )
