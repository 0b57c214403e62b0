"""The verbs of 建议提案: register and amend one, draft its answer, take the steps of the table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models.functions import Now

from institutions.models import Region
from targets.models import (
    Bureau,
    Proposal,
    ProposalAssistant,
    ProposalEvent,
    ProposalKind,
    ProposalResult,
    ProposalState,
    ProposalVerb,
    ProposerKind,
    Satisfaction,
)
from targets.models.proposals import LONGEST_TEXT
from targets.proposals.archiving import archive_reply
from targets.proposals.figures import shown_figures
from targets.proposals.reply import unknown_marks
from targets.proposals.states import STEPS, TAKEN, assistant_of, parties_of, steps_from
from targets.steps import not_now, refuse_others, refuse_overtaken, refuse_words
from yiyang.access.decorators import FORBIDDEN
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor
from yiyang.changelog.context import recorded
from yiyang.dated import checked_create
from yiyang.lib.masking import LONG_NUMBER

S, V = ProposalState, ProposalVerb
NOT_OPEN = "答复已送审或已发出，登记的内容不再改动；请刷新页面查看。"
NOT_DRAFTING = "这件建议提案不在承办、起草中，答复不能改动；请刷新页面查看。"
SAME_PERSON = "答复须由起草人、送审人以外的人审核；请另一位市卫健审核办理。"
LOOKS_PERSONAL = "{what}里有像手机号、证件号的长数字；文稿不写个人信息，请删去。"
LONGEST_TERM = timedelta(days=731)
DRAFTABLE = (S.HANDLING, S.DRAFTING)


@dataclass(frozen=True, slots=True)
class Registration:
    """What is registered of a proposal."""

    kind: ProposalKind
    year: int
    number: str
    title: str
    proposer_kind: ProposerKind
    proposer: str
    assigned_on: date
    due_by: date
    lead: Bureau
    wording: str = ""


@dataclass(frozen=True, slots=True)
class StepSaid:
    """What is said with a step; each part belongs to some verbs only."""

    text: str = ""
    extended_to: date | None = None
    satisfaction: str = ""
    letter: str = ""


def register_proposal(
    *, by: Actor, region: Region, registration: Registration, assistants: Sequence[Bureau] = ()
) -> Proposal:
    """Enter a proposal as it was handed to the office."""
    _refuse_unless_keeper(by)
    _refuse_registration(by, registration)
    with recorded(by=by, reason="登记建议提案"):
        proposal = checked_create(
            Proposal,
            **_values(registration),
            region=region,
            registered_by_id=by.user_id,
            registered_on=by.day,
        )
        assert isinstance(proposal, Proposal)
        _assist(proposal, registration, assistants)
        _note(proposal, V.REGISTER, by)
    return proposal


def amend_proposal(
    *,
    by: Actor,
    proposal: Proposal,
    registration: Registration,
    assistants: Sequence[Bureau] = (),
    seen: str = "",
) -> None:
    """Correct what was registered, as long as no answer has been submitted."""
    _refuse_unless_keeper(by)
    _refuse_registration(by, registration)
    with recorded(by=by, reason="修改建议提案登记"):
        locked = _locked(proposal)
        if locked.state not in TAKEN:
            raise ValidationError(NOT_OPEN)
        refuse_overtaken(locked.events.all(), seen)
        for name, value in _values(registration).items():
            setattr(locked, name, value)
        _save(locked)
        _assist(locked, registration, assistants)
        _note(locked, V.AMEND, by)


def draft_reply(
    *, by: Actor, proposal: Proposal, reply: str, result: ProposalResult, seen: str = ""
) -> Proposal:
    """Write or rewrite the answer; every {n} in it must be a figure of the proposal."""
    _refuse_unless_keeper(by)
    _refuse_personal("reply", "答复正文", reply)
    with recorded(by=by, reason="起草建议提案答复"):
        locked = _locked(proposal)
        if locked.state not in DRAFTABLE:
            raise ValidationError(NOT_DRAFTING)
        refuse_overtaken(locked.events.all(), seen)
        _refuse_unknown_marks(locked, reply, by.day)
        locked.reply, locked.result = reply.strip(), result
        locked.drafted_by_id, locked.state = by.user_id, S.DRAFTING
        _save(locked)
        _note(locked, V.DRAFT, by)
    return locked


def take_step(
    *,
    by: Actor,
    proposal: Proposal,
    verb: ProposalVerb,
    at: datetime,
    said: StepSaid | None = None,
    seen: str = "",
) -> Proposal:
    """Take one step of the table; ValidationError or PermissionDenied says why it cannot be."""
    said = said or StepSaid()
    with recorded(by=by, reason=f"建议提案{verb.label}"):
        locked = _locked(proposal)
        _refuse(by, locked, verb)
        refuse_overtaken(locked.events.all(), seen)
        _refuse_words(verb, said)
        if said.extended_to is not None:
            _refuse_far(locked.assigned_on, "extended_to", said.extended_to)
        locked.state = STEPS[verb].ends or locked.state
        told = _mark(locked, verb, by, said)
        _save(locked)
        _note(locked, verb, by, told, assistant_of(by, locked) if verb is V.OPINE else None)
        if verb is V.ANSWER:
            archive_reply(by=by, proposal=locked, at=at)
    return locked


def _refuse(by: Actor, proposal: Proposal, verb: ProposalVerb) -> None:
    parties, state = parties_of(by, proposal), ProposalState(proposal.state)
    refuse_others(STEPS[verb], verb, parties)
    if verb not in steps_from(state, parties):
        raise not_now("建议提案", state.label, verb)
    if verb is V.APPROVE and by.user_id in (proposal.drafted_by_id, proposal.submitted_by_id):
        raise ValidationError(SAME_PERSON)
    if verb in (V.SUBMIT, V.ANSWER):
        _refuse_unknown_marks(proposal, proposal.reply, by.day)
    if verb is V.REDO and proposal.satisfaction != Satisfaction.DISSATISFIED:
        raise ValidationError("只有反馈不满意的才重新办理；请先登记满意度。")
    if verb is V.ARCHIVE and not proposal.satisfaction:
        raise ValidationError("归档前请先登记满意度；没有反馈的登记“未反馈”。")


def _refuse_words(verb: ProposalVerb, said: StepSaid) -> None:
    refuse_words(STEPS[verb], verb, said.text, what="情况或原因", longest=LONGEST_TEXT)
    if verb is V.EXTEND and said.extended_to is None:
        raise ValidationError({"extended_to": "延期请填写延到哪一天。"})
    if verb is V.JUDGE and not said.satisfaction:
        raise ValidationError({"satisfaction": "请选择满意度。"})


def _mark(proposal: Proposal, verb: ProposalVerb, by: Actor, said: StepSaid) -> str:
    """Write down what the step leaves on the proposal; what the event says of it."""
    told = said.text.strip()
    if verb is V.SUBMIT:
        proposal.submitted_by_id = by.user_id
    elif verb is V.APPROVE:
        proposal.approved_by_id, proposal.approved_on = by.user_id, by.day
    elif verb is V.ANSWER:
        proposal.answered_on, proposal.letter = by.day, said.letter.strip()
        told = "，".join(text for text in (proposal.letter, told) if text)
    elif verb is V.JUDGE:
        proposal.satisfaction = said.satisfaction
        label = str(Satisfaction(said.satisfaction).label)
        told = f"{label}：{told}" if told else label
    elif verb is V.REDO:
        _begin_again(proposal)
    elif verb is V.EXTEND:
        proposal.extended_to = said.extended_to
        told = f"延至{said.extended_to}：{told}"
    return told[:LONGEST_TEXT]


def _begin_again(proposal: Proposal) -> None:
    """Open the next round: the answer sent stays in the archive, its text is the new draft."""
    proposal.round += 1
    proposal.submitted_by = proposal.approved_by = None
    proposal.approved_on = proposal.answered_on = None
    proposal.satisfaction = proposal.letter = ""


def _refuse_unknown_marks(proposal: Proposal, reply: str, day: date) -> None:
    kept = proposal.figures.kept().select_related("region", "run", "earlier_run")
    known = {one.number: one.sentence for one in shown_figures(kept, day)}
    unknown = unknown_marks(reply, known)
    if unknown:
        marks = "、".join(f"{{{number}}}" for number in unknown)
        raise ValidationError({"reply": f"正文里的 {marks} 没有对应的数字；请先添加或删去。"})


def _refuse_registration(by: Actor, registration: Registration) -> None:
    for name, what in (("proposer", "提出者"), ("wording", "建议要点")):
        _refuse_personal(name, what, getattr(registration, name))
    if registration.assigned_on > by.day:
        raise ValidationError({"assigned_on": "交办日期不能晚于今天。"})
    _refuse_far(registration.assigned_on, "due_by", registration.due_by)


def _refuse_far(assigned_on: date, name: str, day: date) -> None:
    """A slip of the year would make every list count working days for decades."""
    if day > assigned_on + LONGEST_TERM:
        raise ValidationError({name: "期限离交办日期超过两年，请核对年份。"})


def _refuse_personal(name: str, what: str, text: str) -> None:
    if LONG_NUMBER.search(text):
        raise ValidationError({name: LOOKS_PERSONAL.format(what=what)})


def _values(registration: Registration) -> dict[str, object]:
    return {field.name: getattr(registration, field.name) for field in fields(registration)}


def _assist(proposal: Proposal, registration: Registration, assistants: Sequence[Bureau]) -> None:
    """Let exactly these bureaus assist; one that stays keeps its row, which opinions point to."""
    if registration.lead in assistants:
        raise ValidationError({"assistants": "承办单位不用再列为会办单位。"})
    kept = proposal.assistants.kept()
    kept.exclude(bureau__in=assistants).update(voided_at=Now(), void_reason="修改会办单位")
    there = set(kept.values_list("bureau", flat=True))
    for bureau in assistants:
        if bureau.pk not in there:
            checked_create(ProposalAssistant, proposal=proposal, bureau=bureau)


def _note(
    proposal: Proposal,
    verb: ProposalVerb,
    by: Actor,
    text: str = "",
    assistant: ProposalAssistant | None = None,
) -> None:
    checked_create(
        ProposalEvent,
        proposal=proposal,
        verb=verb,
        state=proposal.state,
        round=proposal.round,
        assistant=assistant,
        text=text,
        taken_on=by.day,
        author_id=by.user_id,
    )


def _save(proposal: Proposal) -> None:
    proposal.full_clean()
    proposal.save()


def _locked(proposal: Proposal) -> Proposal:
    """The proposal, held against a second writer."""
    return Proposal.objects.select_for_update().get(pk=proposal.pk)


def _refuse_unless_keeper(by: Actor) -> None:
    if not by.may(Permission.MANAGE_POLICIES):
        raise PermissionDenied(FORBIDDEN)
