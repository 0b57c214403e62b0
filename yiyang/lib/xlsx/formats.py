"""Which cells of a workbook hold dates: the number formats of its styles."""

import datetime
import math
import re
from dataclasses import dataclass, field
from enum import Enum
from zipfile import ZipFile

from yiyang.lib.xlsx.parts import MAX_DEPTH, Attributes, BrokenWorkbookError, local, read_part

DAY_MILLISECONDS = 24 * 60 * 60 * 1000
EPOCH = datetime.datetime.fromisoformat("1899-12-30")
FROM_1904 = 1462
# 1900 年制把 1900 年当闰年：编号 60 是并不存在的 2 月 29 日，之前的都差一天。
FEIGNED_LEAP_DAY = 60


class Kind(Enum):
    """What a number in a cell means."""

    MOMENT = "date or time"
    SPAN = "hours beyond a day"


# 27—36、50—58 是中日韩文版自带的年月日，styles.xml 里不写出来。
DATED = (*range(14, 23), *range(27, 37), 45, 47, *range(50, 59))
BUILT_IN = dict.fromkeys(map(str, DATED), Kind.MOMENT) | {"46": Kind.SPAN}
# 引号里的、转义的、占位的（_x、*x）都是字面，不是日期的字母。
LITERAL = re.compile(r'"[^"]*"?|[\\_*].?', re.DOTALL)
ELAPSED = re.compile(r"\[(h+|m+|s+)\]", re.IGNORECASE)
BRACKETED = re.compile(r"\[[^\]]*\]?")
DATE_LETTER = re.compile(r"[dmyhs]|a.*?[pm/]", re.IGNORECASE)


def kind_of(code: str) -> Kind | None:
    """What a number format shows, judged by its first section; None is a plain number."""
    section = LITERAL.sub("", code).split(";")[0]
    letter, elapsed = DATE_LETTER.search(BRACKETED.sub("", section)), ELAPSED.search(section)
    if elapsed and not DATE_LETTER.search(BRACKETED.sub("", section[: elapsed.start()])):
        return Kind.SPAN
    return Kind.MOMENT if letter else None


@dataclass(slots=True)
class Styles:
    """The kinds of the cell styles, in their order."""

    kinds: list[Kind | None] = field(default_factory=list)
    is_done: bool = False
    _codes: dict[str, str] = field(default_factory=dict)
    _path: list[str] = field(default_factory=list)

    def start(self, name: str, attributes: Attributes) -> None:
        parent = self._path[-1] if self._path else ""
        self._path.append(local(name))
        if len(self._path) > MAX_DEPTH:
            raise BrokenWorkbookError
        number = attributes.get("numFmtId", "")
        if self._path[-1] == "numFmt" and parent == "numFmts":
            self._codes[number] = attributes.get("formatCode", "")
        if self._path[-1] == "xf" and parent == "cellXfs":
            code = self._codes.get(number)
            self.kinds.append(kind_of(code) if code else BUILT_IN.get(number))

    def end(self, _: str) -> None:
        self._path.pop()

    def text(self, _: str, /) -> None:
        """Styles have no text."""

    def heard(self) -> int:
        return 0


def read_styles(archive: ZipFile) -> list[Kind | None]:
    """The kind of each cell style of a workbook."""
    styles = Styles()
    read_part(archive, "xl/styles.xml", styles)
    return styles.kinds


Moment = datetime.date | datetime.time | datetime.timedelta | float


def moment(value: float, kind: Kind, *, is_1904: bool) -> Moment:
    """The date, time or span a number stands for; the number itself when there is no such day."""
    try:
        if kind is Kind.SPAN:
            return _span(value)
        days = value + FROM_1904 if is_1904 else value
        at = EPOCH + _span(days if days >= FEIGNED_LEAP_DAY else days + 1)
    except (OverflowError, ValueError):  # 9999 年以后；不是数（NaN）
        return value
    if value < 1:
        return at.time()
    return at.date() if value == int(value) else at


def _span(days: float) -> datetime.timedelta:
    # 逢半进一，不用 round()：它逢半取偶，与 calamine 差一毫秒。
    size = math.floor(abs(days) * DAY_MILLISECONDS + 0.5)
    return datetime.timedelta(milliseconds=size if days > 0 else -size)
