"""Two exact figures as the clause an office writes: “从125家增加到155家，增长24%”.

写法的约定，页面、文稿、表格都照这里：
一、增幅保留一位小数、去掉末尾的零，四舍五入，按原数算；不足0.05%的写“不到0.1%”。
二、增长一倍以上写倍数，“增长1.2倍”即增加120%；下降不写倍数，降到零、降到负数不写降幅。
三、原数为零的写“从无到有”，原数为负的没有增幅；这两种都不写百分数。
四、比率写百分点，等于所印两数之差，读者自己相减也对得上；两数印出来一样的写“基本持平”。
五、两数都满十万的以万为单位，保留两位小数；印出来分不开的仍写全数。数字里不加千分号。
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from yiyang.lib.percentages import rounded, trimmed

Number = int | Fraction
NO_DATA = "本期无数据"
FIRST_TIME = "首次统计"
SMALLEST_GROWTH = "不到0.1%"
PLUS, MINUS = "+", "\N{MINUS SIGN}"
TEN_THOUSAND, SHORTENED_FROM, SHORT_PLACES = 10_000, 100_000, 2


class Since(StrEnum):
    """What the earlier figure is: the words after 比 or 与."""

    LAST_YEAR = "上年同期"
    LAST_QUARTER = "上季度末"
    LAST_MONTH = "上月同日"
    LAST_TIME = "上次"


class Course(StrEnum):
    """What became of a figure."""

    NO_DATA = "NO_DATA"
    FIRST = "FIRST"
    SAME = "SAME"
    NEARLY_SAME = "NEARLY_SAME"
    FROM_NOTHING = "FROM_NOTHING"
    TO_NOTHING = "TO_NOTHING"
    UP = "UP"
    DOWN = "DOWN"


@dataclass(frozen=True, slots=True)
class Change:
    """A figure before and after, exact; a ratio is a share, so 61.2 % is Fraction(153, 250).

    Without a `before` there is none to compare with, without an `after` there is no data.
    Every text below is what the sentence prints, so a cell beside it cannot say otherwise.
    """

    before: Number | None
    after: Number | None
    unit: str = ""
    is_ratio: bool = False
    places: int = 1

    @property
    def course(self) -> Course:
        before, after = self.before, self.after
        if after is None:
            return Course.NO_DATA
        if before is None:
            return Course.FIRST
        if before == after:
            return Course.SAME
        if self.before_text == self.after_text:
            return Course.NEARLY_SAME
        if not self.is_ratio and before == 0 < after:
            return Course.FROM_NOTHING
        if not self.is_ratio and after == 0 < before:
            return Course.TO_NOTHING
        return Course.UP if after > before else Course.DOWN

    @property
    def difference(self) -> Number | None:
        """After less before, exact."""
        if self.before is None or self.after is None:
            return None
        return self.after - self.before

    @property
    def growth(self) -> Fraction | None:
        """The difference as a share of what there was, exact; none of a ratio or of nothing.

        Nothing falls by more than all there was: a count below zero has no growth either.
        """
        if self.is_ratio or self.difference is None or not self.before:
            return None
        if self.before < 0 or (self.after is not None and self.after < 0):
            return None
        return Fraction(self.difference) / self.before

    @property
    def verb(self) -> str:
        """增加、减少 of a count, 提高、下降 of a ratio; empty where it neither rose nor fell."""
        rose = self.course in (Course.UP, Course.FROM_NOTHING)
        fell = self.course in (Course.DOWN, Course.TO_NOTHING)
        risen, fallen = ("提高", "下降") if self.is_ratio else ("增加", "减少")
        return risen if rose else fallen if fell else ""

    @property
    def before_text(self) -> str:
        return self._text(self.before)

    @property
    def after_text(self) -> str:
        return self._text(self.after)

    @property
    def difference_text(self) -> str:
        """The difference with its sign: "+30", "+2.3个百分点"; "0" where no text moved."""
        if self.difference is None:
            return ""
        if not self.verb:
            return "0"
        sign = PLUS if self.difference > 0 else MINUS
        if self.is_ratio:
            return sign + self._points
        return sign + _plain(_size(self.difference), self.places)

    @property
    def growth_text(self) -> str:
        """The growth with its verb: "增长24%", "下降19.4%", "增长1.2倍", "提高2.3个百分点"."""
        if self.course not in (Course.UP, Course.DOWN):
            return ""
        if self.is_ratio:
            return self.verb + self._points
        if self.growth is None:
            return ""
        if self.growth >= 1:
            return f"增长{trimmed(rounded(self.growth, 1))}倍"
        share = trimmed(rounded(abs(self.growth) * 100, 1))
        verb = "增长" if self.growth > 0 else "下降"
        return verb + (f"{share}%" if share != "0" else SMALLEST_GROWTH)

    @property
    def _points(self) -> str:
        """The percentage points between the two printed numbers."""
        before, after = (rounded(one * 100, self.places) for one in self._known)
        return f"{trimmed(abs(after - before))}个百分点"

    @property
    def _known(self) -> tuple[Number, ...]:
        return tuple(one for one in (self.before, self.after) if one is not None)

    def _text(self, value: Number | None) -> str:
        if value is None:
            return ""
        if self.is_ratio:
            return f"{_plain(value * 100, self.places)}%"
        return ("" if value >= 0 else MINUS) + self._counted(_size(value)) + self.unit

    def _counted(self, value: Number) -> str:
        shorts = [_short(_size(one)) for one in self._known]
        is_told_apart = self.before == self.after or len(set(shorts)) == len(shorts)
        if all(shorts) and is_told_apart:
            return _short(value)
        return _plain(value, self.places)

    def clause(self, since: Since | None = None) -> str:
        """What became of the figure, to be said after its name."""
        against = f"与{since}" if since else ""
        match self.course:
            case Course.NO_DATA:
                return NO_DATA
            case Course.FIRST:
                reached = "达到" if self.after else "为"
                return f"{reached}{self.after_text}（{f'{since}无数据' if since else FIRST_TIME}）"
            case Course.SAME:
                still = f"保持{self.after_text}" if self.after else f"仍为{self.after_text}"
                return f"{against}持平，为{self.after_text}" if since else still
            case Course.NEARLY_SAME:
                return f"{against}基本持平，为{self.after_text}"
            case Course.FROM_NOTHING:
                return f"{_compared(since)}从无到有，达到{self.after_text}"
        moved = f"从{self.before_text}{self.verb}到{self.after_text}"
        if not self.growth_text:
            return _compared(since) + moved
        return f"{moved}，{f'比{since}' if since else ''}{self.growth_text}"


def _compared(since: Since | None) -> str:
    return f"与{since}相比" if since else ""


def _size(value: Number) -> Number:
    return value if value >= 0 else -value


def _plain(value: Number, places: int) -> str:
    return trimmed(rounded(value, places))


def _short(value: Number) -> str:
    """A large number in 万; empty for one that is not large."""
    if value < SHORTENED_FROM:
        return ""
    return f"{_plain(Fraction(value) / TEN_THOUSAND, SHORT_PLACES)}万"


def plain(text: str) -> str:
    """A number of a page as papers print it: beside its unit, without separators."""
    return text.replace(" ", "").replace(",", "")


def joined(clauses: Iterable[str], opening: str = "") -> str:
    """One sentence of several clauses: “医养结合机构从…；签约从…。”."""
    said = [clause.rstrip("；。") for clause in clauses if clause]
    return f"{opening}{'；'.join(said)}。" if said else ""
