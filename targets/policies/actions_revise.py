"""The verbs that correct a published target: proposed by one, decided by a city reviewer."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db.models import Max

from targets.indicators.catalogue import readings_of
from targets.models import (
    Comparator,
    EntryState,
    PolicyDocument,
    Target,
    TargetRevision,
)
from targets.policies.deciding import OVERTAKEN, decide
from targets.policies.rights import require_either
from targets.policies.thresholds import Threshold
from yiyang.access.scope import Actor
from yiyang.changelog.context import recorded
from yiyang.dated import checked_create


def propose_revision(
    *,
    by: Actor,
    target: Target,
    judged_reading: str,
    threshold: Threshold,
    due_on: date | None,
    wording: str,
    reason: str,
) -> TargetRevision:
    """Propose another reading, value, day or name; nothing changes until it is agreed to."""
    require_either(by)
    _check(target, judged_reading, threshold, due_on)
    if _said(target) == (judged_reading, *_numbers(threshold), due_on, wording):
        raise ValidationError("没有改动：所填的与现在的一样。")
    with recorded(by=by, reason=f"提出更正：{reason}"):
        revision = checked_create(
            TargetRevision,
            target=target,
            reading_before=target.judged_reading,
            reading_after=judged_reading,
            comparator_before=target.comparator,
            comparator_after=threshold.comparator,
            threshold_before=target.threshold,
            threshold_after=threshold.threshold,
            upper_before=target.threshold_upper,
            upper_after=threshold.upper,
            due_before=target.due_on,
            due_after=due_on,
            wording_before=target.wording,
            wording_after=wording,
            reason=reason,
            proposed_by_id=by.user_id,
            proposed_on=by.day,
        )
    assert isinstance(revision, TargetRevision)
    return revision


def decide_revision(
    *, by: Actor, revision: TargetRevision, is_agreed: bool, answer: str = ""
) -> None:
    """Agree, and the target changes at once; or refuse, with an answer."""
    decide(by=by, correction=revision, is_agreed=is_agreed, answer=answer, apply=_apply)


def _check(target: Target, judged_reading: str, threshold: Threshold, due_on: date | None) -> None:
    if target.policy.entry_state != EntryState.PUBLISHED:
        raise ValidationError("政策还没有发布，请直接改草稿。")
    if judged_reading and judged_reading not in {r.reading for r in readings_of(target.indicator)}:
        raise ValidationError({"judged_reading": "这项指标没有这个口径；请从列表里选择。"})
    if due_on and due_on < target.policy.signed_on:
        raise ValidationError(
            {"due_on": f"到期日早于成文日期 {target.policy.signed_on}，请核对年份。"}
        )
    steps = list(target.milestones.values_list("due_on", flat=True))
    if steps and (due_on is None or max(steps) > due_on):
        raise ValidationError({"due_on": f"到期日不能早于最后一个阶段目标 {max(steps)}。"})
    if steps and threshold.comparator == Comparator.NONE:
        raise ValidationError({"threshold": "这项目标有阶段目标，不能改成没有数字。"})


def _numbers(threshold: Threshold) -> tuple[object, ...]:
    return (threshold.comparator, threshold.threshold, threshold.upper)


def _said(target: Target) -> tuple[object, ...]:
    numbers = (target.comparator, target.threshold, target.threshold_upper)
    return (target.judged_reading, *numbers, target.due_on, target.wording)


def _apply(revision: TargetRevision) -> None:
    rows = Target.objects.select_for_update().filter(
        pk=revision.target_id,
        judged_reading=revision.reading_before,
        comparator=revision.comparator_before,
        threshold=revision.threshold_before,
        threshold_upper=revision.upper_before,
        due_on=revision.due_before,
        wording=revision.wording_before,
    )
    changed = rows.update(
        judged_reading=revision.reading_after,
        comparator=revision.comparator_after,
        threshold=revision.threshold_after,
        threshold_upper=revision.upper_after,
        due_on=revision.due_after,
        wording=revision.wording_after,
    )
    if not changed:
        raise ValidationError(OVERTAKEN)
    if revision.due_before != revision.due_after:
        policy = PolicyDocument.objects.filter(targets=revision.target_id)
        targets = Target.objects.filter(policy__in=policy)
        last = targets.aggregate(last=Max("due_on"))["last"]
        policy.update(last_due_on=last)
