"""The pages of 通报: who sees which, what a clerk reads on them, what leaves the portal."""

from __future__ import annotations

import re
from base64 import b64encode
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.html import escape
from docx import Document

from contracts.tests.persons import browser_of
from institutions.models import RegionGrant
from institutions.tests.factories import LONG_AGO
from targets.bulletins.templates import add_template
from targets.models import Bulletin, BulletinVerb, Paper, Target
from targets.models.policies import Confirmation
from targets.papers import pdf
from targets.tests.bulletins.documents import docx_saying
from targets.tests.bulletins.scene import ISSUER, Desks
from targets.tests.page_scene import LATER_DAY
from targets.tests.papers.pictures import PNG
from targets.tests.task_scene import make_user, queries_of
from yiyang.access.roles import Role

V = BulletinVerb


def browser(desks: Desks, who: str) -> Client:
    return browser_of(desks.people[who])


def page(client: Client, name: str, *args: Any) -> str:
    answer = client.get(reverse(name, args=args))
    assert answer.status_code == 200, answer.content.decode()
    return answer.content.decode()


def begun(desks: Desks, **said: Any) -> dict[str, Any]:
    """The form as a clerk fills it."""
    return {
        "as_of": str(LATER_DAY),
        "region": str(desks.scene.city.city.pk),
        "title": "关于绿色通道的通报",
        "addressee": "各区人民政府",
        "targets": [str(desks.target.pk)],
        **said,
    }


# ── 拟稿 ──────────────────────────────────────────────────────────────────────


def test_a_clerk_begins_a_bulletin_and_edits_its_words(desks: Desks) -> None:
    client = browser(desks, "clerk")
    answer = client.post(reverse("bulletin-new"), begun(desks, copied_to=[ISSUER]))
    bulletin = Bulletin.objects.get()
    assert answer.headers["Location"] == reverse("bulletin-detail", args=[bulletin.pk])
    assert "66.67%（6家中有4家）" in page(client, "bulletin-detail", bulletin.pk)
    words = {
        **{name: getattr(bulletin, name) for name in ("title", "addressee", "copied_to")},
        "opening": "现通报如下，累计开通125家。",
        "standing": bulletin.standing,
        "lacking": bulletin.lacking,
        "demands": "请整改。",
        "feedback_by": "2099-03-05",
    }
    client.post(reverse("bulletin-amend", args=[bulletin.pk]), words)
    shown = page(client, "bulletin-detail", bulletin.pk)
    assert "请于2099年3月5日前将整改情况书面报测试市卫生健康委员会。" in shown
    assert "不在本期数据里，送审前请核对：125" in shown


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"as_of": "2021-01-30"}, "2021年1月30日没有量度结果；最近有结果的是2021年1月31日"),
        ({"targets": []}, "请至少选一项目标"),
        ({"title": ""}, "请填写标题"),
        ({"addressee": "卫健委"}, f"请写全称“{ISSUER}”"),
        ({"feedback_by": str(LATER_DAY)}, "收到通报的人来不及反馈"),
        ({"region": "999999"}, "请从列表里选择区划"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    desks: Desks, said: dict[str, Any], told: str
) -> None:
    answer = browser(desks, "clerk").post(reverse("bulletin-new"), begun(desks, **said))
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert not Bulletin.objects.exists()


def test_a_past_target_is_refused_until_the_title_says_history(desks: Desks) -> None:
    client = browser(desks, "clerk")
    past = {"targets": [str(desks.scene.target.pk)]}
    answer = client.post(reverse("bulletin-new"), begun(desks, **past))
    assert answer.status_code == 422
    assert "标题须写明“历史情况”" in answer.content.decode()
    answer = client.post(reverse("bulletin-new"), begun(desks, **past, title="历史情况通报"))
    assert answer.status_code == 302


def field(shown: str, name: str) -> str:
    """The value of a hidden field on a page."""
    found = re.search(rf'name="{name}" value="([^"]*)"', shown)
    assert found
    return found[1]


def test_two_browsers_do_not_write_over_each_other(desks: Desks) -> None:
    bulletin, client = desks.drafted(), browser(desks, "clerk")
    way = reverse("bulletin-amend", args=[bulletin.pk])
    names = ("title", "addressee", "opening", "standing", "lacking", "demands")
    words = {name: getattr(bulletin, name) for name in names}
    words["seen"] = field(client.get(way).content.decode(), "seen")
    assert client.post(way, {**words, "opening": "先改的。"}).status_code == 302
    late = client.post(way, {**words, "opening": "后改的。"})
    assert late.status_code == 422
    shown = late.content.decode()
    assert "办了“修改”；请先看现在的内容" in shown
    assert "后改的。" in shown
    bulletin.refresh_from_db()
    assert bulletin.opening == "先改的。"
    words["seen"] = field(shown, "seen")
    assert client.post(way, {**words, "opening": "看过又改的。"}).status_code == 302


def test_nobody_agrees_to_words_they_have_not_read(desks: Desks) -> None:
    """打开审核页之后，通报退回、改过又送来：状态一样，内容已不是看到的。"""
    bulletin, client = desks.brought(1), browser(desks, "office")
    seen = field(page(client, "bulletin-detail", bulletin.pk), "seen")
    desks.step(bulletin, "office", V.RETURN)
    desks.step(bulletin, "clerk", V.SUBMIT)
    way, said = reverse("bulletin-step", args=[bulletin.pk]), {"verb": "REVIEW", "text": "同意"}
    late = client.post(way, {**said, "seen": seen})
    assert late.status_code == 422
    shown = late.content.decode()
    assert "办了“送审”" in shown
    assert client.post(way, {**said, "seen": field(shown, "seen")}).status_code == 302


# ── 谁看得到 ──────────────────────────────────────────────────────────────────

CITY = {"clerk", "office", "chief"}
RECEIVERS = CITY | {"district", "civil"}


@pytest.mark.parametrize(("steps", "seen_by"), [(0, CITY), (3, CITY), (4, RECEIVERS)])
def test_drafts_are_seen_where_they_are_written_and_signed_ones_where_they_go(
    desks: Desks, steps: int, seen_by: set[str]
) -> None:
    bulletin = desks.brought(steps)
    others = {
        "district": make_user(Role.DISTRICT_HEALTH_CLERK),
        "civil": make_user(Role.CITY_CIVIL_AFFAIRS_CLERK),
        "reporter": make_user(Role.INSTITUTION_REPORTER),
    }
    RegionGrant.objects.create(
        user=others["district"], region=desks.scene.city.east, starts_on=LONG_AGO
    )
    people = {**{who: desks.people[who] for who in CITY}, **others}
    way = reverse("bulletin-detail", args=[bulletin.pk])
    opened = {who for who, user in people.items() if browser_of(user).get(way).status_code == 200}
    assert opened == seen_by


# ── 办理 ──────────────────────────────────────────────────────────────────────


def test_a_leader_signs_on_the_page_and_the_paper_is_kept(desks: Desks) -> None:
    bulletin = desks.brought(3)
    client = browser(desks, "head")
    assert "纸质签批的领导姓名" not in page(client, "bulletin-detail", bulletin.pk)
    step = reverse("bulletin-step", args=[bulletin.pk])
    assert client.post(step, {"verb": "SIGN", "text": ""}).status_code == 302
    paper = Paper.objects.get(title=bulletin.title)
    kept = page(client, "paper-detail", paper.uid)
    assert "送审稿" in kept
    assert "已经撤回" not in kept
    desks.step(bulletin, "office", V.WITHDRAW, text="数字有误")
    assert "已经撤回" in page(client, "paper-detail", paper.uid)
    assert "撤回，不要再使用" in page(client, "bulletin-detail", bulletin.pk)


def test_the_office_must_name_the_leader(desks: Desks) -> None:
    bulletin = desks.brought(2)
    client = browser(desks, "office")
    step = reverse("bulletin-step", args=[bulletin.pk])
    answer = client.post(step, {"verb": "ENDORSE", "text": ""})
    assert answer.status_code == 422
    assert "请填写签批领导的姓名" in answer.content.decode()
    client.post(step, {"verb": "ENDORSE", "text": "", "signer": "王某"})
    assert "王某，" in page(client, "bulletin-detail", bulletin.pk)


def test_gaps_of_a_signed_bulletin_lead_to_supervision(desks: Desks) -> None:
    bulletin = desks.brought(4, feedback_by=date(2021, 3, 5))
    shown = page(browser(desks, "clerk"), "bulletin-detail", bulletin.pk)
    link = (
        f"/supervisions/new/?indicator=GC17&region={bulletin.region.code}&as_of=2021-01-31"
        f"&bulletin={bulletin.pk}"
    )
    assert escape(link) in shown
    assert escape(link) not in page(browser(desks, "office"), "bulletin-detail", bulletin.pk)
    form = browser(desks, "clerk").get(link).context["form"]
    assert form["due_by"].value() == date(2021, 3, 5)
    assert form["basis_text"].value().startswith(f"《{bulletin.title}》：测试市")


@pytest.mark.parametrize(
    ("bulletin", "told"),
    [("x", "应当是数字"), ("9" * 30, "应当是数字"), ("{draft}", "没有这份已签发的通报")],
)
def test_only_a_signed_bulletin_begins_an_order(desks: Desks, bulletin: str, told: str) -> None:
    key = bulletin.format(draft=desks.brought(3).pk)
    query = {"indicator": "GC17", "as_of": "2021-01-31", "bulletin": key}
    answer = browser(desks, "clerk").get(reverse("supervision-new"), query)
    assert answer.status_code == 404
    assert told in answer.content.decode()


def test_what_is_not_confirmed_is_said_until_it_is_signed(desks: Desks) -> None:
    Target.objects.filter(pk=desks.target.pk).update(confirmation=Confirmation.UNCONFIRMED)
    desks.target.refresh_from_db()
    bulletin = desks.brought(3)
    told = "《现行意见》（测政发〔2017〕8号）待核实"
    assert told in page(browser(desks, "head"), "bulletin-detail", bulletin.pk)
    desks.step(bulletin, "head", V.SIGN)
    assert told not in page(browser(desks, "head"), "bulletin-detail", bulletin.pk)


@pytest.mark.parametrize(
    ("steps", "who", "source"),
    [(0, "clerk", "draft"), (1, "office", "office"), (2, "chief", "leader"), (3, "head", "leader")],
)
def test_what_waits_stands_on_the_work_list(
    desks: Desks, steps: int, who: str, source: str
) -> None:
    bulletin = desks.brought(steps)
    assert bulletin.title in page(browser(desks, who), "work-source", f"bulletins-{source}")


# ── 文件 ──────────────────────────────────────────────────────────────────────


def test_the_manuscript_says_so_in_its_name_and_a_withdrawn_one_on_every_page(
    desks: Desks,
) -> None:
    bulletin = desks.brought(4)
    client = browser(desks, "clerk")
    way = reverse("bulletin-docx", args=[bulletin.pk])
    assert "%E9%80%81%E5%AE%A1%E7%A8%BF" in client.get(way).headers["Content-Disposition"]
    desks.step(bulletin, "office", V.WITHDRAW, text="数字有误")
    (section,) = Document(BytesIO(client.get(way).content)).sections
    for header in (section.header, section.even_page_header):
        assert "已撤回" in [paragraph.text for paragraph in header.paragraphs]


def test_a_pdf_is_made_where_the_libraries_are(
    desks: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    bulletin = desks.drafted()
    client = browser(desks, "clerk")
    way = reverse("bulletin-pdf", args=[bulletin.pk])
    if not pdf.why_no_pdf():
        assert client.get(way).content.startswith(b"%PDF-")
    monkeypatch.setattr(pdf, "why_no_pdf", lambda: pdf.NOT_HERE)
    answer = client.get(way)
    assert answer.status_code == 404
    assert "打印" in answer.content.decode()
    shown = page(client, "bulletin-detail", bulletin.pk)
    assert pdf.NOT_HERE in shown
    assert way not in shown


def test_a_pdf_fetches_nothing(tmp_path: Path) -> None:
    picture = tmp_path / "secret.png"
    picture.write_bytes(PNG)
    inside = f"data:image/png;base64,{b64encode(PNG).decode()}"
    for address in (picture.as_uri(), inside, "http://127.0.0.1:9/x.png"):
        html = f"<p>甲</p><img src='{address}'>"
        if pdf.why_no_pdf():
            with pytest.raises(pdf.NoPdf, match="打印"):
                pdf.pdf_of(html)
        else:
            assert b"/Image" not in pdf.pdf_of(html)


def test_a_template_is_sent_in_and_a_wrong_one_named(desks: Desks) -> None:
    client = browser(desks, "clerk")
    way = reverse("bulletin-template-list")
    assert "还没有上传过" in page(client, "bulletin-template-list")
    wrong = SimpleUploadedFile("x.docx", docx_saying("{{ tilte }}"))
    answer = client.post(way, {"file": wrong, "note": ""})
    assert answer.status_code == 422
    assert "{{ tilte }} 不认识" in answer.content.decode()
    right = SimpleUploadedFile("市通报.docx", docx_saying("{{ title }}"))
    assert client.post(way, {"file": right, "note": "改了标题"}).status_code == 302
    assert "市通报.docx" in page(client, "bulletin-template-list")


def test_a_template_that_cannot_be_used_any_more_is_told_not_crashed_on(
    desks: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """收进来以后规则收紧了的模板：说明哪里不行，不出错页。"""
    by = desks.actor("clerk")
    monkeypatch.setattr("targets.bulletins.templates.check_template", lambda *_: None)
    add_template(by=by, name="x.docx", content=docx_saying("{{ tilte }}"))
    signed = desks.brought(4)
    client, uid = browser(desks, "office"), Paper.objects.get().uid
    for way in (
        reverse("bulletin-docx", args=[signed.pk]),
        reverse("paper-file", args=[uid, "docx"]),
    ):
        answer = client.get(way)
        assert answer.status_code == 404
        assert "tilte" in answer.content.decode()


@pytest.mark.parametrize("name", ["bulletin-list", "bulletin-detail"])
def test_queries_do_not_grow_with_bulletins_and_steps(desks: Desks, name: str) -> None:
    client = browser(desks, "clerk")
    first = desks.drafted()
    args = [first.pk] if name == "bulletin-detail" else []
    way = reverse(name, args=args)
    client.get(way)
    few = queries_of(client, way)
    for _ in range(3):
        desks.step(first, "clerk", V.SUBMIT)
        desks.step(first, "office", V.RETURN)
        desks.drafted()
    assert queries_of(client, way) == few
