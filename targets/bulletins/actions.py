"""The verbs of 通报: draft, amend, and every step of the table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError

from institutions.models import Region
from targets.bulletins.archiving import keep_signed
from targets.bulletins.chosen import refuse_unfit
from targets.bulletins.content import content_for
from targets.bulletins.states import STEPS, desks_of, records_from_paper, steps_from
from targets.bulletins.templates import template_in_use
from targets.bulletins.texts import texts_for
from targets.bureau_names import names_not_official, official_names
from targets.models import (
    Bulletin,
    BulletinEvent,
    BulletinState,
    BulletinVerb,
    IndicatorRun,
    Target,
)
from targets.models.bulletins import HISTORICAL, LONGEST_SAID
from targets.steps import not_now, refuse_others, refuse_overtaken, refuse_words
from yiyang.access.decorators import FORBIDDEN
from yiyang.access.models import User
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor
from yiyang.changelog.context import recorded
from yiyang.dated import checked_create

S, V = BulletinState, BulletinVerb
ISSUER = "health_commission"
NO_ISSUER = "部门名录里没有卫生健康委员会在 {day} 的正式名称，不能署名；请先在部门名录里补上。"
NOT_DRAFT = "通报已送审，内容不再改动；要改，请审核的人退回。"
SAME_PERSON = "{verb}须由拟稿人、送审人以外的人办理；请另一位同事办理。"
FEEDBACK_OVER = "反馈期限 {day} 不晚于今天，收到通报的人来不及反馈；请改期限{how}。"
SAME_LEADER = "分管领导与签发人须是两位；请另一位领导签发。"
LONGEST_NAME = 30
GOES_ON = (V.SUBMIT, V.REVIEW, V.ENDORSE, V.SIGN)


@dataclass(frozen=True, slots=True)
class Draft:
    """What a bulletin is about, before its words are written."""

    title: str
    region: Region
    run: IndicatorRun
    targets: Sequence[Target]
    addressee: str
    copied_to: str = ""
    with_ranking: bool = False
    feedback_by: date | None = None


def draft_bulletin(*, by: Actor, draft: Draft) -> Bulletin:
    """Begin a bulletin: its content is computed from the run now and never again."""
    _refuse_unless_writer(by)
    is_historical = refuse_unfit(draft.targets, draft.run.as_of, draft.title)
    _refuse_names(by.day, addressee=draft.addressee, copied_to=draft.copied_to)
    _refuse_late_feedback(by.day, draft.feedback_by)
    issuer = official_names(by.day).get(ISSUER)
    if issuer is None:
        raise ValidationError(NO_ISSUER.format(day=by.day))
    content = content_for(draft.run, draft.region, draft.targets)
    texts = texts_for(content)
    with recorded(by=by, reason="通报拟稿"):
        bulletin = checked_create(
            Bulletin,
            title=draft.title.strip(),
            region=draft.region,
            run=draft.run,
            addressee=draft.addressee.strip().rstrip("：:"),
            copied_to=draft.copied_to.strip(),
            issuer=issuer,
            with_ranking=draft.with_ranking,
            is_historical=is_historical,
            feedback_by=draft.feedback_by,
            opening=texts.opening,
            standing=texts.standing,
            lacking=texts.lacking,
            demands=texts.demands,
            content=content,
            template=template_in_use(by=by),
            drafted_by_id=by.user_id,
            drafted_on=by.day,
        )
        assert isinstance(bulletin, Bulletin)
        _note(bulletin, V.DRAFT, by)
    return bulletin


def amend_bulletin(*, by: Actor, bulletin: Bulletin, said: dict[str, Any], seen: str = "") -> None:
    """Change the words of a draft; the figures behind them stay those of its run."""
    _refuse_unless_writer(by)
    with recorded(by=by, reason="通报修改"):
        locked = _locked(bulletin)
        if locked.state != S.DRAFT:
            raise ValidationError(NOT_DRAFT)
        refuse_overtaken(locked.events.all(), seen)
        for name, value in said.items():
            setattr(locked, name, value.strip() if isinstance(value, str) else value)
        locked.addressee = locked.addressee.rstrip("：:")
        if locked.is_historical and HISTORICAL not in locked.title:
            raise ValidationError(
                {"title": f"所选目标的政策在统计日已经失效；标题须保留“{HISTORICAL}”。"}
            )
        _refuse_names(by.day, addressee=locked.addressee, copied_to=locked.copied_to)
        _refuse_late_feedback(by.day, locked.feedback_by)
        locked.full_clean()
        locked.save()
        _note(locked, V.AMEND, by)


def take_step(
    *,
    by: Actor,
    bulletin: Bulletin,
    verb: BulletinVerb,
    at: datetime,
    text: str = "",
    signer: str = "",
    seen: str = "",
) -> Bulletin:
    """Take one step of the table; ValidationError or PermissionDenied says why it cannot be."""
    with recorded(by=by, reason=f"通报{verb.label}"):
        locked = _locked(bulletin)
        _refuse(by, locked, verb)
        refuse_overtaken(locked.events.all(), seen)
        signer = _leader_named(by, verb, signer)
        _refuse_the_same_leader(by, locked, verb, signer)
        refuse_words(STEPS[verb], verb, text, what="原因", longest=LONGEST_SAID)
        locked.state = STEPS[verb].ends or locked.state
        _mark(locked, verb, by, signer)
        locked.full_clean()
        locked.save()
        _note(locked, verb, by, text=text.strip(), signer=signer)
        if verb is V.SIGN:
            keep_signed(by=by, bulletin=locked, at=at)
    return locked


def _refuse(by: Actor, bulletin: Bulletin, verb: BulletinVerb) -> None:
    desks, state = desks_of(by), BulletinState(bulletin.state)
    refuse_others(STEPS[verb], verb, desks)
    if verb not in steps_from(state, desks):
        raise not_now("通报", state.label, verb)
    makers = {bulletin.drafted_by_id, bulletin.submitted_by_id}
    if verb in (V.REVIEW, V.ENDORSE, V.SIGN) and by.user_id in makers:
        raise ValidationError(SAME_PERSON.format(verb=verb.label))
    if verb in GOES_ON and bulletin.feedback_by and bulletin.feedback_by <= by.day:
        how = "" if verb is V.SUBMIT else "：先退回修改"
        raise ValidationError(FEEDBACK_OVER.format(day=bulletin.feedback_by, how=how))


def _leader_named(by: Actor, verb: BulletinVerb, signer: str) -> str:
    """The leader's name where the office records what was signed on paper; else nothing."""
    if not records_from_paper(verb, desks_of(by)):
        return ""
    name = signer.strip()
    if not name:
        raise ValidationError({"signer": "按纸质签批登记的，请填写签批领导的姓名。"})
    if len(name) > LONGEST_NAME:
        raise ValidationError({"signer": f"姓名最多 {LONGEST_NAME} 字。"})
    return name


def _refuse_the_same_leader(by: Actor, bulletin: Bulletin, verb: BulletinVerb, signer: str) -> None:
    """Two leaders agree: not one twice, nor one by account and once more by name on paper."""
    endorser, on_paper = bulletin.endorsed_by, bulletin.endorsed_name
    if verb is not V.SIGN or endorser is None:
        return
    if signer or on_paper:
        own = User.objects.get(pk=by.user_id)
        is_same = (signer or own.display_name) == (on_paper or endorser.display_name)
    else:
        is_same = by.user_id == endorser.pk
    if is_same:
        raise ValidationError(SAME_LEADER)


def _mark(bulletin: Bulletin, verb: BulletinVerb, by: Actor, signer: str) -> None:
    """Write down what the step leaves on the bulletin itself."""
    if verb is V.SUBMIT:
        bulletin.submitted_by_id, bulletin.submitted_on = by.user_id, by.day
    elif verb is V.REVIEW:
        bulletin.reviewed_by_id, bulletin.reviewed_on = by.user_id, by.day
    elif verb is V.ENDORSE:
        bulletin.endorsed_by_id, bulletin.endorsed_on = by.user_id, by.day
        bulletin.endorsed_name = signer
    elif verb is V.SIGN:
        bulletin.signed_by_id, bulletin.signed_on = by.user_id, by.day
        bulletin.signed_name = signer
    elif verb is V.WITHDRAW:
        bulletin.withdrawn_by_id, bulletin.withdrawn_on = by.user_id, by.day
    elif verb is V.RETURN:
        # 退回重来：前面各步的同意随之作废，谁同意过留在办理记录里。
        for step in ("submitted", "reviewed", "endorsed"):
            setattr(bulletin, f"{step}_by", None)
            setattr(bulletin, f"{step}_on", None)
        bulletin.endorsed_name = ""


def _refuse_late_feedback(day: date, feedback_by: date | None) -> None:
    if feedback_by and feedback_by <= day:
        raise ValidationError({"feedback_by": FEEDBACK_OVER.format(day=feedback_by, how="")})


def _refuse_names(day: date, **texts: str) -> None:
    """Bureaus are addressed in full, by their names of the day."""
    errors = {}
    for field, text in texts.items():
        told = [
            f"“{name}”请写全称“{full}”" if full else f"“{name}”现在没有这个部门"
            for name, full in names_not_official(text, day).items()
        ]
        if told:
            errors[field] = "；".join(told) + "。"
    if errors:
        raise ValidationError(errors)


def _note(
    bulletin: Bulletin, verb: BulletinVerb, by: Actor, text: str = "", signer: str = ""
) -> None:
    checked_create(
        BulletinEvent,
        bulletin=bulletin,
        verb=verb,
        state=bulletin.state,
        text=text,
        signer=signer,
        taken_on=by.day,
        author_id=by.user_id,
    )


def _locked(bulletin: Bulletin) -> Bulletin:
    """The bulletin, held against a second writer."""
    return Bulletin.objects.select_for_update().get(pk=bulletin.pk)


def _refuse_unless_writer(by: Actor) -> None:
    if not by.may(Permission.MANAGE_POLICIES):
        raise PermissionDenied(FORBIDDEN)
