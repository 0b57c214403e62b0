"""The target table as an Excel sheet."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from targets.indicators.guarding import counts_people
from targets.tables.table import Entry, Row, Section, TargetTable
from yiyang.lib.books import FONT
from yiyang.lib.cell_room import height_of
from yiyang.lib.demo import demo_mark

ROW_HEADINGS = ("政策", "条款", "目标", "口径", "目标值", "到期日")
CELL_HEADINGS = ("分子", "分母", "数值", "判定", "还差", "缺报", "排除", "到期结果", "到期判定")
WIDTHS = (22, 14, 34, 16, 9, 11)
CELL_WIDTH = 8.5
# 一页印一个区划，左边几列每页都印；照这个比例，A4 横排放得下。
PRINTED_PERCENT = 50


@dataclass(frozen=True, slots=True)
class Formats:
    title: Format
    note: Format
    head: Format
    text: Format
    number: Format
    percent: Format


def workbook_of(table: TargetTable, footnotes: Sequence[str]) -> bytes:
    """The workbook: one sheet of current targets, one of historical ones."""
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(buffer, options) as workbook:
        formats = _formats(workbook)
        for title, sections in (("现行目标", table.current), ("历史目标", table.historical)):
            sheet = workbook.add_worksheet(title)
            _fill(sheet, formats, title, table, sections, footnotes)
    return buffer.getvalue()


def _formats(workbook: Workbook) -> Formats:
    def style(**properties: object) -> Format:
        return workbook.add_format({**FONT, **properties})

    boxed = {"border": 1, "border_color": "#D3DBE3", "valign": "top"}
    return Formats(
        title=style(bold=True, font_size=14),
        note=style(font_color="#4B5967"),
        head=style(bold=True, bg_color="#E8F0F6", text_wrap=True, align="center", **boxed),
        text=style(text_wrap=True, **boxed),
        number=style(num_format="#,##0", **boxed),
        percent=style(num_format="0.00%", **boxed),
    )


def _fill(
    sheet: Worksheet,
    formats: Formats,
    title: str,
    table: TargetTable,
    sections: Sequence[Section],
    footnotes: Sequence[str],
) -> None:
    mark = demo_mark("（{}）")
    place = table.regions[0].name if table.regions else ""
    sheet.write_string(0, 0, f"{place}医养结合{title}{mark}", formats.title)
    sheet.write_string(1, 0, f"截至日期 {table.run.as_of}，量度批次 {table.run.pk}", formats.note)
    _head(sheet, formats, table)
    line = 5
    for section in sections:
        for row in section.rows:
            _write_row(sheet, formats, line, section, row)
            line += 1
    for offset, note in enumerate(footnotes, start=1):
        sheet.write_string(line + offset, 0, f"注 {offset}：{note}", formats.note)
    _set_paper(sheet, len(table.regions))


def _set_paper(sheet: Worksheet, regions: int) -> None:
    for column, width in enumerate(WIDTHS):
        sheet.set_column(column, column, width)
    sheet.set_column(len(WIDTHS), _first_column(max(regions, 1)) - 1, CELL_WIDTH)
    sheet.freeze_panes(5, 4)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.set_print_scale(PRINTED_PERCENT)
    sheet.set_v_pagebreaks([_first_column(index) for index in range(1, regions)])
    sheet.repeat_rows(3, 4)
    sheet.repeat_columns(0, len(WIDTHS) - 1)
    mark = demo_mark("&C{}")
    sheet.set_footer(f"{mark}&R&P/&N")


def _head(sheet: Worksheet, formats: Formats, table: TargetTable) -> None:
    for column, heading in enumerate(ROW_HEADINGS):
        sheet.merge_range(3, column, 4, column, heading, formats.head)
    for index, region in enumerate(table.regions):
        first = _first_column(index)
        last = first + len(CELL_HEADINGS) - 1
        sheet.merge_range(3, first, 3, last, region.name, formats.head)
        for offset, heading in enumerate(CELL_HEADINGS):
            sheet.write_string(4, first + offset, heading, formats.head)


def _write_row(sheet: Worksheet, formats: Formats, line: int, section: Section, row: Row) -> None:
    target = row.target
    reading = row.indicator.reading_title + ("" if row.is_judged else "（参考）")
    due = str(target.due_on) if target.due_on else "无年份"
    texts = (section.policy.number, target.clause.reference, target.wording, reading)
    asked = (*texts, row.threshold, due)
    sheet.set_row(line, height_of(asked, WIDTHS))
    for column, text in enumerate(asked):
        sheet.write_string(line, column, text, formats.text)
    for index, cell in enumerate(row.cells):
        first = _first_column(index)
        for column in range(first, _first_column(index + 1)):
            sheet.write_blank(line, column, None, formats.text)
        latest = next((entry for entry in cell.entries if not entry.is_due_result), None)
        due_result = next((entry for entry in cell.entries if entry.is_due_result), None)
        _write_latest(sheet, formats, line, first, latest or due_result)
        if due_result is not None:
            _write_value(sheet, formats, line, first + 7, due_result)
            sheet.write_string(line, first + 8, due_result.shown.word, formats.text)


def _write_latest(
    sheet: Worksheet, formats: Formats, line: int, first: int, entry: Entry | None
) -> None:
    if entry is None:
        return
    figure = entry.line.figure
    numbers = ((0, figure.numerator), (1, figure.denominator))
    # 被排除的人往往只有几个，表里不列；记录页按权限列。
    excluded = None if counts_people(entry.line.indicator) else figure.excluded
    left_out = ((5, figure.missing), (6, excluded))
    for offset, number in (*numbers, *left_out):
        if number is not None:
            sheet.write_number(line, first + offset, number, formats.number)
    _write_value(sheet, formats, line, first + 2, entry)
    sheet.write_string(line, first + 3, entry.shown.word, formats.text)
    sheet.write_string(line, first + 4, entry.shown.gap, formats.text)


def _write_value(sheet: Worksheet, formats: Formats, line: int, column: int, entry: Entry) -> None:
    """The value as a number Excel can reckon with; 无数据 in words."""
    value = entry.line.value
    if value is None:
        sheet.write_string(line, column, entry.shown.value, formats.text)
    else:
        format_ = formats.percent if entry.line.indicator.is_ratio else formats.number
        # 只在写进单元格时成为浮点数：判定早已按整数与分数做完。
        sheet.write_number(line, column, float(value), format_)


def _first_column(index: int) -> int:
    return len(ROW_HEADINGS) + index * len(CELL_HEADINGS)
