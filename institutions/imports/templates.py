"""An empty sheet of a register: code columns as text, drop-downs, a sheet that explains."""

from __future__ import annotations

import io
from typing import Final

from django.conf import settings
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from institutions.imports.registry import Register
from institutions.ingest.registers import Cell
from yiyang.lib.demo import demo_mark
from yiyang.lib.workbooks import FONT

HEADER_AT: Final = 1  # 第 1 行标题，第 2 行表头
FORMATTED_ROWS: Final = 5000
LISTED_CHARACTERS: Final = 255  # 下拉项直接写在校验里的上限；再长就引用“选项”表
CHOICES_SHEET: Final = "选项"
RULES = (
    "带 * 的列必填；其他列可留空，也可整列删去（删去的列保持登记里原来的内容）。",
    "编码、证号、身份证号各列已设为“文本”格式，请不要改成数值，否则末几位会丢失。",
    "日期写成 2017-02-09、2017.2.9、2017年2月9日 或 20170209 都可以。",
    "有下拉项的列请从下拉项里选；一格里有几项的，用顿号“、”隔开。",
    "合计行、序号列、备注列不导入，留着也不妨。",
    "一份表要么全部导入，要么一行不导；有误的行会逐行说明原因。",
)


def template_of(register: Register) -> bytes:
    """The workbook, marked as demo data where the portal is a demo."""
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(buffer, options) as book:
        sheet = book.add_worksheet(register.title)
        explained = book.add_worksheet("填写说明")
        choices = book.add_worksheet(CHOICES_SHEET)
        _fill(book, sheet, choices, register)
        _explain(book, explained, register)
        choices.hide()
    return buffer.getvalue()


def _fill(book: Workbook, sheet: Worksheet, choices: Worksheet, register: Register) -> None:
    mark = demo_mark("（{}）")
    title = book.add_format({**FONT, "bold": True, "font_size": 14})
    required = book.add_format({**FONT, "bold": True, "bg_color": "#E8F0F6", "border": 1})
    other = book.add_format({**FONT, "bg_color": "#F4F6F8", "border": 1})
    text = book.add_format({**FONT, "num_format": "@"})
    sheet.write_string(0, 0, f"{register.title}{mark}", title)
    for column, cell in enumerate(register.sheet.cells):
        heading = f"{cell.heading}{'*' * cell.is_required}"
        sheet.write_string(HEADER_AT, column, heading, required if cell.is_required else other)
        _format_column(sheet, choices, column, cell, text)
    sheet.freeze_panes(HEADER_AT + 1, 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0, HEADER_AT)
    if mark:
        sheet.set_header(f"&C{settings.DEMO_MARK}")


def _format_column(
    sheet: Worksheet, choices: Worksheet, column: int, cell: Cell, text: Format
) -> None:
    """Every column is text, so that nothing typed is turned into something else."""
    sheet.set_column(column, column, max(12, 2 * len(cell.heading) + 4), text)
    if cell.choices:
        sheet.data_validation(
            HEADER_AT + 1,
            column,
            HEADER_AT + FORMATTED_ROWS,
            column,
            {
                "validate": "list",
                "source": _source(choices, column, cell),
                "error_title": "不在选项里",
                "error_message": f"请从下拉项里选择{cell.heading}。",
            },
        )


def _source(choices: Worksheet, column: int, cell: Cell) -> list[str] | str:
    if sum(len(one) + 1 for one in cell.choices) <= LISTED_CHARACTERS:
        return list(cell.choices)
    for row, one in enumerate(cell.choices):
        choices.write_string(row, column, one)
    letter = chr(ord("A") + column)
    return f"={CHOICES_SHEET}!${letter}$1:${letter}${len(cell.choices)}"


def _explain(book: Workbook, sheet: Worksheet, register: Register) -> None:
    bold = book.add_format({**FONT, "bold": True})
    plain = book.add_format({**FONT, "text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 10)
    sheet.set_column(2, 2, 80)
    row = 0
    mark = (settings.DEMO_MARK,) if settings.DEMO else ()
    note = (register.note,) if register.note else ()
    for rule in (*mark, *note, *RULES):
        sheet.write_string(row, 0, rule, book.add_format(FONT))
        row += 1
    row += 1
    for column, heading in enumerate(("列", "必填", "怎样填")):
        sheet.write_string(row, column, heading, bold)
    for cell in register.sheet.cells:
        row += 1
        sheet.write_string(row, 0, cell.heading, plain)
        sheet.write_string(row, 1, "是" if cell.is_required else "", plain)
        sheet.write_string(row, 2, _how(cell), plain)


def _how(cell: Cell) -> str:
    parts = [f"选填：{'、'.join(cell.choices)}"] if cell.choices else []
    parts += ["文本格式"] if cell.is_code else []
    parts += [f"也认：{'、'.join(cell.also)}"] if cell.also else []
    return "；".join(parts)
