"""Changes of published policies in words: what each would change, and what follows from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from targets.indicators.catalogue import readings_of
from targets.models import (
    ChangeKind,
    PolicyChange,
    PolicyDocument,
    RevisionState,
    Target,
    TaskMode,
    ValidityStatus,
)
from targets.policies.revisions import Changed
from targets.presenters import threshold_number

NOTHING = "没有"
Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Named:
    """The targets and documents that some changes name, read at once."""

    targets: Mapping[str, Target]
    numbers: Mapping[int, str]


def named_in(changes: Sequence[PolicyChange]) -> Named:
    codes: set[str] = set()
    documents: set[int] = set()
    for change in changes:
        if change.kind == ChangeKind.STEPS:
            codes |= set(change.after)
        if change.kind == ChangeKind.END:
            both = (change.before["superseded_by"], change.after["superseded_by"])
            documents |= {key for key in both if key}
    policies = PolicyDocument.objects.filter(pk__in=documents)
    targets = Target.objects.filter(code__in=codes).order_by("position")
    return Named(
        {target.code: target for target in targets}, dict(policies.values_list("pk", "number"))
    )


def changes_in_words(change: PolicyChange, named: Named | None = None) -> list[Changed]:
    """What the change changes; nothing that stays."""
    said = WORDS[ChangeKind(change.kind)](change, named or named_in([change]))
    return [one for one in said if one.before != one.after]


def policy_changes(policy: PolicyDocument) -> list[tuple[PolicyChange, list[Changed]]]:
    """Every change of the policy, newest first, in a number of queries that does not grow."""
    rows = list(policy.changes.select_related("proposed_by", "decided_by").order_by("-pk"))
    named = named_in(rows)
    return [(row, changes_in_words(row, named)) for row in rows]


def applied_steps(indicator: str = "") -> list[tuple[PolicyChange, Target, Changed]]:
    """Every corrected set of steps by target, of the indicator or of all, oldest first."""
    rows = PolicyChange.objects.filter(kind=ChangeKind.STEPS, state=RevisionState.APPLIED)
    changes = list(rows.select_related("policy"))
    named = named_in(changes)
    return [
        (change, target, changed)
        for change in changes
        for target, changed in _steps_by_target(change, named)
        if not indicator or target.indicator == indicator
    ]


def title_of(change: PolicyChange) -> str:
    """What the change is about, as lists of things to do name it."""
    kind = ChangeKind(change.kind).label
    about = f"第 {change.subject} 项" if change.kind == ChangeKind.TASK else ""
    return f"{change.policy.number}　{about}{kind}"


def _steps(change: PolicyChange, named: Named) -> list[Changed]:
    return [changed for _, changed in _steps_by_target(change, named)]


def _steps_by_target(change: PolicyChange, named: Named) -> list[tuple[Target, Changed]]:
    return [
        (
            target,
            Changed(
                f"“{target.wording}”的阶段目标",
                _step_words(target, change.before[code]),
                _step_words(target, change.after[code]),
            ),
        )
        for code, target in named.targets.items()
        if code in change.after
    ]


def _step_words(target: Target, steps: Sequence[Sequence[str]]) -> str:
    first = readings_of(target.indicator)[0]
    return (
        "、".join(f"{day} {threshold_number(Decimal(number), first)}" for day, number in steps)
        or NOTHING
    )


def _end(change: PolicyChange, named: Named) -> list[Changed]:
    before, after = change.before, change.after

    def words(end: Values) -> tuple[str, str, str, str]:
        return (
            str(ValidityStatus(end["status"]).label),
            end["from_day"] or "未写明",
            named.numbers.get(end["superseded_by"], NOTHING),
            end["seen_on"],
        )

    labels = ("时效", "自哪天起", "取代它的文件", "查得的日期")
    return [Changed(*one) for one in zip(labels, words(before), words(after), strict=True)]


def _task(change: PolicyChange, named: Named) -> list[Changed]:
    before, after = change.before, change.after

    def words(task: Values) -> tuple[str, str, str]:
        main, support = ("、".join(task[side]) or NOTHING for side in ("main", "support"))
        return (str(TaskMode(task["mode"]).label), main, support)

    labels = ("责任形式", "主责部门", "配合部门")
    return [Changed(*one) for one in zip(labels, words(before), words(after), strict=True)]


WORDS: Mapping[ChangeKind, Callable[[PolicyChange, Named], list[Changed]]] = {
    ChangeKind.STEPS: _steps,
    ChangeKind.END: _end,
    ChangeKind.TASK: _task,
}


def from_day_of(change: PolicyChange) -> date | None:
    """The day an end would begin, where it names one."""
    text = change.after.get("from_day")
    return date.fromisoformat(text) if text else None
