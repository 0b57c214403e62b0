"""What a figure means, as tables of exact numbers."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from targets.indicators.calculation import (
    Figure,
    Goal,
    Judgement,
    Pace,
    Reason,
    Row,
    Tree,
    Verdict,
    judge,
    needed,
    stated,
    stated_sources,
    summed,
    value_of,
)

DUE = date(2017, 12, 31)
DAY_BEFORE = date(2017, 12, 30)
COVERAGE = Fraction(9, 10)
AT_LEAST_80 = Goal(">=", Fraction("0.8"), due_on=DUE)
AT_LEAST_30 = Goal(">=", Fraction("0.3"), due_on=DUE)
ALL = Goal("=", Fraction(1), due_on=DUE)
ONE_OR_TWO = Goal("range", Fraction(1), Fraction(2), has_upper_failure=False)
ONE_TO_TWO_STRICT = Goal("range", Fraction(1), Fraction(2), due_on=DUE)
FIVE = Goal("=", Fraction(5))
NO_NUMBER = Goal("none", due_on=DUE)


def judged(
    figure: Figure,
    goal: Goal,
    *,
    is_ratio: bool = True,
    is_judged: bool = True,
    as_of: date = DUE,
) -> Judgement:
    return judge(
        figure,
        goal,
        is_ratio=is_ratio,
        is_judged=is_judged,
        as_of=as_of,
        minimum_coverage=COVERAGE,
    )


# 分子 分母 目标 → 结论 原因
RATIOS = [
    (80, 100, AT_LEAST_80, "MET", ""),
    (4, 5, AT_LEAST_80, "MET", ""),
    (79, 100, AT_LEAST_80, "NOT_MET", ""),
    (7999, 10000, AT_LEAST_80, "NOT_MET", ""),
    (2999, 10000, AT_LEAST_30, "NOT_MET", ""),
    (29999999, 100000000, AT_LEAST_30, "NOT_MET", ""),
    (3, 10, AT_LEAST_30, "MET", ""),
    (0, 10, AT_LEAST_30, "NOT_MET", ""),
    (10, 10, ALL, "MET", ""),
    (9999, 10000, ALL, "NOT_MET", ""),
    (11, 10, ALL, "NOT_JUDGED", "over_one"),
    (101, 100, AT_LEAST_80, "NOT_JUDGED", "over_one"),
    (0, 0, AT_LEAST_80, "NO_DATA", "zero_denominator"),
    (3, 0, AT_LEAST_80, "NO_DATA", "zero_denominator"),
    (3, None, AT_LEAST_80, "NO_DATA", "no_denominator"),
    (None, 3, AT_LEAST_80, "NO_DATA", "no_denominator"),
    (None, None, AT_LEAST_80, "NO_DATA", "no_denominator"),
    (50, 100, NO_NUMBER, "NOT_JUDGED", "no_threshold"),
]


@pytest.mark.parametrize(("top", "bottom", "goal", "verdict", "reason"), RATIOS)
def test_a_ratio_is_judged_exactly(
    top: int | None, bottom: int | None, goal: Goal, verdict: str, reason: str
) -> None:
    judgement = judged(Figure(top, bottom), goal)
    assert (judgement.verdict, judgement.reason, judgement.pace) == (verdict, reason, None)


# 家数 目标 → 结论 原因；1—2 所：1 家起达标，3 家也达标，没有年份不判逾期
COUNTS = [
    (0, ONE_OR_TWO, "NOT_JUDGED", "not_due"),
    (1, ONE_OR_TWO, "MET", ""),
    (2, ONE_OR_TWO, "MET", ""),
    (3, ONE_OR_TWO, "MET", ""),
    (0, ONE_TO_TWO_STRICT, "NOT_MET", ""),
    (1, ONE_TO_TWO_STRICT, "MET", ""),
    (2, ONE_TO_TWO_STRICT, "MET", ""),
    (3, ONE_TO_TWO_STRICT, "NOT_MET", ""),
    (4, FIVE, "NOT_JUDGED", "not_due"),
    (5, FIVE, "MET", ""),
    (6, FIVE, "NOT_JUDGED", "not_due"),
]


@pytest.mark.parametrize(("number", "goal", "verdict", "reason"), COUNTS)
def test_a_count_is_judged_exactly(number: int, goal: Goal, verdict: str, reason: str) -> None:
    judgement = judged(Figure(number, None), goal, is_ratio=False)
    assert (judgement.verdict, judgement.reason) == (verdict, reason)


def test_a_reference_reading_is_never_judged() -> None:
    judgement = judged(Figure(100, 100), AT_LEAST_80, is_judged=False)
    assert (judgement.verdict, judgement.reason) == (Verdict.NOT_JUDGED, Reason.REFERENCE)


# 应报 缺报 → 结论；90% 恰好够，不足则资料不足
COVERAGES = [
    (10, 0, "MET"),
    (10, 1, "MET"),
    (100, 10, "MET"),
    (100, 11, "NOT_JUDGED"),
    (9, 1, "NOT_JUDGED"),
    (0, 0, "MET"),
]


@pytest.mark.parametrize(("expected", "missing", "verdict"), COVERAGES)
def test_below_ninety_percent_reported_there_is_no_verdict(
    expected: int, missing: int, verdict: str
) -> None:
    figure = Figure(80, 100, missing=missing, expected=expected)
    judgement = judged(figure, AT_LEAST_80)
    assert judgement.verdict == verdict
    assert (judgement.reason is Reason.THIN) == (verdict == "NOT_JUDGED")


STEPS = (
    (date(2015, 12, 31), Fraction("0.5")),
    (date(2016, 12, 31), Fraction("0.65")),
    (date(2017, 12, 31), Fraction("0.8")),
)
STEPWISE = Goal(">=", Fraction("0.8"), due_on=DUE, milestones=STEPS)
# 统计日 分子（分母 100） 目标 → 结论 序时
DAYS = [
    (DAY_BEFORE, 100, AT_LEAST_80, "NOT_JUDGED", None),
    (DAY_BEFORE, 0, AT_LEAST_80, "NOT_JUDGED", None),
    (DUE, 80, AT_LEAST_80, "MET", None),
    (DUE, 79, AT_LEAST_80, "NOT_MET", None),
    (date(2018, 1, 1), 79, AT_LEAST_80, "NOT_MET", None),
    (date(2015, 12, 30), 10, STEPWISE, "NOT_JUDGED", None),
    (date(2015, 12, 31), 50, STEPWISE, "NOT_JUDGED", Pace.ON_PACE),
    (date(2015, 12, 31), 49, STEPWISE, "NOT_JUDGED", Pace.BEHIND),
    (date(2016, 12, 30), 50, STEPWISE, "NOT_JUDGED", Pace.ON_PACE),
    (date(2016, 12, 31), 64, STEPWISE, "NOT_JUDGED", Pace.BEHIND),
    (date(2016, 12, 31), 65, STEPWISE, "NOT_JUDGED", Pace.ON_PACE),
    (DUE, 80, STEPWISE, "MET", None),
]


@pytest.mark.parametrize(("day", "top", "goal", "verdict", "pace"), DAYS)
def test_a_verdict_is_given_from_the_due_day_on(
    day: date, top: int, goal: Goal, verdict: str, pace: Pace | None
) -> None:
    judgement = judged(Figure(top, 100), goal, as_of=day)
    assert (judgement.verdict, judgement.pace) == (verdict, pace)
    assert (judgement.reason is Reason.NOT_DUE) == (verdict == "NOT_JUDGED")


def test_milestones_may_be_given_in_any_order() -> None:
    shuffled = Goal(">=", Fraction("0.8"), due_on=DUE, milestones=STEPS[::-1])
    judgement = judged(Figure(60, 100), shuffled, as_of=date(2016, 12, 31))
    assert judgement.pace is Pace.BEHIND


# 分子 分母 目标 → 还差
GAPS = [
    (79, 100, AT_LEAST_80, 1),
    (80, 100, AT_LEAST_80, 0),
    (100, 100, AT_LEAST_80, 0),
    (0, 3, AT_LEAST_80, 3),
    (2, 3, AT_LEAST_80, 1),
    (0, 101, AT_LEAST_80, 81),
    (2999, 10000, AT_LEAST_30, 1),
    (9, 10, ALL, 1),
    (0, 0, AT_LEAST_80, None),
    (5, None, AT_LEAST_80, None),
    (None, 5, AT_LEAST_80, None),
    (5, 10, NO_NUMBER, None),
]


@pytest.mark.parametrize(("top", "bottom", "goal", "gap"), GAPS)
def test_how_many_more_a_ratio_needs(
    top: int | None, bottom: int | None, goal: Goal, gap: int | None
) -> None:
    assert needed(Figure(top, bottom), goal, is_ratio=True) == gap


@pytest.mark.parametrize(("number", "goal", "gap"), [
    (0, ONE_OR_TWO, 1),
    (1, ONE_OR_TWO, 0),
    (3, ONE_OR_TWO, 0),
    (2, FIVE, 3),
    (6, FIVE, 0),
    (None, FIVE, None),
])  # fmt: skip
def test_how_many_more_a_count_needs(number: int | None, goal: Goal, gap: int | None) -> None:
    assert needed(Figure(number, None), goal, is_ratio=False) == gap


@pytest.mark.parametrize("bottom", [1, 3, 7, 30, 99, 101, 77592])
@pytest.mark.parametrize("threshold", ["0.3", "0.6", "0.65", "0.8", "0.9", "1"])
def test_the_gap_is_the_smallest_number_that_reaches(bottom: int, threshold: str) -> None:
    goal = Goal(">=", Fraction(threshold), due_on=DUE)
    gap = needed(Figure(0, bottom), goal, is_ratio=True)
    assert gap is not None
    assert judged(Figure(gap, bottom), goal).verdict is Verdict.MET
    assert judged(Figure(gap - 1, bottom), goal).verdict is Verdict.NOT_MET


@pytest.mark.parametrize(("figure", "is_ratio", "value"), [
    (Figure(1, 3), True, Fraction(1, 3)),
    (Figure(0, 3), True, Fraction(0)),
    (Figure(0, 0), True, None),
    (Figure(1, None), True, None),
    (Figure(None, 3), True, None),
    (Figure(4, None), False, Fraction(4)),
    (Figure(None, None), False, None),
])  # fmt: skip
def test_no_data_is_not_zero(figure: Figure, is_ratio: bool, value: Fraction | None) -> None:
    assert value_of(figure, is_ratio=is_ratio) == value


# 市 1 ─ 区 2（街道 4、5）、区 3（街道 6）
TREE = Tree({2: 1, 3: 1, 4: 2, 5: 2, 6: 3, 1: 99, 7: 99}, 1)


def test_the_tree_is_walked_from_its_root_down() -> None:
    assert TREE.top_down == (1, 2, 3, 4, 5, 6)
    assert TREE.below(2) == (2, 4, 5)
    assert TREE.children_of(3) == [6]
    assert list(TREE.children_of(6)) == []


def test_a_ring_in_the_tree_ends() -> None:
    assert Tree({2: 1, 1: 2}, 1).top_down == (1, 2)


def test_facts_are_summed_from_the_leaves_up_column_by_column() -> None:
    own: dict[int, Row] = {4: (1, 1), 5: (2, 0), 6: (5, 3), 2: (10, 0)}
    assert summed(TREE, own, (0, 0)) == {
        1: (18, 4), 2: (13, 1), 3: (5, 3), 4: (1, 1), 5: (2, 0), 6: (5, 3),
    }  # fmt: skip


# 公布的人口 → 各级的人口
STATED = [
    ("只有市级公布，下级没有", {1: 100}, {1: 100, 2: None, 3: None, 4: None, 5: None, 6: None}),
    ("各区公布，市为合计", {2: 60, 3: 40}, {1: 100, 2: 60, 3: 40, 4: None, 5: None, 6: None}),
    ("公布的优先于合计", {1: 9, 2: 60, 3: 40}, {1: 9, 2: 60, 3: 40, 4: None, 5: None, 6: None}),
    ("缺一个区，市没有", {2: 60}, {1: None, 2: 60, 3: None, 4: None, 5: None, 6: None}),
    ("缺一个街道，区没有", {4: 10, 6: 40}, {1: None, 2: None, 3: 40, 4: 10, 5: None, 6: 40}),
    ("街道齐全，逐级合计", {4: 10, 5: 20, 6: 40}, {1: 70, 2: 30, 3: 40, 4: 10, 5: 20, 6: 40}),
    ("公布为零不是没有", {2: 0, 3: 40}, {1: 40, 2: 0, 3: 40, 4: None, 5: None, 6: None}),
    ("什么都没公布", {}, {1: None, 2: None, 3: None, 4: None, 5: None, 6: None}),
]


@pytest.mark.parametrize(("case", "own", "expected"), STATED, ids=[row[0] for row in STATED])
def test_published_figures_hold_upwards_and_never_below(
    case: str, own: dict[int, int], expected: dict[int, int | None]
) -> None:
    # 第二列处处公布为 7：一列有没有公布，与别的列无关。
    rows: dict[int, Row] = {region: (own.get(region), 7) for region in TREE.top_down}
    assert stated(TREE, rows, (None, None)) == {r: (n, 7) for r, n in expected.items()}


@pytest.mark.parametrize(("published", "region", "sources"), [
    ([1, 2, 3], 1, [1]),
    ([2, 3], 1, [2, 3]),
    ([2, 6], 1, [2, 6]),
    ([4, 5, 6], 2, [4, 5]),
    ([1], 2, []),
])  # fmt: skip
def test_a_published_figure_names_its_sources(
    published: list[int], region: int, sources: list[int]
) -> None:
    assert stated_sources(TREE, published, region) == sources
