"""The one decision every correction of a policy waits for: by a city reviewer who did not ask."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.core.exceptions import ValidationError

from targets.models import PolicyChange, RevisionState, TargetRevision
from targets.policies.rights import require_reviewer
from yiyang.access.scope import Actor
from yiyang.changelog.context import recorded

C = TypeVar("C", TargetRevision, PolicyChange)
SAME_PERSON = "更正须由提出人以外的人审核；请另一位市卫健审核来办。"
DECIDED = "这份更正已经审核过；请刷新页面。"
OVERTAKEN = "提出以后这一项又变了，照这份更正已不合适；请写明原因不同意，另提一份。"


def decide(
    *, by: Actor, correction: C, is_agreed: bool, answer: str, apply: Callable[[C], None]
) -> None:
    """Agree, and it is applied at once; or refuse, with an answer."""
    require_reviewer(by)
    verb = "批准更正" if is_agreed else "不同意更正"
    with recorded(by=by, reason=f"{verb}：{correction.reason if is_agreed else answer}"):
        rows = type(correction)._default_manager.select_for_update()
        pending: C = rows.get(pk=correction.pk)
        if pending.state != RevisionState.PENDING:
            raise ValidationError(DECIDED)
        if pending.proposed_by_id == by.user_id:
            raise ValidationError(SAME_PERSON)
        if not is_agreed and not answer.strip():
            raise ValidationError({"answer": "不同意的，请写明意见，提出人好照着改。"})
        pending.state = RevisionState.APPLIED if is_agreed else RevisionState.REFUSED
        pending.decided_by_id, pending.decided_on = by.user_id, by.day
        pending.answer = answer.strip()
        pending.save(update_fields=["state", "decided_by", "decided_on", "answer"])
        if is_agreed:
            apply(pending)
