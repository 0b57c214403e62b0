"""Where an office's table begins in its sheet, and which of its lines are data."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from institutions.imports.lines import Line
from yiyang.lib.sheets import Row

LOOKED_AT = 30
ENOUGH_KNOWN = 2
TOTALS = {"合计", "总计", "小计", "累计", "共计", "总数"}
FOOTER = re.compile(
    r"^(填表人|制表人?|审核人?|复核人?|单位负责人|负责人|填报单位|填报人|联系电话|报出日期|填报日期"
    r"|注|备注|说明|填表说明)\s*[:：]"
)
BRACKETS = re.compile(r"[（(【\[].*?[)）】\]]")
DIGIT = re.compile(r"\d")
NO_HEADER = (
    "找不到表头：前 30 行里没有一行能认出至少两个栏目。请确认选对了登记，"
    "并让表头单独占一行（可先下载模板对照）。"
)
NO_DATA = "只有表头，没有一行数据，请选择有内容的文件。"
FEW_CELLS = 3


@dataclass(frozen=True, slots=True)
class Head:
    """The header: the number of its first row, how many rows it takes, one heading per column."""

    row: int
    rows: int
    headings: tuple[str, ...]

    @property
    def last_row(self) -> int:
        return self.row + self.rows - 1


def plain(heading: str) -> str:
    """A heading without spaces, stars, full-width forms or the remark in its brackets."""
    text = "".join(unicodedata.normalize("NFKC", heading).split()).upper().strip("*:")
    without = BRACKETS.sub("", text).strip("*:")
    return without or text


def find_head(rows: Iterable[Row], is_known: Callable[[str], bool]) -> Head:
    """The row in which most headings are known, with a second header row if there is one."""
    looked_at = list(islice(rows, LOOKED_AT))
    known = [sum(is_known(cell) for cell in row.cells if cell) for row in looked_at]
    most = max(known, default=0)
    if most < ENOUGH_KNOWN and not (most == 1 and _is_single_column(looked_at)):
        raise ValueError(NO_HEADER)
    at = known.index(most)
    # 没有标题的列也要列出来供对应；行尾的空格子读表时已去掉，按头几行里最宽的补齐。
    width = max(len(row.cells) for row in looked_at)
    top, below = _upper(looked_at, at, is_known), looked_at[at + 1 : at + 2]
    if top is not None:
        return Head(top.number, 2, _wide(_joined(top, looked_at[at]), width))
    if below and _is_second_header(looked_at[at], below[0]):
        return Head(looked_at[at].number, 2, _wide(_joined(looked_at[at], below[0]), width))
    return Head(looked_at[at].number, 1, _wide(looked_at[at].cells, width))


def _is_single_column(rows: list[Row]) -> bool:
    return max((sum(map(bool, row.cells)) for row in rows), default=0) == 1


def _upper(rows: list[Row], at: int, is_known: Callable[[str], bool]) -> Row | None:
    """The row above, where it is the upper half of a merged header and not a title."""
    if at == 0 or rows[at - 1].number != rows[at].number - 1:
        return None
    above = rows[at - 1]
    is_header = sum(is_known(cell) for cell in above.cells if cell) > 0 or (
        sum(map(bool, above.cells)) > 1 and "" in rows[at].cells
    )
    return above if is_header and not _has_digits(above) else None


def _is_second_header(upper: Row, lower: Row) -> bool:
    """A row of words right below, filled where the upper cells are merged across."""
    if lower.number != upper.number + 1 or _has_digits(lower):
        return False
    width = max(len(upper.cells), len(lower.cells))
    tops, subs = _wide(upper.cells, width), _wide(lower.cells, width)
    fills_gap = any(sub and not top for top, sub in zip(tops, subs, strict=True))
    leaves_gap = any(top and not sub for top, sub in zip(tops, subs, strict=True))
    return fills_gap and leaves_gap


def _has_digits(row: Row) -> bool:
    # “80岁及以上”一类的栏目本身带数字；整格是数字或编码的才是数据。
    return any(DIGIT.search(cell) and not re.search("[\u4e00-\u9fff]", cell) for cell in row.cells)


def _joined(upper: Row, lower: Row) -> tuple[str, ...]:
    """One heading per column: the upper one runs on to the right over its merged cells."""
    width = max(len(upper.cells), len(lower.cells))
    headings, running = [], ""
    pairs = zip(_wide(upper.cells, width), _wide(lower.cells, width), strict=True)
    for top, sub in pairs:
        running = top or (running if sub else "")
        headings.append(f"{running}／{sub}" if running and sub else running or sub)
    return tuple(headings)


def _wide(cells: tuple[str, ...], width: int) -> tuple[str, ...]:
    return cells + ("",) * (width - len(cells))


def data_lines(rows: Iterable[Row], head: Head, told: Callable[[str], None]) -> Iterator[Line]:
    """The lines below the header; totals, footers and repeated headers are left out and told."""
    for row in rows:
        if row.number <= head.last_row:
            continue
        if why := _left_out(row, head):
            told(f"第 {row.number} 行是{why}，没有导入。")
            continue
        yield Line(row.number, row.cells)


def _left_out(row: Row, head: Head) -> str:
    if row.cells[0][:1].isdigit():  # 号码、序号、日期开头的总是数据
        return ""
    filled = [cell for cell in row.cells if cell]
    first = "".join(filled[0].split())
    if first in TOTALS or (len(filled) > 1 and "".join(filled[1].split()) in TOTALS):
        return "合计"
    if len(filled) <= FEW_CELLS and FOOTER.match(first):
        return "填表人、说明一类的表尾"
    if head.rows == 1 and _wide(row.cells, len(head.headings)) == head.headings:
        return "重复的表头"
    return ""
