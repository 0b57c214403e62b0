"""The verbs of 督办: open and amend an order, and every step of the table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.db.models import Max
from django.db.models.functions import Now

from institutions.models import Region
from targets.models import (
    Basis,
    Bureau,
    Frequency,
    PolicyTask,
    Supervision,
    SupervisionAssistant,
    SupervisionEvent,
    SupervisionKind,
    SupervisionPause,
    SupervisionState,
    SupervisionVerb,
    Urgency,
)
from targets.models.supervision import LONGEST_TEXT
from targets.steps import not_now, refuse_others, refuse_words
from targets.supervision.states import STEPS, steps_from
from targets.supervision.undertakers import assistant_of, parties_of
from yiyang.access.decorators import FORBIDDEN
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor
from yiyang.changelog.context import recorded
from yiyang.dated import checked_create

S, V = SupervisionState, SupervisionVerb
Unit = Bureau | Region
NOT_DRAFT = "督办单已交办或未予立项，内容不再改动；请刷新页面查看。"
SAME_PERSON = "{verb}须由立项人、申请人以外的人办理；请另一位市卫健审核办理。"


@dataclass(frozen=True, slots=True)
class Draft:
    """What an order says; the lead is one bureau or district."""

    title: str
    kind: SupervisionKind
    urgency: Urgency
    basis: Basis
    basis_text: str
    content: str
    frequency: Frequency
    lead_bureau: Bureau | None = None
    lead_region: Region | None = None
    task: PolicyTask | None = None
    indicator: str = ""
    allowed_days: int | None = None
    due_by: date | None = None


def open_supervision(*, by: Actor, draft: Draft, assistants: Sequence[Unit] = ()) -> Supervision:
    """Propose an order; it counts from the day another person assigns it."""
    _refuse_unless_keeper(by)
    with recorded(by=by, reason="督办立项"):
        supervision = checked_create(
            Supervision, **_values(draft), drafted_by_id=by.user_id, drafted_on=by.day
        )
        assert isinstance(supervision, Supervision)
        _assist(supervision, draft, assistants)
        _note(supervision, V.OPEN, by)
    return supervision


def amend_supervision(
    *, by: Actor, supervision: Supervision, draft: Draft, assistants: Sequence[Unit] = ()
) -> None:
    """Change what a proposed order says; nothing of it changes once it has been assigned."""
    _refuse_unless_keeper(by)
    with recorded(by=by, reason="督办修改"):
        locked = _locked(supervision)
        if locked.state != S.DRAFT:
            raise ValidationError(NOT_DRAFT)
        for name, value in _values(draft).items():
            setattr(locked, name, value)
        locked.full_clean()
        locked.save()
        locked.assistants.kept().update(voided_at=Now(), void_reason="修改协办单位")
        _assist(locked, draft, assistants)
        _note(locked, V.AMEND, by)


def take_step(
    *,
    by: Actor,
    supervision: Supervision,
    verb: SupervisionVerb,
    text: str = "",
    asked_by: date | None = None,
) -> Supervision:
    """Take one step of the table; ValidationError or PermissionDenied says why it cannot be."""
    step = STEPS[verb]
    with recorded(by=by, reason=f"督办{verb.label}"):
        locked = _locked(supervision)
        _refuse(by, locked, verb)
        _refuse_words(verb, text, asked_by, by)
        locked.state = step.ends or locked.state
        _mark(locked, verb, by, text, asked_by)
        locked.full_clean()
        locked.save()
        _note(
            locked,
            verb,
            by,
            text=text.strip(),
            asked_by=asked_by,
            assistant=assistant_of(by, locked) if verb is V.ASSIST else None,
        )
    return locked


def is_paused(supervision: Supervision) -> bool:
    """Whether the clock stands at present."""
    return supervision.pauses.kept().filter(resumed_on=None).exists()


def _refuse(by: Actor, supervision: Supervision, verb: SupervisionVerb) -> None:
    parties, state = parties_of(by, supervision), SupervisionState(supervision.state)
    refuse_others(STEPS[verb], verb, parties)
    paused = is_paused(supervision)
    if verb not in steps_from(state, parties, is_paused=paused):
        raise not_now("督办单", f"{state.label}{'（暂停计时）' if paused else ''}", verb)
    makers = {
        V.ASSIGN: (supervision.drafted_by_id,),
        V.CLOSE: (supervision.drafted_by_id, supervision.submitted_by_id),
    }
    if by.user_id in makers.get(verb, ()):
        raise ValidationError(SAME_PERSON.format(verb=verb.label))


def _refuse_words(verb: SupervisionVerb, text: str, asked_by: date | None, by: Actor) -> None:
    refuse_words(STEPS[verb], verb, text, what="情况", longest=LONGEST_TEXT)
    if asked_by is not None and verb is not V.CHASE:
        raise ValidationError({"asked_by": "只有催办才填要求反馈的日期。"})
    if asked_by is not None and asked_by < by.day:
        raise ValidationError({"asked_by": "要求反馈的日期不能早于今天。"})


def _mark(
    supervision: Supervision, verb: SupervisionVerb, by: Actor, text: str, asked_by: date | None
) -> None:
    """Write down what the step leaves on the order itself."""
    if verb is V.ASSIGN:
        _assign(supervision, by)
    elif verb is V.SIGN:
        supervision.signed_by_id, supervision.signed_on = by.user_id, by.day
    elif verb is V.FEEDBACK:
        supervision.feedback_on, supervision.feedback_by = by.day, None
    elif verb is V.SUBMIT:
        supervision.submitted_by_id, supervision.submitted_on = by.user_id, by.day
        supervision.feedback_on, supervision.feedback_by = by.day, None
    elif verb is V.CLOSE:
        supervision.closed_by_id, supervision.closed_on = by.user_id, by.day
    elif verb is V.CHASE:
        supervision.feedback_by = asked_by or supervision.feedback_by
    elif verb is V.PAUSE:
        checked_create(
            SupervisionPause, supervision=supervision, stopped_on=by.day, reason=text.strip()
        )
    elif verb is V.RESUME:
        supervision.pauses.kept().filter(resumed_on=None).update(resumed_on=by.day)


def _assign(supervision: Supervision, by: Actor) -> None:
    """Give the order its number and start its clock."""
    if supervision.due_by is not None and supervision.due_by <= by.day:
        raise ValidationError(
            f"完成期限 {supervision.due_by} 已到，交办当天不计；请经办先修改期限再交办。"
        )
    supervision.year, supervision.serial = by.day.year, _next_serial(by.day.year)
    supervision.number = settings.SUPERVISION_NUMBER_RULE.format(
        year=supervision.year, serial=supervision.serial
    )
    supervision.assigned_by_id, supervision.assigned_on = by.user_id, by.day


def _next_serial(year: int) -> int:
    """The year's next number; whoever assigns at the same moment waits for this transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('targets_supervision'), %s)", [year])
    last = Supervision.objects.filter(year=year).aggregate(last=Max("serial"))["last"]
    return (last or 0) + 1


def _values(draft: Draft) -> dict[str, object]:
    return {field.name: getattr(draft, field.name) for field in fields(draft)}


def _assist(supervision: Supervision, draft: Draft, assistants: Sequence[Unit]) -> None:
    for unit in assistants:
        if unit in {draft.lead_bureau, draft.lead_region}:
            raise ValidationError({"assistants": "牵头单位不用再列为协办单位。"})
        name = "bureau" if isinstance(unit, Bureau) else "region"
        checked_create(SupervisionAssistant, supervision=supervision, **{name: unit})


def _note(
    supervision: Supervision,
    verb: SupervisionVerb,
    by: Actor,
    text: str = "",
    asked_by: date | None = None,
    assistant: SupervisionAssistant | None = None,
) -> None:
    checked_create(
        SupervisionEvent,
        supervision=supervision,
        verb=verb,
        state=supervision.state,
        assistant=assistant,
        text=text,
        asked_by=asked_by,
        taken_on=by.day,
        author_id=by.user_id,
    )


def _locked(supervision: Supervision) -> Supervision:
    """The order, held against a second writer."""
    return Supervision.objects.select_for_update().get(pk=supervision.pk)


def _refuse_unless_keeper(by: Actor) -> None:
    if not by.may(Permission.MANAGE_POLICIES):
        raise PermissionDenied(FORBIDDEN)
