"""Which targets a bulletin may hold against the figures of its day."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from django.core.exceptions import ValidationError

from targets.models import PolicyDocument, Target
from targets.models.bulletins import HISTORICAL
from targets.models.policies import Confirmation
from targets.results import targets_of

NONE_CHOSEN = "请至少选一项目标。"


def offered_targets(day: date) -> list[tuple[str, list[tuple[str, str]]]]:
    """Every published target, policy by policy, each policy with its standing on the day."""
    in_force = _in_force(day)
    groups: dict[str, list[tuple[str, str]]] = {}
    for target in targets_of():
        policy = target.policy
        heading = f"{cited(policy)}{standing_text(policy, in_force, day)}"
        groups.setdefault(heading, []).append((str(target.pk), target.wording))
    return list(groups.items())


def cited(policy: PolicyDocument) -> str:
    """The policy as a paper cites it; some shipped ones still wait for their number (待核实)."""
    title = f"《{policy.title.replace(' ', '')}》"
    return f"{title}（{policy.number}）" if has_number(policy) else title


def has_number(policy: PolicyDocument) -> bool:
    return "〔" in policy.number


def standing_text(policy: PolicyDocument, in_force: Collection[int], day: date) -> str:
    """What is to be known before choosing: it asks for nothing on the day, or is not confirmed."""
    if policy.signed_on > day:
        return "　统计日尚未印发"
    if policy.pk not in in_force:
        return "　统计日已失效"
    return "" if policy.confirmation == Confirmation.CONFIRMED else "　待核实"


def refuse_unfit(targets: Sequence[Target], day: date, title: str) -> bool:
    """Whether some of the targets are past on `day`; ValidationError where that may not be.

    A target that is past may only be told of as history, and the title says so (rules.md 2);
    one not signed yet asked for nothing on that day.
    """
    if not targets:
        raise ValidationError({"targets": NONE_CHOSEN})
    early = [target for target in targets if target.policy.signed_on > day]
    if early:
        numbers = "、".join(sorted({target.policy.number for target in early}))
        raise ValidationError(
            {"targets": f"{numbers}到 {day} 还没有印发，不能用来通报；请另选目标或统计日。"}
        )
    in_force = _in_force(day)
    past = [target for target in targets if target.policy_id not in in_force]
    if past and HISTORICAL not in title:
        numbers = "、".join(sorted({target.policy.number for target in past}))
        raise ValidationError(
            {
                "title": f"{numbers}到 {day} 已经失效；要通报它的目标，标题须写明“{HISTORICAL}”，"
                "否则请不要选这些目标。"
            }
        )
    return bool(past)


def _in_force(day: date) -> set[int]:
    return set(PolicyDocument.objects.in_force(day).values_list("pk", flat=True))
