"""How figures and verdicts are shown: rounding, words and colours, once for every surface."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from institutions.models import Region
from targets.indicators.base import Indicator
from targets.indicators.calculation import Figure, Judgement, Pace, Reason, Verdict, value_of
from targets.indicators.guarding import counts_people
from targets.models import Comparator, IndicatorRun, Target
from targets.results import TargetLine
from yiyang.lib.demo import demo_mark
from yiyang.lib.percentages import percent

NO_DATA = "无数据"
NOTHING = "—"


@dataclass(frozen=True, slots=True)
class Tone:
    """A verdict as a reader meets it: word, colour name and icon, so no colour stands alone."""

    word: str
    colour: str
    icon: str


VERDICTS: dict[Verdict, Tone] = {
    Verdict.MET: Tone("达标", "good", "check"),
    Verdict.NOT_MET: Tone("未达标", "bad", "cross"),
    Verdict.NO_DATA: Tone(NO_DATA, "none", "dash"),
    Verdict.NOT_JUDGED: Tone("不判定", "plain", "circle"),
}
PACES: dict[Pace | None, Tone] = {
    Pace.ON_PACE: Tone("达到序时", "plain", "clock"),
    Pace.BEHIND: Tone("落后序时", "warn", "clock"),
    None: Tone("进行中", "plain", "clock"),
}
REFERENCE = Tone("参考", "plain", "circle")
# 失效政策的目标不给现在的数字着色（rules.md 2）；到期日的结果另行保留。
HISTORICAL = Tone("政策已失效，不再判定", "plain", "circle")
# 统计日早于成文日的目标还不要求任何人，只列数字。
UNSIGNED = Tone("政策尚未印发", "plain", "circle")
REASONS: dict[Reason, str] = {
    Reason.NONE: "",
    Reason.NO_DENOMINATOR: "分母没有公布",
    Reason.ZERO_DENOMINATOR: "分母为零",
    Reason.NO_THRESHOLD: "目标没有数字，不由机器判定",
    Reason.REFERENCE: "参考口径，不判定",
    Reason.OVER_ONE: "分子大于分母，请核对数据",
    Reason.THIN: "上报不足，资料不足以判定",
    Reason.NOT_DUE: "未到期",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One line ready to print."""

    value: str
    fraction: str
    threshold: str
    tone: Tone
    note: str
    gap: str
    asides: tuple[str, ...] = ()
    quote: str = ""

    @property
    def word(self) -> str:
        return self.tone.word


def present(line: TargetLine) -> Shown:
    """The line in words: value, fraction, threshold, verdict and 还差几家."""
    return Shown(
        value=value_text(line.figure, line.indicator),
        fraction=fraction_text(line.figure, line.indicator),
        threshold=threshold_text(line.target, line.indicator),
        tone=_line_tone(line),
        note=note_text(line.judgement),
        gap="" if line.is_historical or line.is_unsigned else gap_text(line),
        asides=asides_text(line.figure, line.indicator),
        quote=quote_text(line.figure, line.indicator, line.region, line.run),
    )


def _line_tone(line: TargetLine) -> Tone:
    if line.is_judged and line.is_unsigned:
        return UNSIGNED
    return HISTORICAL if line.is_historical and line.is_judged else tone_of(line.judgement)


def tone_of(judgement: Judgement) -> Tone:
    if judgement.reason is Reason.NOT_DUE:
        return PACES[judgement.pace]
    if judgement.reason is Reason.REFERENCE:
        return REFERENCE
    return VERDICTS[judgement.verdict]


def note_text(judgement: Judgement) -> str:
    """Why there is no verdict, where the verdict's own word does not say so already."""
    said = (Reason.NOT_DUE, Reason.REFERENCE)
    return "" if judgement.reason in said else REASONS[judgement.reason]


def asides_text(figure: Figure, indicator: Indicator) -> tuple[str, ...]:
    """What was left out of the figure: "缺报 2/17", "排除 3"; nothing when nothing was.

    People left out are not told here: they are few, and the records page tells who may see them.
    """
    missing = f"缺报 {figure.missing:,}/{figure.expected:,}" if figure.missing else ""
    is_told = figure.excluded and not counts_people(indicator)
    excluded = f"排除 {figure.excluded:,}" if is_told else ""
    return tuple(text for text in (missing, excluded) if text)


def value_text(figure: Figure, indicator: Indicator) -> str:
    """For instance "61.25%" for a ratio, "12 家" for a count, 无数据 otherwise."""
    value = value_of(figure, is_ratio=indicator.is_ratio)
    if value is None:
        return NO_DATA
    if indicator.is_ratio:
        return percent(value)
    return f"{int(value):,} {indicator.measure}"


def fraction_text(figure: Figure, indicator: Indicator) -> str:
    """For instance "49/80", the very integers; empty for a count."""
    if not indicator.is_ratio:
        return ""
    bottom = NOTHING if figure.denominator is None else f"{figure.denominator:,}"
    top = NOTHING if figure.numerator is None else f"{figure.numerator:,}"
    return f"{top}/{bottom}"


def quote_text(figure: Figure, indicator: Indicator, region: Region, run: IndicatorRun) -> str:
    """The figure as a sentence to paste elsewhere, with its day and the run it comes from."""
    fraction = fraction_text(figure, indicator)
    day = run.as_of
    said = (
        f"{region.name}{indicator.title} {value_text(figure, indicator)}",
        f"（{fraction}）" if fraction else "",
        f"，口径“{indicator.reading_title}”，截至{day.year}年{day.month}月{day.day}日",
        f"，量度批次 {run.pk}",
        demo_mark("（{}）"),
    )
    return "".join(said)


def threshold_text(target: Target, indicator: Indicator) -> str:
    """For instance "≥80%", "1—2 家", "=5 个"; empty for a target without a number."""
    if target.threshold is None:
        return "无数字"
    low = threshold_number(target.threshold, indicator)
    if target.comparator == Comparator.RANGE:
        high = threshold_number(target.threshold_upper or target.threshold, indicator)
        return f"{low}—{high} {indicator.measure}"
    sign = "≥" if target.comparator == Comparator.AT_LEAST else "="
    unit = "" if indicator.is_ratio else f" {indicator.measure}"
    return f"{sign}{low}{unit}"


def threshold_in_words(threshold: str) -> str:
    """For a cell of a workbook, where one that begins with = is shown with a mark before it."""
    return f"等于 {threshold[1:]}" if threshold.startswith("=") else threshold


def gap_text(line: TargetLine) -> str:
    """还差几家; empty when nothing is lacking or the figure is not sound enough to say."""
    is_sound = line.judgement.reason in (Reason.NONE, Reason.NOT_DUE)
    if not line.is_judged or not is_sound or not line.needed:
        return ""
    return f"还差 {line.needed:,} {line.indicator.measure}"


def threshold_number(number: Decimal, indicator: Indicator) -> str:
    """One number of a target: "80%" for a ratio, "5" for a count."""
    if indicator.is_ratio:
        return f"{(number * 100).normalize():f}%"
    return f"{number.normalize():f}"
