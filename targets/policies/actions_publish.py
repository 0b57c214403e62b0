"""The verbs from draft to published policy: submit, send back, publish, give up."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Max

from targets.models import EntryState, PolicyDocument
from targets.policies.drafts import own_draft
from targets.policies.rights import (
    NOT_A_REVIEWER,
    may_enter,
    may_review,
    require_reviewer,
)
from yiyang.access.scope import Actor
from yiyang.changelog.context import recorded

SAME_PERSON = "政策须由录入人、提交人以外的人发布；请另一位市卫健审核来办。"
NOT_SUBMITTED = "这份政策不在待发布之列，可能已经发布或退回；请刷新页面。"


def submit_policy(*, by: Actor, policy: PolicyDocument) -> None:
    """Hand a complete draft to the reviewer; it changes no more until it is sent back."""
    with recorded(by=by, reason=f"提交政策：{policy.number}"):
        draft = own_draft(by, policy)
        if not draft.clauses.exists():
            raise ValidationError("还没有条款；请至少录入一条。")
        if not (draft.targets.exists() or draft.tasks.exists()):
            raise ValidationError("还没有目标，也没有任务；请至少录入一项。")
        last_due = draft.targets.aggregate(last=Max("due_on"))["last"]
        _set(draft, EntryState.SUBMITTED, submitted_by_id=by.user_id, last_due_on=last_due)


def send_back(*, by: Actor, policy: PolicyDocument, reason: str) -> None:
    """The reviewer returns it, or an enterer takes it back, with the reason."""
    if not (may_enter(by) or may_review(by)):
        raise PermissionDenied(NOT_A_REVIEWER)
    if not reason.strip():
        raise ValidationError({"reason": "请写明退回的原因，录入人好照着改。"})
    with recorded(by=by, reason=f"退回政策：{reason}"):
        submitted = _submitted(policy)
        _set(submitted, EntryState.DRAFT, submitted_by_id=None, entry_note=reason.strip())


def publish_policy(*, by: Actor, policy: PolicyDocument) -> None:
    """Let the policy count from tonight's table on; refused to who entered or submitted it."""
    require_reviewer(by)
    with recorded(by=by, reason=f"发布政策：{policy.number}"):
        submitted = _submitted(policy)
        if by.user_id in (submitted.entered_by_id, submitted.submitted_by_id):
            raise ValidationError(SAME_PERSON)
        _set(
            submitted,
            EntryState.PUBLISHED,
            released_by_id=by.user_id,
            released_on=by.day,
            entry_note="",
        )


def discard_draft(*, by: Actor, policy: PolicyDocument, reason: str) -> None:
    """Give a draft up; it stays, with the reason, and its number is free again."""
    if not reason.strip():
        raise ValidationError({"reason": "请写明弃用的原因。"})
    with recorded(by=by, reason=f"弃用草稿：{reason}"):
        _set(own_draft(by, policy), EntryState.DISCARDED, entry_note=reason.strip())


def _submitted(policy: PolicyDocument) -> PolicyDocument:
    locked = PolicyDocument.objects.select_for_update().get(pk=policy.pk)
    if locked.entry_state != EntryState.SUBMITTED:
        raise ValidationError(NOT_SUBMITTED)
    return locked


def _set(policy: PolicyDocument, state: EntryState, **values: Any) -> None:
    PolicyDocument.objects.filter(pk=policy.pk).update(entry_state=state, **values)
