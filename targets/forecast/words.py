"""A forecast in words and in points to draw."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from targets.forecast.projection import Forecast
from targets.indicators.calculation import value_of
from targets.presenters import fraction_text, threshold_text, value_text
from targets.results import TargetLine


@dataclass(frozen=True, slots=True)
class ShownStep:
    """One row of the table beside the chart; `drawn` is only for the drawing."""

    day: date
    lapsed: int
    value: str
    fraction: str
    word: str
    drawn: str


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


def shown_steps(forecast: Forecast) -> list[ShownStep]:
    """The steps as a reader meets them."""
    words = {True: "达到", False: "未达到", None: "—"}
    return [
        ShownStep(
            day=step.day,
            lapsed=step.lapsed,
            value=value_text(step.figure, forecast.indicator),
            fraction=fraction_text(step.figure, forecast.indicator),
            word=words[step.is_reached],
            drawn=_drawn(value_of(step.figure, is_ratio=forecast.indicator.is_ratio), forecast),
        )
        for step in forecast.steps
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
