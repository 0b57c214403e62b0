"""A return as a workbook: written with what is held, read back cell by cell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import BinaryIO

from xlsxwriter.utility import xl_col_to_name

from targets.models import ItemSource, QuarterlyReturn, ReturnItem
from targets.returns.printing import LOOKS as PRINTED
from targets.returns.sheets import Filled
from targets.returns.sheets import Line as ReturnLine
from yiyang.lib.books import Block, Line, Sheet, plain_mark, sheet_title, streamed
from yiyang.lib.demo import demo_mark
from yiyang.lib.sheets import Row, half_width_digits, read_rows, safe_cell

CODE, NUMBER, NOTE = "代码", "填报数", "说明"
HEADINGS = (CODE, "指标", "计量单位", "时期", "上季度", "取数", NUMBER, NOTE, "取自")
WIDTHS = (7, 34, 9, 11, 11, 11, 14, 36, 40)
TICKET = "单号"
HOW = (
    "只填黄底的“填报数”“说明”两列，填好后在填报单页面上传，一处不对就一格不收；"
    "没有发生的填 0，与取数不同的写明说明，比率由门户计算。"
)
MOST_ROWS = 500
NOTHING_BEHIND = re.compile(r"\.0+$")
FILLABLE = {"bg_color": "#FFF8DC"}
LOOKS = {
    **PRINTED,
    "fill": {**PRINTED["count"], **FILLABLE},
    "fill_text": {**PRINTED["text"], **FILLABLE},
}
NO_TICKET = "找不到“单号”一行；请下载本页的表，在它上面填好再传。"
OTHER_RETURN = "这不是本单位本季的表（单号 {found}，应为 {own}）；请下载本页的表再填。"
NO_HEADINGS = "找不到“代码、填报数、说明”的表头；请下载本页的表，不要改表头。"
UNKNOWN = "A{row}：代码“{code}”不在本表；请下载本页的表，不要加行或改代码。"
TWICE = "A{row}：代码 {code} 有两行，请删去多余的一行。"
LOST = "少了代码 {codes} 的行；请下载本页的表，不要删行。"


@dataclass(frozen=True, slots=True)
class SentSheet:
    """What a workbook says: the stamp it was downloaded with, and each cell by field name."""

    stamp: str
    said: Mapping[str, str]
    cells: Mapping[str, str]


def as_workbook(own: QuarterlyReturn, sheet: Filled, stamp: str) -> Iterator[bytes]:
    """The return with what is held, to be filled in and sent back."""
    mark = demo_mark()
    book = Sheet(
        title=sheet_title(own.unit_name),
        widths=WIDTHS,
        lines=_lines(own, sheet, stamp, mark),
        frozen=(4, 2),
        repeated=(3, 3),
        header=f"&C{plain_mark(mark)}" if mark else "",
        footer=f"&L{plain_mark(mark)}&R第 &P 页，共 &N 页",
    )
    return streamed([book], LOOKS)


def _lines(own: QuarterlyReturn, sheet: Filled, stamp: str, mark: str) -> Iterator[Line]:
    shown = f"（{mark}）" if mark else ""
    last = len(HEADINGS) - 1
    title = f"{own.unit_name}　{own.period.form.title}（{own.period}）{shown}"
    yield Line((title, *([None] * last)), ("title",) * (last + 1), 30.0, (Block(0, last),))
    yield Line((HOW,), ("plain",))
    yield Line((TICKET, _ticket(own, stamp)), ("plain", "plain"))
    yield Line(HEADINGS, ("head",) * len(HEADINGS))
    for line in sheet.lines:
        yield _line(line)


def _line(line: ReturnLine) -> Line:
    item, number = line.item, "share" if line.item.is_percent else "count"
    is_share = item.source == ItemSource.QUOTIENT
    cells = (
        *(item.code, item.label, item.get_unit_display(), item.get_kind_display()),
        *(_number(item, n) for n in (line.last_quarter, line.value.prefilled, line.value.value)),
        *(line.value.note, line.value.prefilled_from),
    )
    name = "part" if line.is_part else "text"
    looks = (
        *("text", name, "word", "word", number, number),
        *(number if is_share else "fill", "fill_text", "text"),
    )
    return Line(cells, looks)


def _number(item: ReturnItem, number: Decimal | None) -> int | float | None:
    # 比率已是两位小数，这里只是换成 Excel 认的数；传回来时不读它。
    if number is None:
        return None
    return float(number) if item.is_percent else int(number)


def _ticket(own: QuarterlyReturn, stamp: str) -> str:
    return f"{own.pk}-{stamp}"


def read_workbook(file: BinaryIO, own: QuarterlyReturn, items: Sequence[ReturnItem]) -> SentSheet:
    """What was sent back for the return. ValueError says in words what is not as downloaded."""
    rows = islice(read_rows(file), MOST_ROWS)
    stamp = _stamp(rows, own)
    columns = _columns(rows)
    said: dict[str, str] = {}
    cells: dict[str, str] = {}
    met: set[str] = set()
    codes = _codes(items)
    for row in rows:
        if not (typed := _cell(row, columns[CODE])):
            continue
        typed = half_width_digits(typed).upper()
        code = codes.get(typed) or codes.get(typed.lstrip("0"))
        if code is None:
            raise ValueError(UNKNOWN.format(row=row.number, code=typed[:20]))
        if code in met:
            raise ValueError(TWICE.format(row=row.number, code=code))
        met.add(code)
        for name, column in ((f"value-{code}", columns[NUMBER]), (f"note-{code}", columns[NOTE])):
            said[name], cells[name] = _typed(row, column), f"{xl_col_to_name(column)}{row.number}"
        said[f"value-{code}"] = _plain(said[f"value-{code}"])
    if lost := [item.code for item in items if item.code not in met]:
        raise ValueError(LOST.format(codes="、".join(lost)))
    return SentSheet(stamp, said, cells)


def _stamp(rows: Iterator[Row], own: QuarterlyReturn) -> str:
    """What the workbook was downloaded with, if it is this return's."""
    for row in rows:
        if _cell(row, 0) == TICKET:
            found, _, stamp = _cell(row, 1).partition("-")
            if found != str(own.pk):
                raise ValueError(OTHER_RETURN.format(found=found[:20], own=own.pk))
            return stamp
    raise ValueError(NO_TICKET)


def _columns(rows: Iterator[Row]) -> dict[str, int]:
    wanted = (CODE, NUMBER, NOTE)
    for row in rows:
        if all(name in row.cells for name in wanted):
            return {name: row.cells.index(name) for name in wanted}
    raise ValueError(NO_HEADINGS)


def _codes(items: Sequence[ReturnItem]) -> dict[str, str]:
    """Codes by themselves and by what a spreadsheet may have left of them: 01 became 1."""
    exact = {item.code: item.code for item in items}
    return {code.lstrip("0"): code for code in exact} | exact


def _plain(number: str) -> str:
    """A number as a form takes it: no full width, no commas, no zeros behind the point."""
    return NOTHING_BEHIND.sub("", half_width_digits(number).replace(",", ""))


def _typed(row: Row, column: int) -> str:
    """What was typed, without the quote that keeps our own text from being computed."""
    text = _cell(row, column)
    return text[1:] if text[1:] and safe_cell(text[1:]) == text else text


def _cell(row: Row, column: int) -> str:
    return row.cells[column] if column < len(row.cells) else ""
