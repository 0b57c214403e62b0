"""The steps of a bulletin: who, from which state, never its maker, and nothing after signing."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, IntegrityError, transaction
from docx import Document

from targets.bulletins.actions import amend_bulletin, take_step
from targets.bulletins.archiving import key_of
from targets.bulletins.signed import told
from targets.models import Bulletin, BulletinEvent, BulletinVerb, Paper, PaperKind
from targets.papers.archiving import is_intact
from targets.papers.forms import forms_of
from targets.tests.bulletins.scene import AT, TODAY, Desks

V = BulletinVerb
STATES = ("DRAFT", "OFFICE", "CHIEF", "SIGNING", "SIGNED")
# 每个状态下谁能做什么、做完到哪个状态；没有写的一概不许。
ALLOWED = {
    ("DRAFT", "clerk", V.SUBMIT): "OFFICE",
    ("DRAFT", "clerk", V.DROP): "DROPPED",
    ("OFFICE", "office", V.REVIEW): "CHIEF",
    ("OFFICE", "office", V.RETURN): "DRAFT",
    ("CHIEF", "chief", V.ENDORSE): "SIGNING",
    ("CHIEF", "office", V.ENDORSE): "SIGNING",
    ("CHIEF", "chief", V.RETURN): "DRAFT",
    ("CHIEF", "office", V.RETURN): "DRAFT",
    ("SIGNING", "head", V.SIGN): "SIGNED",
    ("SIGNING", "office", V.SIGN): "SIGNED",
    ("SIGNING", "head", V.RETURN): "DRAFT",
    ("SIGNING", "office", V.RETURN): "DRAFT",
    ("SIGNED", "head", V.WITHDRAW): "WITHDRAWN",
    ("SIGNED", "office", V.WITHDRAW): "WITHDRAWN",
}
# 两位领导能办的一样，同意过的那位不能再签发。
ALLOWED |= {
    ("CHIEF", "head", verb): ALLOWED["CHIEF", "chief", verb] for verb in (V.ENDORSE, V.RETURN)
}
ALLOWED |= {
    ("SIGNING", "chief", V.RETURN): "DRAFT",
    ("SIGNED", "chief", V.WITHDRAW): "WITHDRAWN",
}


@pytest.mark.parametrize("steps", range(5), ids=STATES)
def test_each_step_falls_to_its_desk_alone(desks: Desks, steps: int) -> None:
    bulletin = desks.brought(steps)
    assert bulletin.state == STATES[steps]
    came: dict[tuple[str, str, BulletinVerb], str] = {}
    for who in ("clerk", "office", "chief", "head"):
        for verb in (verb for verb in V if verb not in (V.DRAFT, V.AMEND)):
            point = transaction.savepoint()
            with suppress(ValidationError, PermissionDenied):
                taken = desks.step(bulletin, who, verb, signer="王某")
                came[STATES[steps], who, verb] = taken.state
            transaction.savepoint_rollback(point)
    assert came == {key: state for key, state in ALLOWED.items() if key[0] == STATES[steps]}


def test_the_office_names_the_leader_it_records_from_paper(desks: Desks) -> None:
    bulletin = desks.brought(2)
    with pytest.raises(ValidationError, match="签批领导的姓名"):
        desks.step(bulletin, "office", V.ENDORSE)
    desks.step(bulletin, "office", V.ENDORSE, signer=" 王某 ")
    with pytest.raises(ValidationError, match="须是两位"):
        desks.step(bulletin, "office", V.SIGN, signer="王某")
    signed = desks.step(bulletin, "office", V.SIGN, signer="李某")
    assert (signed.endorsed_name, signed.signed_name) == ("王某", "李某")
    assert list(BulletinEvent.objects.values_list("signer", flat=True))[-2:] == ["王某", "李某"]


def test_a_leader_signs_in_his_own_name(desks: Desks) -> None:
    assert desks.step(desks.brought(3), "head", V.SIGN, signer="别人").signed_name == ""


def test_who_endorsed_does_not_sign(desks: Desks) -> None:
    with pytest.raises(ValidationError, match="两位"):
        desks.step(desks.brought(3), "chief", V.SIGN)


@pytest.mark.parametrize("endorsed_on_paper", [True, False])
def test_a_leader_does_not_agree_once_by_account_and_once_on_paper(
    desks: Desks, endorsed_on_paper: bool
) -> None:
    head = desks.people["head"].display_name = "赵某"
    desks.people["head"].save()
    bulletin = desks.brought(2)
    if endorsed_on_paper:
        bulletin = desks.step(bulletin, "office", V.ENDORSE, signer=head)
        ways = {"head": "", "office": head}
    else:
        bulletin = desks.step(bulletin, "head", V.ENDORSE)
        ways = {"office": head}
    for who, signer in ways.items():
        with pytest.raises(ValidationError, match="须是两位"):
            desks.step(bulletin, who, V.SIGN, signer=signer)
    assert desks.step(bulletin, "chief", V.SIGN).state == "SIGNED"


@pytest.mark.parametrize("step", ["reviewed", "endorsed", "signed"])
@pytest.mark.parametrize("maker", ["clerk", "clerk2"])
def test_the_database_refuses_the_maker_at_every_desk(desks: Desks, step: str, maker: str) -> None:
    """clerk 拟稿，clerk2 送审：两人都不能再办后面的步骤。"""
    bulletin = desks.step(desks.drafted(), "clerk2", V.SUBMIT)
    for who, verb in (("office", V.REVIEW), ("chief", V.ENDORSE), ("head", V.SIGN)):
        if step == "signed" or verb is not V.SIGN:
            bulletin = desks.step(bulletin, who, verb)
    rows = Bulletin.objects.filter(pk=bulletin.pk)
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(**{f"{step}_by": desks.people[maker]})


def test_a_third_and_a_fourth_person_sign(desks: Desks) -> None:
    bulletin = desks.brought(3)
    rows = Bulletin.objects.filter(pk=bulletin.pk)
    for who in ("office", "chief"):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(state="SIGNED", signed_by=desks.people[who], signed_on=bulletin.drafted_on)


def test_a_return_needs_its_reason_and_takes_every_consent_back(desks: Desks) -> None:
    bulletin = desks.brought(3)
    with pytest.raises(ValidationError, match="须写明原因"):
        desks.step(bulletin, "head", V.RETURN, text=" ")
    returned = desks.step(bulletin, "head", V.RETURN, text="数字请再核")
    assert (returned.submitted_by, returned.reviewed_by, returned.endorsed_by) == (None,) * 3
    assert BulletinEvent.objects.filter(verb=V.ENDORSE).exists()
    amend_bulletin(by=desks.actor("clerk"), bulletin=returned, said={"demands": "请整改。"})
    assert desks.step(returned, "clerk", V.SUBMIT).state == "OFFICE"


@pytest.mark.parametrize(
    ("steps", "who", "verb"),
    [(0, "clerk", V.SUBMIT), (1, "office", V.REVIEW), (2, "chief", V.ENDORSE), (3, "head", V.SIGN)],
)
def test_nothing_is_passed_on_whose_day_of_feedback_has_come(
    desks: Desks, steps: int, who: str, verb: BulletinVerb
) -> None:
    day = TODAY + timedelta(days=9)
    bulletin = desks.brought(steps, feedback_by=day)
    with pytest.raises(ValidationError, match="来不及反馈"), transaction.atomic():
        take_step(by=desks.actor(who, day), bulletin=bulletin, verb=verb, at=AT)
    before = desks.actor(who, day - timedelta(days=1))
    assert take_step(by=before, bulletin=bulletin, verb=verb, at=AT).state == STATES[steps + 1]


@pytest.mark.parametrize(("days", "is_late"), [(-1, True), (0, True), (1, False)])
def test_feedback_is_asked_for_after_the_day_it_is_written(
    desks: Desks, days: int, is_late: bool
) -> None:
    asked = TODAY + timedelta(days=days)
    if is_late:
        with pytest.raises(ValidationError, match="来不及反馈"), transaction.atomic():
            desks.drafted(feedback_by=asked)
        by, bulletin = desks.actor("clerk"), desks.drafted()
        with pytest.raises(ValidationError, match="来不及反馈"):
            amend_bulletin(by=by, bulletin=bulletin, said={"feedback_by": asked})
    else:
        assert desks.drafted(feedback_by=asked).feedback_by == asked


def test_words_change_only_in_a_draft(desks: Desks) -> None:
    bulletin = desks.brought(1)
    with pytest.raises(ValidationError, match="已送审"):
        amend_bulletin(by=desks.actor("clerk"), bulletin=bulletin, said={"opening": "改"})
    with pytest.raises(PermissionDenied):
        amend_bulletin(by=desks.actor("office"), bulletin=bulletin, said={"opening": "改"})


@pytest.mark.parametrize(
    ("addressee", "told"),
    [
        ("各区人民政府，测试市卫生健康委员会", None),
        ("各区人民政府，卫健委", "“卫健委”请写全称“测试市卫生健康委员会”"),
        ("各区人民政府，卫计委", "“卫计委”请写全称“测试市卫生健康委员会”"),
    ],
)
def test_bureaus_are_addressed_in_full(desks: Desks, addressee: str, told: str | None) -> None:
    bulletin = desks.drafted()
    said = {"addressee": addressee}
    if told is None:
        amend_bulletin(by=desks.actor("clerk"), bulletin=bulletin, said=said)
        return
    with pytest.raises(ValidationError) as refused:
        amend_bulletin(by=desks.actor("clerk"), bulletin=bulletin, said=said)
    assert told in refused.value.message_dict["addressee"][0]


def test_signing_archives_what_was_printed(desks: Desks) -> None:
    desks.brought(4, title="另一份通报")
    bulletin = desks.brought(4)
    paper = Paper.objects.get(key=key_of(bulletin))
    assert (paper.title, paper.run_id, paper.kind) == (bulletin.title, bulletin.run_id, "BULLETIN")
    assert is_intact(paper)
    assert told(bulletin) == paper.content


@pytest.mark.parametrize(("is_withdrawn", "marks"), [(False, []), (True, ["已撤回"])])
def test_the_archive_s_own_file_says_that_it_was_withdrawn(
    desks: Desks, is_withdrawn: bool, marks: list[str]
) -> None:
    bulletin = desks.brought(4)
    if is_withdrawn:
        desks.step(bulletin, "office", V.WITHDRAW, text="数字有误")
    (form,) = forms_of(PaperKind.BULLETIN).forms
    document = Document(BytesIO(form.render(Paper.objects.get(key=key_of(bulletin)))))
    header = [paragraph.text for paragraph in document.sections[0].header.paragraphs]
    assert [text for text in header if text == "已撤回"] == marks
    assert bulletin.title in [paragraph.text for paragraph in document.paragraphs]


@pytest.mark.parametrize(
    "change", [{"opening": "改"}, {"state": "DRAFT"}, {"content": {}}, {"signed_name": "某"}]
)
def test_what_is_signed_is_never_changed(desks: Desks, change: dict[str, object]) -> None:
    rows = Bulletin.objects.filter(pk=desks.brought(4).pk)
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(**change)


def test_a_withdrawn_one_stays_withdrawn(desks: Desks) -> None:
    bulletin = desks.step(desks.brought(4), "head", V.WITHDRAW, text="数字有误")
    assert bulletin.state == "WITHDRAWN"
    with pytest.raises(DatabaseError), transaction.atomic():
        Bulletin.objects.filter(pk=bulletin.pk).update(state="SIGNED", withdrawn_by=None)
