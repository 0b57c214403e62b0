"""Charts small enough to check by eye."""

from __future__ import annotations

from fractions import Fraction

from targets.charts.chart import NO_DATA, Chart, Kind, Row, Value

GOAL = Value("≥80%", Fraction(4, 5))
SOURCE = "截至2026年9月30日，量度批次 12"


def share(top: int | None, bottom: int = 100) -> Value:
    if top is None:
        return Value(NO_DATA, None)
    return Value(f"{Fraction(top * 100, bottom)}%", Fraction(top, bottom))


def number(count: int | None) -> Value:
    if count is None:
        return Value(NO_DATA, None)
    return Value(f"{count} 家", Fraction(count))


def bars(*rows: Row, title: str = "绿色通道开设率") -> Chart:
    return Chart(Kind.BARS, title, "%", "区划", ("数值",), rows, SOURCE, is_ratio=True)


def grouped(*rows: Row) -> Chart:
    series = ("2025年末", "2026年末")
    return Chart(Kind.GROUPED, "医养结合机构", "家", "区划", series, rows, SOURCE)


def line(*rows: Row, series: tuple[str, ...] = ("重点人群",)) -> Chart:
    return Chart(Kind.LINE, "签约率", "%", "统计日", series, rows, SOURCE, is_ratio=True)


DISTRICTS = bars(
    Row("东区", (share(90),), GOAL, "达标", "good"),
    Row("西区", (share(0),), GOAL, "未达标", "bad"),
    Row("北区", (share(None),), GOAL, "无数据", "none"),
)
BEFORE_AFTER = grouped(
    Row("东区", (number(12), number(15))),
    Row("西区", (number(None), number(3))),
)
TREND = line(
    Row("2026-06-30", (share(60),), GOAL),
    Row("2026-07-31", (share(None),), GOAL),
    Row("2026-08-31", (share(70),), GOAL),
    Row("2026-09-30", (share(75),), GOAL),
)
EMPTY = line()
ALL = (DISTRICTS, BEFORE_AFTER, TREND, EMPTY)
