"""What a bulletin's words say of figures of every kind: texts in, texts out, read aloud."""

from __future__ import annotations

from typing import Any

import pytest

from targets.bulletins.content import Content
from targets.bulletins.printing import table_notes
from targets.bulletins.texts import ranking_text, texts_for

LINE: Content = {
    "title": "签约率",
    "value": "1,051.50 人",
    "counted": "",
    "threshold": "≥2,000 人",
    "until": "",
    "word": "未达标",
    "note": "",
    "change": "",
    "due_result": "",
    "asides": "",
    "is_historical": False,
}
GAP: Content = {
    "title": "签约率",
    "value": "50.00%",
    "threshold": "≥75%",
    "until": "",
    "gap": "还差 1,030 人",
    "districts": [],
    "candidates": [],
    "more": 0,
}


def content(**said: Any) -> Content:
    return {
        "region": "样例市",
        "below": "各区",
        "day": "2021年1月31日",
        "policies": ["《甲》"],
        "unconfirmed": [],
        "lines": [],
        "districts": [],
        "gaps": [],
        **said,
    }


def named(number: int) -> list[Content]:
    lacks = "缺报告（实有）；停业"
    return [{"name": f"样例{n}院", "region": "东区", "lacks": lacks} for n in range(1, number + 1)]


@pytest.mark.parametrize(
    ("policies", "told"),
    [
        (["《甲》"], "根据《甲》，"),
        (["《甲》", "《乙》"], "根据《甲》《乙》，"),
        (["《甲》（样发〔2020〕1号）", "《乙》"], "根据《甲》（样发〔2020〕1号）、《乙》，"),
    ],
)
def test_titles_of_papers_stand_side_by_side(policies: list[str], told: str) -> None:
    assert told in texts_for(content(policies=policies)).opening


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"value": "90.00%", "threshold": "≥90%"}, "签约率为90%，目标不低于90%，"),
        ({"value": "96.70%", "threshold": "=100%"}, "签约率为96.7%，目标为100%，"),
        ({"value": "0.00%", "threshold": "≥80%"}, "签约率为0%，目标不低于80%，"),
        ({"value": "100.00%", "counted": "3家中有3家"}, "签约率为100%（3家中有3家），"),
        ({"value": "12,000 人", "threshold": "1—2 家"}, "签约率为12000人，目标1—2家，"),
        ({"until": "2035年", "threshold": "≥75%"}, "，2035年目标不低于75%，"),
        ({"due_result": "到期日为97.80%，未达标"}, "；到期日为97.8%，未达标。"),
        ({"change": "与上年同期持平，为90%"}, "未达标；与上年同期持平，为90%。"),
        ({"note": "分母没有公布", "word": "无数据"}, "，无数据（分母没有公布）。"),
    ],
)
def test_a_figure_is_written_one_way_in_all_sentences(said: Content, told: str) -> None:
    assert told in texts_for(content(lines=[{**LINE, **said}])).standing


def test_verdicts_are_summed_up_the_good_ones_first() -> None:
    lines = [{**LINE, "word": word} for word in ("进行中", "未达标", "达标", "未达标")]
    assert "目标共4项：达标1项、未达标2项、进行中1项。" in texts_for(content(lines=lines)).standing


@pytest.mark.parametrize(("number", "more", "ends"), [
    (0, 0, "还差1030人。"),
    (1, 0, "最接近达到要求的有：东区样例1院，缺报告（实有），停业。"),
    (3, 0, "；东区样例3院，缺报告（实有），停业。"),
    (4, 0, "；东区样例3院，缺报告（实有），停业等。"),
    (3, 2, "；东区样例3院，缺报告（实有），停业等。"),
])  # fmt: skip
def test_the_text_names_three_institutions_at_most(number: int, more: int, ends: str) -> None:
    told = texts_for(content(gaps=[{**GAP, "candidates": named(number), "more": more}]))
    assert told.lacking.endswith(ends)
    # 附件里没有机构清单的，正文不说“附件所列”。
    assert ("附件所列" in told.demands) is (number > 0)


def test_districts_are_told_apart_from_the_whole_they_do_not_add_up_to() -> None:
    gap = {**GAP, "until": "2035年", "districts": ["东区还差 600 人", "西区还差 431 人"]}
    assert "现为50%，2035年目标不低于75%，还差1030人。各区中，东区还差600人、西区还差431人。" in (
        texts_for(content(gaps=[gap])).lacking
    )


def test_a_bulletin_of_a_district_speaks_to_its_streets() -> None:
    assert texts_for(content(below="各街道（镇）")).demands.startswith("请各街道（镇）、各有关部门")


def row(place: int, region: str, value: str) -> Content:
    return {"place": place, "region": region, "value": value}


EAST, WEST = row(1, "东区", "75.00%"), row(1, "西区", "75.00%")
SOUTH = row(3, "南区", "66.67%")


@pytest.mark.parametrize(("rows", "left_out", "told"), [
    ([EAST, {**WEST, "place": 2, "value": "50.00%"}], [], "第1位东区，75%；第2位西区，50%。"),
    ([EAST, WEST, SOUTH], [], "并列第1位东区、西区，均为75%；第3位南区，66.67%。"),
    ([EAST], ["西区"], "第1位东区，75%；西区数据不足以判定，不列名次。"),
])  # fmt: skip
def test_equal_districts_share_a_place(rows: list[Content], left_out: list[str], told: str) -> None:
    assert ranking_text({"title": "占比", "rows": rows, "left_out": left_out}) == f"占比：{told}"


def test_the_notes_answer_what_a_reader_of_the_tables_asks() -> None:
    thin = {"title": "占比", "region": "东区", "gap": "", "word": "不判定", "note": "上报不足"}
    behind = {**thin, "region": "西区", "gap": "还差 61 张", "word": "未达标", "note": ""}
    empty = {**thin, "region": "南区", "word": "无数据", "note": "分母为零"}
    told = content(
        lines=[{**LINE, "asides": "缺报 3/33，排除 3"}],
        districts=[thin, behind, empty],
        unconfirmed=["《甲》"],
    )
    assert list(table_notes(told)) == [
        "签约率缺报3/33，排除3。缺报的应报未报；排除的当日停业、筹建等，分子分母都不计。",
        "不判定的：东区占比（上报不足）。",
        "各区的“还差”按本地达到目标分别计算，相加与合计不一定相等。",
        "《甲》的文件名、文号与目标值待核实。",
    ]
    assert list(table_notes(content(lines=[LINE]))) == []
