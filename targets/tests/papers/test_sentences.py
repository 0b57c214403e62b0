"""Two figures in the words of the office: a table a clerk can check, and a naive oracle."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from targets.papers.sentences import Change, Course, Since, joined

N = None


def share(ten_thousandths: int | None) -> Fraction | None:
    return None if ten_thousandths is None else Fraction(ten_thousandths, 10_000)


# 原数、现数、单位 → 分句、表格里的增减
@pytest.mark.parametrize(("before", "after", "unit", "clause", "difference"), [
    (125, 155, "家", "从125家增加到155家，增长24%", "+30"),
    (1118, 1345, "对", "从1118对增加到1345对，增长20.3%", "+227"),
    (155, 125, "家", "从155家减少到125家，下降19.4%", "\N{MINUS SIGN}30"),
    (155, 155, "家", "保持155家", "0"),
    (0, 0, "家", "仍为0家", "0"),
    (0, 5, "家", "从无到有，达到5家", "+5"),
    (5, 0, "家", "从5家减少到0家", "\N{MINUS SIGN}5"),
    (N, 155, "家", "达到155家（首次统计）", ""),
    (N, 0, "家", "为0家（首次统计）", ""),
    (155, N, "家", "本期无数据", ""),
    (N, N, "家", "本期无数据", ""),
    # 一倍以上写倍数，差一点不到一倍的写百分数
    (100, 199, "张", "从100张增加到199张，增长99%", "+99"),
    (100, 200, "张", "从100张增加到200张，增长1倍", "+100"),
    (100, 220, "张", "从100张增加到220张，增长1.2倍", "+120"),
    (1, 10, "人", "从1人增加到10人，增长9倍", "+9"),
    # 四舍五入：恰为一半的进位；小得看不见的说清楚
    (2000, 2001, "人次", "从2000人次增加到2001人次，增长0.1%", "+1"),
    (2001, 2002, "人次", "从2001人次增加到2002人次，增长不到0.1%", "+1"),
    (2001, 2000, "人次", "从2001人次减少到2000人次，下降不到0.1%", "\N{MINUS SIGN}1"),
    (1000, 999, "人次", "从1000人次减少到999人次，下降0.1%", "\N{MINUS SIGN}1"),
    (3, 1, "个", "从3个减少到1个，下降66.7%", "\N{MINUS SIGN}2"),
    # 满十万的以万为单位；不满、分不开的写全数
    (77592, 82110, "人", "从77592人增加到82110人，增长5.8%", "+4518"),
    (99999, 116000, "人", "从99999人增加到116000人，增长16%", "+16001"),
    (100000, 116000, "人", "从10万人增加到11.6万人，增长16%", "+16000"),
    (634700, 634710, "人", "从634700人增加到634710人，增长不到0.1%", "+10"),
    (634700, 634700, "人", "保持63.47万人", "0"),
    (N, 634700, "人", "达到63.47万人（首次统计）", ""),
    # 原数为负没有增幅
    (-3, 5, "张", "从\N{MINUS SIGN}3张增加到5张", "+8"),
    (-3, 0, "张", "从\N{MINUS SIGN}3张增加到0张", "+3"),
    (2, -3, "张", "从2张减少到\N{MINUS SIGN}3张", "\N{MINUS SIGN}5"),
    (Fraction(7, 2), Fraction(9, 2), "张", "从3.5张增加到4.5张，增长28.6%", "+1"),
])  # fmt: skip
def test_a_count_reads_as_the_office_writes_it(
    before: int | None, after: int | None, unit: str, clause: str, difference: str
) -> None:
    change = Change(before, after, unit)
    assert (change.clause(), change.difference_text) == (clause, difference)


# 万分之几 → 比率的分句
@pytest.mark.parametrize(("before", "after", "clause", "difference"), [
    (6120, 6350, "从61.2%提高到63.5%，提高2.3个百分点", "+2.3个百分点"),
    (6350, 6120, "从63.5%下降到61.2%，下降2.3个百分点", "\N{MINUS SIGN}2.3个百分点"),
    (6120, 6120, "保持61.2%", "0"),
    (6120, 6121, "基本持平，为61.2%", "0"),
    (6121, 6120, "基本持平，为61.2%", "0"),
    # 所印两数之差：61.3 与 63.5 差 2.2，虽然原数差 2.29
    (6125, 6354, "从61.3%提高到63.5%，提高2.2个百分点", "+2.2个百分点"),
    (6124, 6125, "从61.2%提高到61.3%，提高0.1个百分点", "+0.1个百分点"),
    (0, 500, "从0%提高到5%，提高5个百分点", "+5个百分点"),
    (500, 0, "从5%下降到0%，下降5个百分点", "\N{MINUS SIGN}5个百分点"),
    (0, 0, "仍为0%", "0"),
    (N, 8000, "达到80%（首次统计）", ""),
    (8000, N, "本期无数据", ""),
    (10000, 11667, "从100%提高到116.7%，提高16.7个百分点", "+16.7个百分点"),
])  # fmt: skip
def test_a_ratio_moves_by_percentage_points(
    before: int | None, after: int | None, clause: str, difference: str
) -> None:
    change = Change(share(before), share(after), is_ratio=True)
    assert (change.clause(), change.difference_text) == (clause, difference)


def test_a_ratio_can_be_told_to_two_places_as_the_pages_do() -> None:
    change = Change(Fraction(29), Fraction(29), is_ratio=True, places=2)
    assert change.clause() == "保持2900%"
    change = Change(Fraction(2999, 10_000), Fraction(3, 10), is_ratio=True, places=2)
    assert change.clause() == "从29.99%提高到30%，提高0.01个百分点"


@pytest.mark.parametrize(("before", "after", "since", "clause"), [
    (125, 155, Since.LAST_YEAR, "从125家增加到155家，比上年同期增长24%"),
    (155, 125, Since.LAST_QUARTER, "从155家减少到125家，比上季度末下降19.4%"),
    (100, 220, Since.LAST_MONTH, "从100家增加到220家，比上月同日增长1.2倍"),
    (155, 155, Since.LAST_YEAR, "与上年同期持平，为155家"),
    (0, 5, Since.LAST_TIME, "与上次相比从无到有，达到5家"),
    (5, 0, Since.LAST_TIME, "与上次相比从5家减少到0家"),
    (N, 155, Since.LAST_YEAR, "达到155家（上年同期无数据）"),
    (155, N, Since.LAST_YEAR, "本期无数据"),
])  # fmt: skip
def test_the_clause_says_what_it_is_compared_with(
    before: int | None, after: int | None, since: Since, clause: str
) -> None:
    assert Change(before, after, "家").clause(since) == clause


def test_a_ratio_nearly_the_same_says_since_when() -> None:
    change = Change(Fraction(6120, 10_000), Fraction(6121, 10_000), is_ratio=True)
    assert change.clause(Since.LAST_YEAR) == "与上年同期基本持平，为61.2%"


def test_clauses_make_one_sentence() -> None:
    clauses = [
        "医养结合机构" + Change(125, 155, "家").clause(),
        "签约" + Change(1118, 1345, "对").clause(),
    ]
    assert joined(clauses, opening="2020年，全市") == (
        "2020年，全市医养结合机构从125家增加到155家，增长24%；签约从1118对增加到1345对，增长20.3%。"
    )
    assert joined(["", "签约本期无数据。"]) == "签约本期无数据。"
    assert joined([]) == ""


COUNTS = st.one_of(st.none(), st.integers(0, 3_000), st.integers(0, 2_000_000))


def naive_percentage(before: int, after: int) -> str:
    """Half up to one place, with whole numbers of thousandths counted one after another."""
    tenths = 0
    while (2 * tenths + 1) * before <= 2000 * abs(after - before):
        tenths += 1
    whole, tenth = divmod(tenths, 10)
    return f"{whole}.{tenth}%" if tenth else f"{whole}%"


@given(st.integers(1, 3_000), st.integers(1, 3_000))
def test_the_percentage_is_the_one_worked_out_by_hand(before: int, after: int) -> None:
    change = Change(before, after, "家")
    if after >= 2 * before or before == after:
        assert "%" not in change.growth_text
        return
    by_hand = naive_percentage(before, after)
    said = change.growth_text.removeprefix("增长").removeprefix("下降")
    assert said == ("不到0.1%" if by_hand == "0%" else by_hand)


@given(COUNTS, COUNTS)
def test_a_sentence_never_contradicts_its_figures(before: int | None, after: int | None) -> None:
    change = Change(before, after, "家")
    said = change.clause()
    rose = ("增加" in said, "增长" in said, "从无到有" in said)
    fell = ("减少" in said, "下降" in said)
    if before is None or after is None:
        assert not any(rose + fell)
        return
    assert any(rose) == (after > before)
    assert any(fell) == (after < before)
    assert change.before_text != change.after_text or before == after
    assert change.difference == after - before
    assert "基本" not in said


@given(st.fractions(0, 2), st.fractions(0, 2))
def test_percentage_points_are_what_a_reader_subtracts(before: Fraction, after: Fraction) -> None:
    change = Change(before, after, is_ratio=True)
    if change.course not in (Course.UP, Course.DOWN):
        assert change.before_text == change.after_text
        return
    tenths = [
        round(float(text.rstrip("%")) * 10) for text in (change.before_text, change.after_text)
    ]
    points = round(float(change.growth_text[2:].removesuffix("个百分点")) * 10)
    assert points == abs(tenths[1] - tenths[0]) > 0
    assert ("提高" in change.clause()) == (after > before)
