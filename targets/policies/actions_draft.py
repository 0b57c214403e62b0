"""The verbs of entering a policy: its facts, clauses, targets and yearly steps."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from targets.indicators.catalogue import readings_of
from targets.models import (
    Confirmation,
    EntryState,
    Milestone,
    PolicyClause,
    PolicyDocument,
    PolicyTask,
    Target,
    TaskBureau,
    ValidityStatus,
)
from targets.policies.drafts import checked_save, next_position, own_draft, reason_of
from targets.policies.rights import require_enterer
from targets.policies.slugs import slug_of
from targets.policies.steps import check_steps
from targets.policies.thresholds import Threshold
from yiyang.access.scope import Actor
from yiyang.changelog.context import recorded
from yiyang.dated import checked_create


def draft_policy(*, by: Actor, number: str, is_checked: bool, **facts: Any) -> PolicyDocument:
    """Begin a policy; `is_checked` says that it is entered from the original."""
    require_enterer(by)
    with recorded(by=by, reason=f"录入政策：{number}"):
        slug = slug_of(number, lambda slug: PolicyDocument.objects.filter(slug=slug).exists())
        policy = checked_create(
            PolicyDocument,
            slug=slug,
            number=number,
            status=ValidityStatus.IN_FORCE,
            entry_state=EntryState.DRAFT,
            entered_by_id=by.user_id,
            confirmation=_confirmation(is_checked),
            **facts,
        )
    assert isinstance(policy, PolicyDocument)
    return policy


def correct_draft(*, by: Actor, policy: PolicyDocument, is_checked: bool, **facts: Any) -> None:
    """Write the facts of a draft anew; its targets are as checked as the draft."""
    with recorded(by=by, reason=reason_of(policy)):
        draft = own_draft(by, policy)
        confirmation = _confirmation(is_checked)
        checked_save(draft, {**facts, "confirmation": confirmation})
        draft.targets.exclude(confirmation=confirmation).update(confirmation=confirmation)


def add_clause(*, by: Actor, policy: PolicyDocument, reference: str, topic: str) -> None:
    """Append a clause to a draft."""
    with recorded(by=by, reason=reason_of(policy)):
        draft = own_draft(by, policy)
        place = next_position(draft.clauses.all())
        checked_create(PolicyClause, policy=draft, position=place, reference=reference, topic=topic)


def correct_clause(*, by: Actor, clause: PolicyClause, reference: str, topic: str) -> None:
    """Write a clause of a draft anew."""
    with recorded(by=by, reason=reason_of(clause.policy)):
        own_draft(by, clause.policy)
        checked_save(clause, {"reference": reference, "topic": topic})


def add_target(
    *, by: Actor, policy: PolicyDocument, indicator: str, threshold: Threshold, **facts: Any
) -> Target:
    """Append a target on an indicator of the catalogue to a draft."""
    with recorded(by=by, reason=reason_of(policy)):
        draft = own_draft(by, policy)
        place = next_position(draft.targets.all())
        _check_target(draft, indicator, facts["judged_reading"], facts["due_on"])
        target = checked_create(
            Target,
            code=_free_code(draft, place),
            policy=draft,
            position=place,
            indicator=indicator,
            confirmation=draft.confirmation,
            **_numbers(threshold),
            **facts,
        )
    assert isinstance(target, Target)
    return target


def correct_target(*, by: Actor, target: Target, threshold: Threshold, **facts: Any) -> None:
    """Write a target of a draft anew."""
    with recorded(by=by, reason=reason_of(target.policy)):
        draft = own_draft(by, target.policy)
        _check_target(draft, target.indicator, facts["judged_reading"], facts["due_on"])
        checked_save(target, {**facts, **_numbers(threshold)})
        check_steps(target, list(target.milestones.values_list("due_on", flat=True)))


def add_milestone(*, by: Actor, target: Target, due_on: date, threshold: Decimal) -> None:
    """Add a yearly step towards a target of a draft."""
    with recorded(by=by, reason=reason_of(target.policy)):
        own_draft(by, target.policy)
        checked_create(Milestone, target=target, due_on=due_on, threshold=threshold)
        check_steps(target, list(target.milestones.values_list("due_on", flat=True)))


def remove_part(*, by: Actor, policy: PolicyDocument, part: models.Model) -> None:
    """Take a clause, target, step or task out of a draft; a clause only while no target has it."""
    with recorded(by=by, reason=f"{reason_of(policy)}，删去{part._meta.verbose_name}"):
        own_draft(by, policy)
        if isinstance(part, PolicyClause) and part.targets.exists():
            raise ValidationError("还有目标写着这一条；请先改或删去那些目标。")
        if isinstance(part, Target):
            Milestone.objects.filter(target=part).delete()
        if isinstance(part, PolicyTask):
            TaskBureau.objects.filter(task=part).delete()
        part.delete()


def _confirmation(is_checked: bool) -> str:
    return Confirmation.CONFIRMED if is_checked else Confirmation.UNCONFIRMED


def _numbers(threshold: Threshold) -> dict[str, Any]:
    return {
        "comparator": threshold.comparator,
        "threshold": threshold.threshold,
        "threshold_upper": threshold.upper,
    }


def _free_code(policy: PolicyDocument, place: int) -> str:
    taken = Target.objects.filter(code__startswith=policy.slug)
    codes = set(taken.values_list("code", flat=True))
    return next(c for n in range(place, 10_000) if (c := f"{policy.slug}-{n}") not in codes)


def _check_target(
    policy: PolicyDocument, indicator: str, reading: str, due_on: date | None
) -> None:
    readings = {record.reading for record in readings_of(indicator)}
    if not readings:
        raise ValidationError(f"没有指标 {indicator}；请从指标列表里选择。")
    if reading and reading not in readings:
        raise ValidationError({"judged_reading": "这项指标没有这个口径；请从列表里选择。"})
    if due_on and due_on < policy.signed_on:
        raise ValidationError({"due_on": f"到期日早于成文日期 {policy.signed_on}，请核对年份。"})
