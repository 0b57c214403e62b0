"""The verbs of a change request: made by one side, answered by the other (rules.md 25)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models.functions import Now

from institutions.actions_facts import hold_profile
from institutions.consent import Changes, attribute_of, differences, held_by, is_same
from institutions.consequences import StatusChange, settle_as_proposed
from institutions.models import (
    ChangeRequest,
    Institution,
    InstitutionProfile,
    RequestState,
    Side,
    Status,
)
from institutions.models.requests import OWN_ANSWER
from institutions.ownership import label_of, side_to_ask, sides_answered_by
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor
from yiyang.changelog.context import recorded
from yiyang.dated import checked_create
from yiyang.holidays.calendar import work_calendar
from yiyang.lib.working_days import add_working_days

MAKERS = (Permission.EDIT_HEALTH, Permission.EDIT_ELDERLY, Permission.REPORT_OWN)
NOT_A_MAKER = "您的角色不提修改申请；请由本部门经办或机构填报员提出。"
NOT_YOURS_TO_ANSWER = "这份申请不由您的部门答复。"
NOT_YOUR_REQUEST = "只有提出人能撤回自己的申请。"
NO_PROFILE = "这一天没有登记过这个机构的概况；请换一个日期。"
NOTHING_ASKED = "没有改动任何一项；请至少改一项再提交。"
APPLIES_AT_ONCE = "{fields}由您的部门登记，不用申请，请直接修改。"
IS_CLOSED = "这份申请已经答复或撤回，不能再办；请回到申请列表查看。"
HAS_CHANGED = "提出申请以后登记已变：{fields}与申请时不同。请退回，由提出人按现在的登记重新提出。"
RETURN_NEEDS_REASON = "退回必须写明原因，让提出人知道怎么改。"
LONGEST_ANSWER = LONGEST_REASON = 200


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a request, for its maker: on the page and over the API."""

    uid: UUID
    state: RequestState
    answer: str
    due_on: date
    answered_at: datetime | None


def may_request(actor: Actor) -> bool:
    """Whether the actor's role makes requests at all."""
    return any(actor.may(permission) for permission in MAKERS)


def may_answer(actor: Actor, request: ChangeRequest) -> bool:
    """Whether the actor answers this request, found in their scope: never the maker."""
    return request.side in sides_answered_by(actor) and request.made_by_id != actor.user_id


def request_change(
    *, by: Actor, institution: Institution, starts_on: date, wanted: Mapping[str, Any], reason: str
) -> list[ChangeRequest]:
    """Ask each side for what it keeps; `wanted` holds the profile's fields as they should be.

    One request for every side that must agree. ValidationError where nothing differs, where a
    field is the actor's own to change, or where a request is waiting already.
    """
    if not may_request(by):
        raise PermissionDenied(NOT_A_MAKER)
    profile = profile_on(institution, starts_on)
    changes = differences(profile, wanted)
    if not changes:
        raise ValidationError(NOTHING_ASKED)
    by_side = _by_side(by, profile, changes)
    due_on = add_working_days(work_calendar(by.day), by.day, settings.CHANGE_REQUEST_WORKING_DAYS)
    with recorded(by=by, reason=f"修改申请：{reason}"):
        return [
            _create(by, institution, side, starts_on, changes, reason, due_on)
            for side, changes in sorted(by_side.items())
        ]


def agree(*, by: Actor, request: ChangeRequest, answer: str = "") -> None:
    """Let the change hold and close the request, both or neither.

    ValidationError when the register has changed since, or when the change cannot be made.
    """
    with recorded(by=by, reason=f"修改申请 {request.pk}：{request.reason}"):
        locked = _locked(by, request)
        profile = profile_on(locked.institution, locked.starts_on)
        _refuse_if_changed(profile, locked.changes)
        _close(by, locked, RequestState.AGREED, answer)
        _apply(by, locked, profile)


def send_back(*, by: Actor, request: ChangeRequest, answer: str) -> None:
    """Refuse the request with a reason that says what to mend."""
    with recorded(by=by, reason=f"退回修改申请 {request.pk}"):
        _close(by, _locked(by, request), RequestState.RETURNED, answer)


def withdraw(*, by: Actor, request: ChangeRequest) -> None:
    """Take one's own unanswered request back."""
    with recorded(by=by, reason=f"撤回修改申请 {request.pk}"):
        locked = _pending(request)
        if locked.made_by_id != by.user_id:
            raise PermissionDenied(NOT_YOUR_REQUEST)
        locked.state = RequestState.WITHDRAWN
        locked.save(update_fields=["state"])


def answer_of(uid: UUID, *, actor: Actor) -> Answer | None:
    """The answer to a request in the actor's scope; None where there is no such request."""
    request = ChangeRequest.objects.visible_to(actor).filter(uid=uid).first()
    if request is None:
        return None
    state = RequestState(request.state)
    return Answer(request.uid, state, request.answer, request.due_on, request.answered_at)


def profile_on(institution: Institution, day: date) -> InstitutionProfile:
    """The profile that holds on `day`. ValidationError where none does."""
    profiles = InstitutionProfile.objects.on(day).filter(institution=institution)
    found = profiles.select_related("region", "host").first()
    if found is None:
        raise ValidationError(NO_PROFILE)
    return found


def _by_side(by: Actor, profile: InstitutionProfile, changes: Changes) -> dict[Side, Changes]:
    held = held_by(profile)
    by_side: dict[Side, Changes] = {}
    own: list[str] = []
    for name, change in changes.items():
        side = side_to_ask(by, held, name, change["new"])
        if side is None:
            own.append(label_of(InstitutionProfile, name))
        else:
            by_side.setdefault(side, {})[name] = change
    if own:
        raise ValidationError(APPLIES_AT_ONCE.format(fields="、".join(own)))
    return by_side


def _create(
    by: Actor,
    institution: Institution,
    side: Side,
    starts_on: date,
    changes: Changes,
    reason: str,
    due_on: date,
) -> ChangeRequest:
    request = checked_create(
        ChangeRequest,
        institution=institution,
        side=side,
        starts_on=starts_on,
        changes=changes,
        reason=reason.strip(),
        made_by_id=by.user_id,
        due_on=due_on,
    )
    assert isinstance(request, ChangeRequest)
    return request


def _pending(request: ChangeRequest) -> ChangeRequest:
    """The request, locked against a second answer; refused when it has one."""
    rows = ChangeRequest.objects.select_for_update().select_related("institution")
    locked = rows.get(pk=request.pk)
    if locked.state != RequestState.PENDING:
        raise ValidationError(IS_CLOSED)
    return locked


def _locked(by: Actor, request: ChangeRequest) -> ChangeRequest:
    locked = _pending(request)
    if locked.side not in sides_answered_by(by):
        raise PermissionDenied(NOT_YOURS_TO_ANSWER)
    if locked.made_by_id == by.user_id:
        raise ValidationError(OWN_ANSWER)
    return locked


def _refuse_if_changed(profile: InstitutionProfile, changes: Changes) -> None:
    held = held_by(profile)
    moved = [
        label_of(InstitutionProfile, name)
        for name, change in changes.items()
        if not is_same(held[name], change["old"])
    ]
    if moved:
        raise ValidationError(HAS_CHANGED.format(fields="、".join(moved)))


def _close(by: Actor, request: ChangeRequest, state: RequestState, answer: str) -> None:
    answer = answer.strip()
    if state is RequestState.RETURNED and not answer:
        raise ValidationError({"answer": RETURN_NEEDS_REASON})
    if len(answer) > LONGEST_ANSWER:
        raise ValidationError({"answer": f"答复最多 {LONGEST_ANSWER} 字，请写短些。"})
    request.state, request.answer, request.answered_by_id = state, answer, by.user_id
    request.answered_at = Now()
    request.save(update_fields=["state", "answer", "answered_by", "answered_at"])


def status_change_of(request: ChangeRequest) -> StatusChange | None:
    """What the request asks of the institution's status; None where it asks nothing of it."""
    asked = request.changes.get("status")
    if asked is None:
        return None
    return StatusChange(Status(asked["new"]), request.starts_on, request.reason)


def _apply(by: Actor, request: ChangeRequest, profile: InstitutionProfile) -> None:
    """What was asked beside what the profile holds; the other side has just consented."""
    values = held_by(profile) | {name: one["new"] for name, one in request.changes.items()}
    if change := status_change_of(request):
        settle_as_proposed(by, request.institution, change)
    hold_profile(
        by=by,
        institution=request.institution,
        starts_on=request.starts_on,
        profile={attribute_of(name): value for name, value in values.items()},
        reason=f"修改申请 {request.pk}：{request.reason}"[:LONGEST_REASON],
    )
