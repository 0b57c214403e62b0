"""A forecast in words and in points to draw."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from django.conf import settings

from targets.forecast.projection import Forecast, coarsened
from targets.indicators.base import Indicator
from targets.indicators.calculation import value_of
from targets.presenters import fraction_text, threshold_text, value_text
from targets.results import TargetLine

# 按年度、按社区算的，或台账里没有日期管得着的：推算时怎么对待，各一句话说明。
NOTES = {
    "health_management_year": (
        "年度的数在下一个 12 月 31 日之前没有日期能使它变动；那天起改计本年的工作，"
        "这里按统计日已完成的推算。"
    ),
    "health_management_to_date": "本年至今的数到 12 月 31 日为止，次年 1 月 1 日起从零计。",
    "residents.used": (
        "签约按有效期、家庭病床按撤床日推算；只靠本年健康管理计入的，次年 1 月 1 日起不再计入。"
    ),
    "residents.reachable": (
        "一个社区到最后一支团队的责任社区、团队、所属机构状态或执业许可证（备案凭证）截止为止可及。"
    ),
    "pilot_projects": "核实与投入使用没有截止日，台账里没有日期能使它减少，所以一年内不变。",
}


@dataclass(frozen=True, slots=True)
class ShownStep:
    """One row of the table beside the chart; `drawn` is only for the drawing."""

    day: date
    lapsed: int
    begun: int
    value: str
    fraction: str
    word: str
    drawn: str


def note_of(indicator: Indicator) -> str:
    """How the reading's own dates are treated; empty where each record simply has its end."""
    names = [tally.subject.name for tally in indicator.numerator]
    keys = (*names, *(f"{name}.{indicator.reading}" for name in names))
    return next((NOTES[key] for key in keys if key in NOTES), "")


def sentence_of(forecast: Forecast, line: TargetLine | None) -> str:
    """ "若都不续，2027年3月3日起低于 60%", or why nothing of the kind can be said."""
    if line is None or forecast.steps[0].is_reached is None:
        return "没有带数字的目标或没有数据，只列到期，不判断是否达到。"
    demand = threshold_text(line.target, line.indicator)
    if not forecast.steps[0].is_reached:
        return f"现在就没有达到目标（{demand}）。"
    day = forecast.first_below
    if day is None:
        return f"即使都不续，一年内仍达到目标（{demand}）。"
    below = demand.removeprefix("≥")
    word = "低于" if demand.startswith("≥") else "不符合"
    return f"若都不续，{day.year}年{day.month}月{day.day}日起{word} {below}。"


def shown_steps(forecast: Forecast, *, guarded: bool) -> list[ShownStep]:
    """The steps as a reader meets them; `guarded`, never those of a few people only."""
    steps = coarsened(forecast.steps, settings.SMALL_CELL_LIMIT) if guarded else forecast.steps
    words = {True: "达到", False: "未达到", None: "—"}
    return [
        ShownStep(
            day=step.day,
            lapsed=step.lapsed,
            begun=step.begun,
            value=value_text(step.figure, forecast.indicator),
            fraction=fraction_text(step.figure, forecast.indicator),
            word=words[step.is_reached],
            drawn=_drawn(value_of(step.figure, is_ratio=forecast.indicator.is_ratio), forecast),
        )
        for step in steps
    ]


def drawn_threshold(line: TargetLine | None) -> str:
    """The threshold as a plain number for the drawing; empty without one."""
    if line is None or line.goal.threshold is None:
        return ""
    scale = 100 if line.indicator.is_ratio else 1
    return f"{float(line.goal.threshold * scale):.4f}"


def _drawn(value: Fraction | None, forecast: Forecast) -> str:
    # 只供画线：判断与打印都不用这个小数。
    scale = 100 if forecast.indicator.is_ratio else 1
    return "" if value is None else f"{float(value * scale):.4f}"
