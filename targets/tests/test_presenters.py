"""How figures, thresholds and verdicts are shown."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from targets.indicators.calculation import Figure, Judgement, Pace, Reason, Verdict
from targets.indicators.catalogue import BY_KEY
from targets.models import Target
from targets.presenters import (
    REASONS,
    VERDICTS,
    fraction_text,
    threshold_text,
    tone_of,
    value_text,
)
from yiyang.lib.percentages import percent

RATIO, COUNT = BY_KEY["GC17", "standard"], BY_KEY["PJ05", "in_use"]


# 分数 → 百分数：两位小数，四舍五入，只为看
@pytest.mark.parametrize(("share", "text"), [
    (Fraction(0), "0.00%"),
    (Fraction(1), "100.00%"),
    (Fraction(2, 3), "66.67%"),
    (Fraction(1, 3), "33.33%"),
    (Fraction(29995, 100000), "30.00%"),
    (Fraction(299949, 1000000), "29.99%"),
    (Fraction(61255, 100000), "61.26%"),
    (Fraction(61245, 100000), "61.25%"),
    (Fraction(7503, 77592), "9.67%"),
    (Fraction(7, 6), "116.67%"),
    (Fraction(5, 100000), "0.01%"),
])  # fmt: skip
def test_a_share_is_rounded_half_up(share: Fraction, text: str) -> None:
    assert percent(share) == text


@pytest.mark.parametrize(("figure", "value", "fraction"), [
    (Figure(49, 80), "61.25%", "49/80"),
    (Figure(0, 80), "0.00%", "0/80"),
    (Figure(46555, 77592), "60.00%", "46,555/77,592"),
])  # fmt: skip
def test_a_ratio_shows_its_integers(figure: Figure, value: str, fraction: str) -> None:
    assert (value_text(figure, RATIO), fraction_text(figure, RATIO)) == (value, fraction)


@pytest.mark.parametrize("figure", [Figure(0, 0), Figure(3, None), Figure(None, 3)])
def test_no_data_says_so(figure: Figure) -> None:
    assert value_text(figure, RATIO) == "无数据"


def test_a_count_shows_its_measure_word() -> None:
    assert value_text(Figure(1345, None), COUNT) == "1,345 个"
    assert value_text(Figure(0, None), COUNT) == "0 个"
    assert fraction_text(Figure(5, None), COUNT) == ""


# 比较 目标值 上限 → 比例 计数
@pytest.mark.parametrize(("comparator", "threshold", "upper", "ratio", "count"), [
    (">=", "0.8", None, "≥80%", None),
    (">=", "0.65", None, "≥65%", None),
    (">=", "0.655", None, "≥65.5%", None),
    ("=", "1", None, "=100%", "=1 个"),
    ("=", "5", None, None, "=5 个"),
    (">=", "10", None, None, "≥10 个"),
    ("range", "1", "2", None, "1—2 个"),
    ("none", None, None, "无数字", "无数字"),
])  # fmt: skip
def test_a_threshold_in_words(
    comparator: str, threshold: str | None, upper: str | None, ratio: str | None, count: str | None
) -> None:
    target = Target(
        comparator=comparator,
        threshold=Decimal(threshold) if threshold else None,
        threshold_upper=Decimal(upper) if upper else None,
    )
    if ratio:
        assert threshold_text(target, RATIO) == ratio
    if count:
        assert threshold_text(target, COUNT) == count


# 结论 原因 序时 → 词
@pytest.mark.parametrize(("judgement", "word"), [
    (Judgement(Verdict.MET), "达标"),
    (Judgement(Verdict.NOT_MET), "未达标"),
    (Judgement(Verdict.NO_DATA, Reason.ZERO_DENOMINATOR), "无数据"),
    (Judgement(Verdict.NOT_JUDGED, Reason.THIN), "不判定"),
    (Judgement(Verdict.NOT_JUDGED, Reason.REFERENCE), "参考"),
    (Judgement(Verdict.NOT_JUDGED, Reason.NOT_DUE), "进行中"),
    (Judgement(Verdict.NOT_JUDGED, Reason.NOT_DUE, Pace.ON_PACE), "达到序时"),
    (Judgement(Verdict.NOT_JUDGED, Reason.NOT_DUE, Pace.BEHIND), "落后序时"),
])  # fmt: skip
def test_a_verdict_in_one_word(judgement: Judgement, word: str) -> None:
    assert tone_of(judgement).word == word


def test_before_the_due_day_nothing_is_red() -> None:
    red = VERDICTS[Verdict.NOT_MET].colour
    for pace in (None, *Pace):
        assert tone_of(Judgement(Verdict.NOT_JUDGED, Reason.NOT_DUE, pace)).colour != red


def test_every_verdict_and_reason_has_its_words() -> None:
    assert set(VERDICTS) == set(Verdict)
    assert set(REASONS) == set(Reason)
    tones = list(VERDICTS.values())
    assert len({tone.word for tone in tones}) == len({tone.icon for tone in tones}) == len(tones)
