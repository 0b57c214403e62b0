"""The policies of the list: 现行、历史、待核实 on a day, and drafts for who works on them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from targets.models import Confirmation, EntryState, PolicyDocument
from targets.policies.rights import may_enter, may_review
from targets.policies.validity import Validity, validity_on
from yiyang.access.scope import Actor

CURRENT, HISTORICAL, UNCONFIRMED, DRAFTS = "current", "historical", "unconfirmed", "drafts"
TABS = {CURRENT: "现行", HISTORICAL: "历史", UNCONFIRMED: "待核实", DRAFTS: "草稿与待发布"}


@dataclass(frozen=True, slots=True)
class PolicyLine:
    """One policy of the list."""

    policy: PolicyDocument
    validity: Validity
    targets: int
    tasks: int
    unconfirmed: int


@dataclass(frozen=True, slots=True)
class Tab:
    name: str
    title: str
    lines: tuple[PolicyLine, ...]


def policy_tabs(actor: Actor) -> dict[str, Tab]:
    """Every tab the actor may see, with its policies, newest first."""
    policies = (
        PolicyDocument.objects.visible_to(actor)
        .select_related("region", "superseded_by")
        .annotate(
            target_count=Count("targets", distinct=True),
            task_count=Count("tasks", distinct=True),
            unconfirmed_count=Count(
                "targets",
                distinct=True,
                filter=Q(targets__confirmation=Confirmation.UNCONFIRMED),
            ),
        )
        .order_by("-signed_on", "-id")
    )
    lines = [_line(policy, actor.day) for policy in policies]
    names = [name for name in TABS if name != DRAFTS or may_enter(actor) or may_review(actor)]
    return {name: Tab(name, TABS[name], tuple(_of(name, lines, actor.day))) for name in names}


def _line(policy: PolicyDocument, day: date) -> PolicyLine:
    counted = [getattr(policy, f"{name}_count") for name in ("target", "task", "unconfirmed")]
    return PolicyLine(policy, validity_on(policy, day), *counted)


def _of(name: str, lines: Iterable[PolicyLine], day: date) -> Iterable[PolicyLine]:
    for line in lines:
        is_published = line.policy.entry_state == EntryState.PUBLISHED
        is_past = not line.policy.holds_on(day) and line.policy.signed_on <= day
        belongs = {
            CURRENT: is_published and not is_past,
            HISTORICAL: is_published and is_past,
            UNCONFIRMED: is_published and _is_unconfirmed(line),
            DRAFTS: not is_published and line.policy.entry_state != EntryState.DISCARDED,
        }
        if belongs[name]:
            yield line


def _is_unconfirmed(line: PolicyLine) -> bool:
    return line.policy.confirmation == Confirmation.UNCONFIRMED or line.unconfirmed > 0
