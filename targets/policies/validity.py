"""Whether a policy holds on a day, in words that say why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from targets.models import EntryState, PolicyDocument, ValidityStatus
from targets.presenters import Tone

IN_FORCE = Tone("有效", "good", "check")
UNSIGNED = Tone("尚未印发", "plain", "clock")
REPEALED = Tone("已失效", "plain", "circle")
SUPERSEDED = Tone("已被取代", "plain", "circle")
ENTRY_TONES = {
    EntryState.DRAFT: Tone("草稿", "warn", "clock"),
    EntryState.SUBMITTED: Tone("待发布", "warn", "clock"),
    EntryState.DISCARDED: Tone("已弃用", "plain", "circle"),
}


@dataclass(frozen=True, slots=True)
class Validity:
    """A word with its colour, and the reason."""

    tone: Tone
    why: str


def validity_on(policy: PolicyDocument, day: date) -> Validity:
    """What the policy is on `day`; the same answer as `PolicyQuerySet.in_force`."""
    if policy.entry_state != EntryState.PUBLISHED:
        return Validity(ENTRY_TONES[EntryState(policy.entry_state)], "还没有发布，不进目标表。")
    if day < policy.signed_on:
        return Validity(UNSIGNED, f"{policy.signed_on} 成文。")
    if policy.holds_on(day):
        return Validity(IN_FORCE, _until(policy))
    tone = SUPERSEDED if policy.status == ValidityStatus.SUPERSEDED else REPEALED
    return Validity(tone, _since(policy))


def _until(policy: PolicyDocument) -> str:
    if policy.status == ValidityStatus.IN_FORCE:
        return f"{policy.status_seen_on} 查得有效。"
    if policy.repealed_on is not None:
        return f"自 {policy.repealed_on} 起{policy.get_status_display()}。"
    if policy.last_due_on is None:
        return f"{policy.status_seen_on} 查得{policy.get_status_display()}，失效日期未写明。"
    return f"来源未写失效日期，按最后一项目标的到期日计，至 {policy.last_due_on} 有效。"


def _since(policy: PolicyDocument) -> str:
    if policy.repealed_on is not None:
        return f"自 {policy.repealed_on} 起{policy.get_status_display()}。"
    return f"来源未写失效日期，{policy.last_due_on}（最后一项目标的到期日）以后作历史目标。"
