"""What follows for the target table when a policy ends, told before it is done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from targets.models import PolicyDocument, Target, ValidityStatus


@dataclass(frozen=True, slots=True)
class Consequences:
    """A sentence for the whole, and the targets by what becomes of them."""

    sentence: str
    kept: tuple[Target, ...]
    cut_off: tuple[Target, ...]
    endless: tuple[Target, ...]


def consequences(policy: PolicyDocument, status: str, from_day: date | None) -> Consequences:
    """`kept` were due before the end, `cut_off` would have been due later."""
    targets = list(policy.targets.order_by("position"))
    if status == ValidityStatus.IN_FORCE:
        return Consequences("这份政策重新列为有效，它的目标都是现行目标。", (), (), ())
    dated = [target for target in targets if target.due_on]
    return Consequences(
        _sentence(policy, from_day),
        kept=tuple(t for t in dated if not _is_cut_off(t, from_day)),
        cut_off=tuple(t for t in dated if _is_cut_off(t, from_day)),
        endless=tuple(target for target in targets if not target.due_on),
    )


def _sentence(policy: PolicyDocument, from_day: date | None) -> str:
    if from_day is not None:
        return (
            f"统计日在 {from_day} 以前的表不变；自 {from_day} 起，这些目标为历史目标，"
            "列在目标表的“历史目标”一栏，最新数字只供参考、不再判定。"
        )
    return (
        f"失效日期不明：至 {policy.last_due_on}（最后一项目标的到期日）仍按有效判定，"
        "以后这些目标为历史目标。"
    )


def _is_cut_off(target: Target, from_day: date | None) -> bool:
    return from_day is not None and target.due_on is not None and target.due_on >= from_day
