"""The verb that proposes a change of a published policy; nothing changes until it is agreed to."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError

from targets.models import ChangeKind, EntryState, PolicyChange, PolicyDocument
from yiyang.access.scope import Actor
from yiyang.changelog.context import recorded
from yiyang.dated import checked_create

NOT_PUBLISHED = "政策还没有发布，请直接改草稿。"


def propose(
    *,
    by: Actor,
    policy: PolicyDocument,
    kind: ChangeKind,
    before: dict[str, Any],
    after: dict[str, Any],
    reason: str,
    subject: str = "",
) -> PolicyChange:
    """Enter the change with what stands now and what shall; who may is the caller's to say."""
    if policy.entry_state != EntryState.PUBLISHED:
        raise ValidationError(NOT_PUBLISHED)
    if not reason.strip():
        raise ValidationError({"reason": "请写明更正的原因与依据。"})
    with recorded(by=by, reason=f"提出更正：{reason}"):
        change = checked_create(
            PolicyChange,
            policy=policy,
            kind=kind,
            subject=subject,
            before=before,
            after=after,
            reason=reason.strip(),
            proposed_by_id=by.user_id,
            proposed_on=by.day,
        )
    assert isinstance(change, PolicyChange)
    return change
