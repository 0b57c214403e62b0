"""The copy of everything held about a person, as a file to hand over, numbered and on record."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from contracts.correction import required_reason
from contracts.held import Held, Section, held_about
from contracts.models import Person
from yiyang.access.scope import Actor
from yiyang.audit.kinds import EventKind, Outcome
from yiyang.audit.recording import record
from yiyang.lib.demo import demo_mark
from yiyang.lib.sheets import safe_cell

TITLE: Final = "个人信息副本"
SHEET_NAME_LENGTH: Final = 31
HEADINGS_AT: Final = 3
TITLE_FONT: Final = {"font_name": "微软雅黑", "font_size": 14, "bold": True}
FONT: Final = {"font_name": "微软雅黑", "font_size": 10, "valign": "top", "text_wrap": True}
HEAD: Final = {**FONT, "bold": True, "bg_color": "#E8F0F6", "border": 1}


class CopyFormat(StrEnum):
    JSON = "json"
    XLSX = "xlsx"


@dataclass(frozen=True, slots=True)
class Copy:
    """The file and the number it goes by in the audit."""

    number: str
    content: bytes


def hand_over(*, by: Actor, person: Person, reason: str, form: CopyFormat) -> Copy:
    """Make the copy and record that it was handed out, before it leaves.

    PermissionDenied where the actor may not; ValidationError without a reason.
    """
    required_reason(reason, person)
    held = held_about(person, by)
    event = record(
        kind=EventKind.EXPORT,
        actor_id=by.user_id,
        outcome=Outcome.ALLOWED,
        subject=f"person:{person.uid}",
        reason=reason,
        details={"what": "held", "format": form.value},
    )
    number = f"FB{by.day.year}-{event}"
    written = _as_json(held, number) if form is CopyFormat.JSON else _as_xlsx(held, number)
    return Copy(number, written)


def _as_json(held: Held, number: str) -> bytes:
    whole = {
        "标题": TITLE,
        "编号": number,
        "标记": demo_mark(),
        "截至日期": held.as_of.isoformat(),
        "记录编号": str(held.uid),
        "说明": held.note,
        "内容": {section.title: _records(section) for section in held.sections},
    }
    return json.dumps(whole, ensure_ascii=False, indent=1).encode()


def _records(section: Section) -> list[dict[str, str]]:
    return [dict(zip(section.headings, row, strict=True)) for row in section.rows]


def _as_xlsx(held: Held, number: str) -> bytes:
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(buffer, options) as workbook:
        styles = [workbook.add_format(style) for style in (TITLE_FONT, HEAD, FONT)]
        for section in held.sections:
            sheet = workbook.add_worksheet(section.title[:SHEET_NAME_LENGTH])
            _fill(sheet, styles, section, f"{TITLE} {number} {section.title} {demo_mark()}")
            sheet.write_string(1, 0, f"截至 {held.as_of}，记录 {held.uid}。{held.note}")
            sheet.set_footer(f"&L{TITLE} {number}&C{demo_mark()}&R&P/&N")
    return buffer.getvalue()


def _fill(sheet: Worksheet, styles: Sequence[Format], section: Section, title: str) -> None:
    title_style, head, text = styles
    sheet.write_string(0, 0, title, title_style)
    for column, heading in enumerate(section.headings):
        sheet.write_string(HEADINGS_AT, column, heading, head)
    for line, row in enumerate(section.rows, start=HEADINGS_AT + 1):
        for column, cell in enumerate(row):
            sheet.write_string(line, column, safe_cell(cell), text)
    sheet.set_column(0, max(len(section.headings) - 1, 0), 18)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
