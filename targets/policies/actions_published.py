"""The verbs on a published policy: its end, and the confirmation of what was 待核实."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError

from targets.models import (
    ChangeKind,
    Confirmation,
    EntryState,
    PolicyChange,
    PolicyDocument,
    Target,
    ValidityStatus,
)
from targets.policies.deciding import OVERTAKEN
from targets.policies.drafts import checked_save
from targets.policies.proposing import propose
from targets.policies.rights import require_either, require_enterer
from yiyang.access.scope import Actor
from yiyang.changelog.context import recorded

NOT_PUBLISHED = "这份政策还没有发布，谈不上失效；草稿请直接改或弃用。"


def propose_end(
    *,
    by: Actor,
    policy: PolicyDocument,
    status: str,
    superseded_by: PolicyDocument | None,
    from_day: date | None,
    seen_on: date,
    reason: str,
) -> PolicyChange:
    """Propose that from `from_day` on the policy is repealed, superseded or in force after all."""
    require_enterer(by)
    check_end(policy, status, superseded_by, from_day, seen_on=seen_on, today=by.day)
    after = {
        "status": str(status),
        "from_day": from_day.isoformat() if from_day else None,
        "superseded_by": superseded_by.pk if superseded_by else None,
        "seen_on": seen_on.isoformat(),
    }
    if after == end_of(policy):
        raise ValidationError("没有改动：所填的与现在的一样。")
    return propose(
        by=by,
        policy=policy,
        kind=ChangeKind.END,
        before=end_of(policy),
        after=after,
        reason=reason,
    )


def end_of(policy: PolicyDocument) -> dict[str, Any]:
    """How the policy ended, as a change keeps it."""
    return {
        "status": policy.status,
        "from_day": policy.repealed_on.isoformat() if policy.repealed_on else None,
        "superseded_by": policy.superseded_by_id,
        "seen_on": policy.status_seen_on.isoformat(),
    }


def apply_end(change: PolicyChange) -> None:
    """End the policy as agreed, unless its validity has changed since it was proposed."""
    policy = PolicyDocument.objects.select_for_update().get(pk=change.policy_id)
    if end_of(policy) != change.before:
        raise ValidationError(OVERTAKEN)
    end = change.after
    heir = PolicyDocument.objects.filter(pk=end["superseded_by"]).first()
    from_day = date.fromisoformat(end["from_day"]) if end["from_day"] else None
    seen_on = date.fromisoformat(end["seen_on"])
    check_end(policy, end["status"], heir, from_day, seen_on=seen_on, today=seen_on)
    values = {
        "status": end["status"],
        "repealed_on": from_day,
        "superseded_by": heir,
        "status_seen_on": seen_on,
    }
    checked_save(policy, values)


def check_end(
    policy: PolicyDocument,
    status: str,
    superseded_by: PolicyDocument | None,
    from_day: date | None,
    *,
    seen_on: date,
    today: date,
) -> None:
    """ValidationError where the policy cannot end so."""
    if policy.entry_state != EntryState.PUBLISHED:
        raise ValidationError(NOT_PUBLISHED)
    if seen_on > today:
        raise ValidationError({"seen_on": "查得的日期还没有到；请填今天或以前的日期。"})
    if status == ValidityStatus.IN_FORCE and (from_day or superseded_by):
        raise ValidationError("仍然有效的，请清空日期与取代它的文件。")
    if status != ValidityStatus.SUPERSEDED and superseded_by:
        raise ValidationError({"superseded_by": "只有已被取代的才写取代它的文件。"})
    if status == ValidityStatus.SUPERSEDED:
        _check_successor(policy, superseded_by, from_day)
    if from_day and from_day <= policy.signed_on:
        raise ValidationError({"from_day": f"须晚于成文日期 {policy.signed_on}，请核对年份。"})
    if status == ValidityStatus.REPEALED and from_day is None and policy.last_due_on is None:
        raise ValidationError(
            {"from_day": "日期不明的按最后一项目标的到期日计，而这份政策没有；请写明日期。"}
        )


def _check_successor(
    policy: PolicyDocument, superseded_by: PolicyDocument | None, from_day: date | None
) -> None:
    if superseded_by is None:
        raise ValidationError({"superseded_by": "请选择取代它的文件；列表里没有的请先录入并发布。"})
    if from_day is None:
        raise ValidationError({"from_day": "请写明自哪天起被取代。"})
    heir: PolicyDocument | None = superseded_by
    while heir is not None:
        if heir.pk == policy.pk:
            raise ValidationError({"superseded_by": "取代关系绕成了圈，请另选。"})
        heir = heir.superseded_by


def confirm_rows(
    *,
    by: Actor,
    policy: PolicyDocument,
    has_document: bool,
    targets: Sequence[Target],
    ground: str,
) -> None:
    """Somebody has read the original: the document, these targets, or both are as entered."""
    require_either(by)
    if not has_document and not targets:
        raise ValidationError({"rows": "请勾选核实了哪几项。"})
    with recorded(by=by, reason=f"核实：{ground}"):
        unconfirmed = {"confirmation": Confirmation.UNCONFIRMED}
        documents = PolicyDocument.objects.published().filter(pk=policy.pk, **unconfirmed)
        if has_document:
            documents.update(confirmation=Confirmation.CONFIRMED)
        rows = policy.targets.filter(pk__in=[target.pk for target in targets], **unconfirmed)
        rows.update(confirmation=Confirmation.CONFIRMED)
