"""The figures of an answer: sentences from two stored runs, footnotes, later corrections."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from targets.indicators.catalogue import BY_KEY
from targets.models import IndicatorRun, Proposal
from targets.models import ProposalVerb as V
from targets.proposals.actions_figures import drop_figure, renew_figure
from targets.proposals.content import figures_of, reply_content
from targets.proposals.figures import Source, _doubts
from targets.proposals.reply import paragraphs_of
from targets.tests.factories import City
from targets.tests.proposals.scene import (
    CERTIFIED,
    LAST_YEAR,
    MONDAY,
    PAIRS,
    SIGNED,
    THIS_YEAR,
    Scene,
    drafted,
    figure_added,
    make_scene,
    registered,
    step,
    store_numbers,
)
from targets.tests.task_scene import actor_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(city: City) -> Scene:
    """上年同期 125 家、1118 对、签约 6120/10000；本期 155 家、1345 对、6350/10000。"""
    scene = make_scene(city)
    for day, homes, pairs, signed in ((LAST_YEAR, 125, 1118, 6120), (THIS_YEAR, 155, 1345, 6350)):
        numbers = {CERTIFIED: (homes, None), PAIRS: (pairs, None), SIGNED: (signed, 10_000)}
        store_numbers(city, day, numbers)
    return scene


@pytest.fixture
def proposal(scene: Scene) -> Proposal:
    return step(scene, registered(scene), "clerk", V.TAKE)


@pytest.mark.parametrize(("fields", "sentence"), [
    ({}, "全市医养结合机构从125家增加到155家，增长24%"),
    ({"since": "LAST_YEAR"}, "全市医养结合机构从125家增加到155家，比上年同期增长24%"),
    ({"earlier_day": None}, "全市医养结合机构达到155家"),
    (
        {"name": "签约", "indicator": BY_KEY[PAIRS]},
        "签约从1118对增加到1345对，增长20.3%",
    ),
    (
        {"name": "签约率", "indicator": BY_KEY[SIGNED]},
        "签约率从61.2%提高到63.5%，提高2.3个百分点",
    ),
    (
        {"name": "签约居民", "indicator": BY_KEY[SIGNED], "side": "NUMERATOR"},
        "签约居民从6120人增加到6350人，增长3.8%",
    ),
    (
        {"name": "常住居民", "indicator": BY_KEY[SIGNED], "side": "DENOMINATOR"},
        "常住居民保持10000人",
    ),
])  # fmt: skip
def test_a_sentence_is_made_from_the_stored_runs(
    scene: Scene, proposal: Proposal, fields: dict[str, Any], sentence: str
) -> None:
    figure_added(scene, proposal, **fields)
    (shown,) = figures_of(proposal, MONDAY)
    assert shown.sentence == sentence
    assert shown.warnings == ()


def test_a_share_is_not_rounded_up_to_its_target(scene: Scene, proposal: Proposal) -> None:
    store_numbers(scene.city, date(2026, 3, 1), {SIGNED: (7495, 10_000)})
    day = {"day": date(2026, 3, 1), "earlier_day": None}
    figure_added(scene, proposal, name="签约率", indicator=BY_KEY[SIGNED], **day)
    (shown,) = figures_of(proposal, MONDAY)
    assert shown.sentence == "签约率达到74.95%"


def test_a_footnote_names_days_runs_and_definition(scene: Scene, proposal: Proposal) -> None:
    figure = figure_added(scene, proposal, name="签约率", indicator=BY_KEY[SIGNED])
    (shown,) = figures_of(proposal, MONDAY)
    assert figure.earlier_run is not None
    assert shown.note.startswith(
        "测试市“家庭医生签约服务覆盖率”（口径：全人群）："
        f"2026年2月28日为63.50%（6350/10000），量度批次{figure.run_id}；"
        f"2025年2月28日为61.20%（6120/10000），量度批次{figure.earlier_run_id}。分子："
    )
    assert shown.address == "/targets/FD17/?region=150300000000&as_of=2026-02-28"


@pytest.mark.parametrize(("fields", "message"), [
    ({"day": date(2026, 2, 27)}, "2026-02-27 没有量度结果；最近的有 2025-02-28、2026-02-28"),
    ({"earlier_day": date(2024, 1, 1)}, "2024-01-01 没有量度结果；最近的有 2025-02-28"),
    ({"earlier_day": THIS_YEAR}, "对比日期须早于统计日"),
    ({"day": MONDAY}, "统计日须在今天之前"),
    ({"earlier_day": None, "since": "LAST_YEAR"}, "请填写对比日期"),
])  # fmt: skip
def test_a_figure_needs_days_that_were_measured(
    scene: Scene, proposal: Proposal, fields: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValidationError, match=message):
        figure_added(scene, proposal, **fields)


def test_a_number_of_few_people_never_gets_into_an_answer(scene: Scene, proposal: Proposal) -> None:
    day = date(2026, 3, 1)
    store_numbers(scene.city, day, {SIGNED: (3, 10_000), CERTIFIED: (3, None)})
    with pytest.raises(ValidationError, match="人数太少"):
        figure_added(scene, proposal, indicator=BY_KEY[SIGNED], day=day)
    figure_added(scene, proposal, day=day)


def test_a_later_correction_is_told_and_taken_up_on_demand(
    scene: Scene, proposal: Proposal
) -> None:
    figure = figure_added(scene, proposal)
    newer = store_numbers(scene.city, LAST_YEAR, {CERTIFIED: (120, None)}, reason="补录撤销机构")
    (shown,) = figures_of(proposal, MONDAY)
    assert shown.sentence.endswith("从125家增加到155家，增长24%")
    assert shown.warnings == (
        f"2025-02-28 后来重新量度，批次{newer.pk}（补录撤销机构）：现为120家，原为125家。",
    )
    renew_figure(by=actor_of(scene.people["clerk"], MONDAY), proposal=proposal, figure=figure)
    (shown,) = figures_of(proposal, MONDAY)
    assert shown.sentence.endswith("从120家增加到155家，增长29.2%")
    assert not shown.warnings


def test_a_correction_that_changes_nothing_says_so(scene: Scene, proposal: Proposal) -> None:
    figure_added(scene, proposal)
    newer = store_numbers(scene.city, THIS_YEAR, {CERTIFIED: (155, None)})
    (shown,) = figures_of(proposal, MONDAY)
    assert shown.warnings == (f"2026-02-28 后来重新量度，批次{newer.pk}：数字没有变。",)


def test_a_day_without_the_number_is_told_of(scene: Scene, proposal: Proposal) -> None:
    store_numbers(scene.city, date(2024, 2, 29), {PAIRS: (900, None)})
    figure_added(scene, proposal, earlier_day=date(2024, 2, 29))
    (shown,) = figures_of(proposal, MONDAY)
    assert shown.warnings == ("对比那一天没有可以写进文稿的数字。",)


@pytest.mark.parametrize(
    ("after", "before", "doubts"),
    [
        ((1, "7"), (1, "7"), 0),
        ((1, "7"), (1, "8"), 1),
        ((1, "7"), None, 0),
        ((1, "7"), (None, ""), 1),
        ((None, ""), (None, ""), 2),
        ((None, ""), None, 1),
    ],
)
def test_what_is_doubtful_is_said(
    scene: Scene, after: tuple[int | None, str], before: tuple[int | None, str] | None, doubts: int
) -> None:
    """数、口径：没有数的各说一句，口径不同的说一句。"""
    run = IndicatorRun.objects.latest("pk")
    sources = [one and Source(run, "", "", *one) for one in (after, before)]
    assert len(_doubts(*sources)) == doubts  # type: ignore[arg-type]


def test_an_answer_asks_only_for_figures_it_has(scene: Scene, proposal: Proposal) -> None:
    first, second = figure_added(scene, proposal), figure_added(scene, proposal)
    assert (first.number, second.number) == (1, 2)
    with pytest.raises(ValidationError, match=r"\{3\} 没有对应的数字"):
        drafted(scene, proposal, "全市{3}。")
    drafted(scene, proposal, "全市{1}。")
    clerk = actor_of(scene.people["clerk"], MONDAY)
    with pytest.raises(ValidationError, match=r"正文里还有 \{1\}"):
        drop_figure(by=clerk, proposal=proposal, figure=first)
    drop_figure(by=clerk, proposal=proposal, figure=second)
    # 删去的序号不再用：旧稿里的 {2} 不会换成别的数字。
    assert figure_added(scene, proposal).number == 3


def test_nothing_changes_once_the_answer_is_submitted(scene: Scene, proposal: Proposal) -> None:
    figure = figure_added(scene, proposal)
    step(scene, drafted(scene, proposal, "{1}。"), "clerk", V.SUBMIT)
    clerk = actor_of(scene.people["clerk"], MONDAY)
    for change in (
        lambda: figure_added(scene, proposal),
        lambda: drop_figure(by=clerk, proposal=proposal, figure=figure),
        lambda: renew_figure(by=clerk, proposal=proposal, figure=figure),
        lambda: drafted(scene, proposal),
    ):
        with pytest.raises(ValidationError, match="不能改动"):
            change()


def test_notes_are_numbered_as_the_text_meets_them(scene: Scene, proposal: Proposal) -> None:
    for fields in ({}, {"name": "签约", "indicator": BY_KEY[PAIRS]}, {"name": "没用到"}):
        figure_added(scene, proposal, **fields)
    held = drafted(scene, proposal, "一年来，{2}。\n\n　　同时，{1}；再说一遍，{2}。")
    content = reply_content(held, figures_of(held, MONDAY), MONDAY)
    told = ["".join(piece["text"] for piece in pieces) for pieces in content["paragraphs"]]
    assert told == [
        "一年来，签约从1118对增加到1345对，增长20.3%。",
        "同时，全市医养结合机构从125家增加到155家，增长24%；再说一遍，签约从1118对增加到1345对，增长20.3%。",
    ]
    assert [note["number"] for note in content["notes"]] == [1, 2]
    assert "医养签约合作" in content["notes"][0]["text"]
    assert content["title"] == "对2026年人大建议第12号的答复"


@pytest.mark.parametrize(("text", "told"), [
    ("全市{1}。", "全市〔句〕。"),
    ("全市{ 1 }。", "全市〔句〕。"),
    ("{1}{1}", "〔句〕〔句〕"),
    ("{2}、{x}、{}、{100}、{{1}}", "{2}、{x}、{}、{100}、{〔句〕}"),
])  # fmt: skip
def test_only_marks_of_known_figures_are_replaced(text: str, told: str) -> None:
    (pieces,) = paragraphs_of(text, {1: "〔句〕"})
    assert "".join(piece.text for piece in pieces) == told
