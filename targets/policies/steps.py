"""Yearly steps towards targets: several targets at once, written to a draft or proposed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError

from targets.models import ChangeKind, Comparator, Milestone, PolicyChange, PolicyDocument, Target
from targets.policies.deciding import OVERTAKEN
from targets.policies.drafts import own_draft, reason_of
from targets.policies.proposing import propose
from targets.policies.rights import require_either
from yiyang.access.scope import Actor
from yiyang.changelog.context import recorded
from yiyang.dated import checked_create

Step = tuple[date, Decimal]
Steps = Mapping[Target, Sequence[Step]]
UNCHANGED = "没有改动：所填的与现在的一样。"


def stated(steps: Iterable[Step]) -> list[list[str]]:
    """The steps as a change keeps them: days in order, numbers to the places of the column."""
    return [[day.isoformat(), f"{number:.6f}"] for day, number in sorted(steps)]


def steps_of(target: Target) -> list[Step]:
    return [(step.due_on, step.threshold) for step in target.milestones.all()]


def may_have_steps(target: Target) -> bool:
    """Whether steps lead anywhere: to a number, by a day."""
    return target.comparator != Comparator.NONE and target.due_on is not None


def propose_steps(*, by: Actor, policy: PolicyDocument, steps: Steps, reason: str) -> PolicyChange:
    """Propose the steps of several targets of a published policy in one correction."""
    require_either(by)
    changed = _changed(policy, steps)
    return propose(
        by=by,
        policy=policy,
        kind=ChangeKind.STEPS,
        before={target.code: stated(steps_of(target)) for target in changed},
        after={target.code: stated(wanted) for target, wanted in changed.items()},
        reason=reason,
    )


def write_steps(*, by: Actor, policy: PolicyDocument, steps: Steps) -> None:
    """Write the steps of several targets of a draft."""
    with recorded(by=by, reason=reason_of(policy)):
        draft = own_draft(by, policy)
        for target, wanted in _changed(draft, steps).items():
            _write(target, stated(wanted))


def apply_steps(change: PolicyChange) -> None:
    """Bring the milestones to what was agreed, unless they have changed since it was proposed."""
    targets = {target.code: target for target in change.policy.targets.select_for_update()}
    for code, wanted in change.after.items():
        target = targets.get(code)
        if target is None or stated(steps_of(target)) != change.before[code]:
            raise ValidationError(OVERTAKEN)
        check_steps(target, [date.fromisoformat(day) for day, _ in wanted])
        _write(target, wanted)


def check_steps(target: Target, days: Sequence[date]) -> None:
    """Steps lie between the signing and the due day, and only a number can have them."""
    if not days:
        return
    if target.comparator == Comparator.NONE:
        raise ValidationError("没有数字的目标不能有阶段目标；请先写目标值，或删去阶段目标。")
    if target.due_on is None or max(days) > target.due_on:
        raise ValidationError("阶段目标的日期须不晚于到期日；没有到期日的目标不写阶段目标。")
    if min(days) < target.policy.signed_on:
        raise ValidationError(f"阶段目标的日期须不早于成文日期 {target.policy.signed_on}。")


def _changed(policy: PolicyDocument, steps: Steps) -> Steps:
    """The targets whose steps differ from what is registered; ValidationError where none does."""
    changed = {t: wanted for t, wanted in steps.items() if stated(wanted) != stated(steps_of(t))}
    for target, wanted in changed.items():
        if target.policy_id != policy.pk:
            raise ValidationError("阶段目标只能写在这份政策自己的目标上；请从政策页面进入。")
        check_steps(target, [day for day, _ in wanted])
    if not changed:
        raise ValidationError(UNCHANGED)
    return changed


def _write(target: Target, wanted: Sequence[Sequence[str]]) -> None:
    numbers = {date.fromisoformat(day): Decimal(number) for day, number in wanted}
    Milestone.objects.filter(target=target).exclude(due_on__in=numbers).delete()
    held = {step.due_on: step for step in Milestone.objects.filter(target=target)}
    for day, number in numbers.items():
        if day not in held:
            checked_create(Milestone, target=target, due_on=day, threshold=number)
        elif held[day].threshold != number:
            Milestone.objects.filter(pk=held[day].pk).update(threshold=number)
