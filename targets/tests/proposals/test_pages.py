"""The pages of 建议提案: from registering one to its paper, and how many queries they take."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from docx import Document

from contracts.tests.persons import browser_of
from targets.models import Paper, PaperKind, Proposal, ProposalEvent, ProposalFigure
from targets.models import ProposalState as S
from targets.tests.factories import City
from targets.tests.proposals.scene import (
    CERTIFIED,
    LAST_YEAR,
    THIS_YEAR,
    Scene,
    drafted,
    figure_added,
    make_scene,
    registered,
    step,
    store_numbers,
)
from targets.tests.proposals.scene import V as Verb
from targets.tests.task_scene import queries_of
from yiyang.audit.models import AuditEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(city: City) -> Scene:
    scene = make_scene(city)
    store_numbers(city, LAST_YEAR, {CERTIFIED: (125, None)})
    store_numbers(city, THIS_YEAR, {CERTIFIED: (155, None)})
    return scene


@pytest.fixture
def clerk(scene: Scene) -> Client:
    return browser_of(scene.people["clerk"])


@pytest.fixture
def checker(scene: Scene) -> Client:
    return browser_of(scene.people["checker"])


def entered(scene: Scene, **fields: Any) -> dict[str, Any]:
    return {
        "kind": "PROPOSAL",
        "year": "2026",
        "number": "第31号",
        "title": "关于医养结合的提案",
        "proposer_kind": "PARTY",
        "proposer": "测试党派",
        "wording": "",
        "assigned_on": "2026-01-05",
        "due_by": "",
        "lead": str(scene.health.pk),
        "assistants": [str(scene.civil.pk)],
        **fields,
    }


def test_the_whole_way_of_a_proposal(scene: Scene, clerk: Client, checker: Client) -> None:
    clerk.post("/proposals/new/", entered(scene))
    proposal = Proposal.objects.get()
    page = f"/proposals/{proposal.pk}/"
    assert str(proposal.due_by) == "2026-04-05"
    assert clerk.post(f"{page}step", {"verb": "TAKE", "text": ""}).status_code == 302
    figure = {
        "indicator": "/".join(CERTIFIED),
        "side": "VALUE",
        "region": scene.city.city.code,
        "day": "2026-02-28",
        "earlier_day": "2025-02-28",
        "since": "",
        "name": "全市医养结合机构",
    }
    assert clerk.post(f"{page}figures/new/", figure).status_code == 302
    reply = {"reply": "一年来，{1}。\n感谢支持。", "result": "A"}
    assert clerk.post(f"{page}reply/", reply).status_code == 302
    assert "全市医养结合机构从125家增加到155家，增长24%" in clerk.get(page).text
    assert clerk.post(f"{page}step", {"verb": "SUBMIT", "text": ""}).status_code == 302
    assert checker.post(f"{page}step", {"verb": "APPROVE", "text": ""}).status_code == 302
    answer = {"verb": "ANSWER", "text": "", "letter": "测卫函〔2026〕3号"}
    assert clerk.post(f"{page}step", answer).status_code == 302
    judged = {"verb": "JUDGE", "text": "", "satisfaction": "SATISFIED"}
    assert clerk.post(f"{page}step", judged).status_code == 302
    assert clerk.post(f"{page}step", {"verb": "ARCHIVE", "text": ""}).status_code == 302
    proposal.refresh_from_db()
    assert (proposal.state, proposal.letter) == (S.ARCHIVED, "测卫函〔2026〕3号")
    assert_archived(scene, clerk, proposal)
    verbs = list(ProposalEvent.objects.values_list("verb", flat=True))
    assert verbs == [
        *("REGISTER", "TAKE", "DRAFT", "SUBMIT", "APPROVE", "ANSWER", "JUDGE", "ARCHIVE"),
    ]


def test_nobody_approves_or_overwrites_what_they_have_not_read(
    scene: Scene, clerk: Client, checker: Client
) -> None:
    proposal = drafted(scene, step(scene, registered(scene), "clerk", Verb.TAKE))
    page = f"/proposals/{proposal.pk}/"
    old = re.findall(r'name="seen" value="(\d+)"', clerk.get(f"{page}reply/").text)
    words = {"reply": "后改的。", "result": "A", "seen": old[0]}
    drafted(scene, proposal, "先改的。")
    late = clerk.post(f"{page}reply/", words)
    assert late.status_code == 422
    assert "办了“起草”；请先看现在的内容" in late.text
    step(scene, proposal, "clerk", Verb.SUBMIT)
    approval = {"verb": "APPROVE", "text": "", "seen": old[0]}
    assert "办了“送审”" in checker.post(f"{page}step", approval).text
    (now,) = re.findall(r'name="seen" value="(\d+)"', checker.get(page).text)
    assert checker.post(f"{page}step", {**approval, "seen": now}).status_code == 302


def test_a_registration_changed_meanwhile_is_not_written_over(scene: Scene, clerk: Client) -> None:
    page = f"/proposals/{registered(scene).pk}/amend/"
    (seen,) = re.findall(r'name="seen" value="(\d+)"', clerk.get(page).text)
    fields = entered(scene, seen=seen, due_by="2026-04-05")
    assert clerk.post(page, {**fields, "title": "先改的案由"}).status_code == 302
    late = clerk.post(page, {**fields, "title": "后改的案由"})
    assert late.status_code == 422
    assert "办了“修改登记”；请先看现在的内容" in late.text
    assert Proposal.objects.get().title == "先改的案由"


def assert_archived(scene: Scene, clerk: Client, proposal: Proposal) -> None:
    """What was sent is kept, and reads the same after the day has been measured anew."""
    paper = Paper.objects.get(kind=PaperKind.PROPOSAL)
    assert (paper.first_day, paper.last_day) == (LAST_YEAR, THIS_YEAR)
    assert f'href="/papers/{paper.uid}/"' in clerk.get(f"/proposals/{proposal.pk}/").text
    before = texts_of(clerk, paper)
    store_numbers(scene.city, THIS_YEAR, {CERTIFIED: (1, None)})
    assert texts_of(clerk, paper) == before
    assert "一年来，全市医养结合机构从125家增加到155家，增长24%（注1）。" in before


def texts_of(clerk: Client, paper: Paper) -> list[str]:
    assert "核对相符" in clerk.get(f"/papers/{paper.uid}/").text
    answer = clerk.get(f"/papers/{paper.uid}/paper.docx")
    return [one.text for one in Document(BytesIO(answer.content)).paragraphs]


# 填错的一栏 → 页面上的话
@pytest.mark.parametrize(("fields", "message"), [
    ({"title": ""}, "请填写案由。"),
    ({"title": "长" * 101}, "案由最多 100 字。"),
    ({"year": "26"}, "请填写 2000 至 2100 的年份。"),
    ({"kind": "X"}, "请从列表里选择类别。"),
    ({"lead": ""}, "请从列表里选择承办单位。"),
    ({"assigned_on": "2026-02-30"}, "请写成 2027-10-01 这样的日期。"),
    ({"due_by": "2026-01-04"}, "答复期限不能早于交办日期。"),
    ({"due_by": "2062-04-05"}, "期限离交办日期超过两年，请核对年份。"),
    ({"assigned_on": "2099-01-01"}, "交办日期不能晚于今天。"),
    ({"proposer": "某代表15400001234"}, "提出者里有像手机号、证件号的长数字"),
    ({"wording": "张某150399194003070029"}, "建议要点里有像手机号、证件号的长数字"),
])  # fmt: skip
def test_a_bad_registration_says_what_to_do(
    scene: Scene, clerk: Client, fields: dict[str, str], message: str
) -> None:
    page = clerk.post("/proposals/new/", entered(scene, **fields))
    assert (page.status_code, Proposal.objects.count()) == (422, 0)
    assert message in page.text


def drafting(scene: Scene) -> Proposal:
    proposal = step(scene, registered(scene), "clerk", Verb.TAKE)
    figure_added(scene, proposal)
    return drafted(scene, proposal, "一年来，{1}。\n感谢支持。")


def test_a_bad_figure_and_a_bad_text_say_what_to_do(scene: Scene, clerk: Client) -> None:
    proposal = drafting(scene)
    page = f"/proposals/{proposal.pk}/"
    told = clerk.post(f"{page}reply/", {"reply": "{7}", "result": "A"})
    assert (told.status_code, "{7} 没有对应的数字" in told.text) == (422, True)
    personal = {"reply": "张某150399194003070029", "result": "A"}
    told = clerk.post(f"{page}reply/", personal)
    assert (told.status_code, "文稿不写个人信息" in told.text) == (422, True)
    told = clerk.post(f"{page}figures/new/", {"day": "2026-02-27"})
    assert (told.status_code, "请从列表里选择指标与口径。" in told.text) == (422, True)
    one_side = {"indicator": "FD17/all_residents", "side": "NUMERATOR", "name": ""}
    told = clerk.post(f"{page}figures/new/", one_side)
    assert (told.status_code, "只取分子或分母的，不能用指标名称" in told.text) == (422, True)
    figure = ProposalFigure.objects.get()
    told = clerk.post(f"{page}figures/{figure.pk}/drop", follow=True)
    assert "正文里还有 {1}" in told.text


def test_the_letter_it_came_in_is_kept_with_it(scene: Scene, clerk: Client) -> None:
    proposal = registered(scene)
    page = f"/proposals/{proposal.pk}/"
    add = reverse("attachment-new", args=["proposal", proposal.pk])
    assert add in clerk.get(page).text
    assert clerk.get(add).status_code == 200
    assistant = browser_of(scene.people["assistant"])
    assert add not in assistant.get(page).text
    assert assistant.get(add).status_code in (403, 404)


def test_the_draft_reads_alike_on_paper_and_in_word(scene: Scene, clerk: Client) -> None:
    proposal = drafting(scene)
    sentence = "全市医养结合机构从125家增加到155家，增长24%（注1）"
    sheet = clerk.get(f"/proposals/{proposal.pk}/draft/").text
    answer = clerk.get(f"/proposals/{proposal.pk}/draft.docx")
    lines = [one.text for one in Document(BytesIO(answer.content)).paragraphs]
    assert lines[:5] == [
        "送审稿",
        "对2026年人大建议第12号的答复",
        "测试代表团：",
        f"一年来，{sentence}。",
        "感谢支持。",
    ]
    assert any(line.startswith("注1：测试市“医养结合机构”（口径：两证齐全）") for line in lines)
    assert "测试代表团：" in sheet
    assert "从125家增加到155家，增长24%" in sheet
    event = AuditEvent.objects.filter(kind="EXPORT").latest("pk")
    assert event.subject == f"proposal:{proposal.pk}"


def test_before_there_is_a_text_there_is_no_draft(scene: Scene, clerk: Client) -> None:
    proposal = registered(scene)
    assert clerk.get(f"/proposals/{proposal.pk}/draft/").status_code == 404
    assert clerk.get(f"/proposals/{proposal.pk}/reply/").status_code == 404
    assert "看送审稿" not in clerk.get(f"/proposals/{proposal.pk}/").text


def test_a_correction_is_shown_and_taken_up(scene: Scene, clerk: Client) -> None:
    proposal = drafting(scene)
    store_numbers(scene.city, THIS_YEAR, {CERTIFIED: (150, None)}, reason="补录")
    page = f"/proposals/{proposal.pk}/"
    assert "后来重新量度" in clerk.get(page).text
    figure = ProposalFigure.objects.get()
    assert clerk.post(f"{page}figures/{figure.pk}/renew").status_code == 302
    told = clerk.get(page).text
    assert "后来重新量度" not in told
    assert "从125家增加到150家，增长20%" in told


def test_an_assisting_bureau_says_its_opinion(scene: Scene) -> None:
    proposal = drafting(scene)
    liaison = browser_of(scene.people["assistant"])
    page = f"/proposals/{proposal.pk}/"
    assert liaison.get(page).status_code == 200
    assert liaison.post(f"{page}step", {"verb": "OPINE", "text": ""}).status_code == 422
    said = {"verb": "OPINE", "text": "民政一侧已落实补贴。"}
    assert liaison.post(f"{page}step", said).status_code == 302
    assert "会办意见（民政局）" in liaison.get(page).text
    assert browser_of(scene.people["other"]).get(page).status_code == 404


@pytest.mark.parametrize(("query", "found"), [
    ("", 2),
    ("state=ALL", 3),
    ("state=ANSWERED", 0),
    ("state=DECLINED", 1),
    ("q=第2号", 1),
    ("q=测试代表", 2),
    ("kind=PROPOSAL", 0),
    ("year=2026", 2),
    ("light=OVERDUE", 2),
    ("light=REMIND", 0),
])  # fmt: skip
def test_the_list_is_filtered(scene: Scene, clerk: Client, query: str, found: int) -> None:
    proposals = [registered(scene, number=f"第{number}号") for number in (1, 2, 3)]
    step(scene, proposals[2], "clerk", Verb.DECLINE)
    page = clerk.get(f"/proposals/?{query}").text
    assert sum(f'href="/proposals/{one.pk}/"' in page for one in proposals) == found


def test_queries_do_not_grow(scene: Scene, clerk: Client) -> None:
    proposal = drafting(scene)
    few = queries_of(clerk, "/proposals/"), queries_of(clerk, f"/proposals/{proposal.pk}/")
    for number in range(20, 32):
        registered(scene, number=f"第{number}号")
        figure_added(scene, proposal)
    many = queries_of(clerk, "/proposals/"), queries_of(clerk, f"/proposals/{proposal.pk}/")
    assert many == few
