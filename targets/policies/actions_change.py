"""The verb that decides a change of a published policy, and the direct correction of its notes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.core.exceptions import ValidationError

from targets.models import ChangeKind, EntryState, PolicyChange, PolicyDocument, Target
from targets.policies.actions_published import apply_end
from targets.policies.actions_task_change import apply_task
from targets.policies.deciding import decide
from targets.policies.drafts import checked_save
from targets.policies.proposing import NOT_PUBLISHED
from targets.policies.rights import require_enterer
from targets.policies.steps import UNCHANGED, apply_steps
from yiyang.access.scope import Actor
from yiyang.changelog.context import recorded

APPLY: Mapping[str, Callable[[PolicyChange], None]] = {
    ChangeKind.STEPS: apply_steps,
    ChangeKind.END: apply_end,
    ChangeKind.TASK: apply_task,
}


def decide_change(*, by: Actor, change: PolicyChange, is_agreed: bool, answer: str = "") -> None:
    """Agree, and the policy changes at once; or refuse, with an answer."""
    decide(by=by, correction=change, is_agreed=is_agreed, answer=answer, apply=APPLY[change.kind])


def correct_notes(
    *, by: Actor, policy: PolicyDocument, source_note: str, notes: Mapping[Target, str], reason: str
) -> None:
    """Write the notes of a published policy anew: they explain, and judge nothing."""
    require_enterer(by)
    if policy.entry_state != EntryState.PUBLISHED:
        raise ValidationError(NOT_PUBLISHED)
    changed = {target: note for target, note in notes.items() if target.note != note}
    if policy.source_note == source_note and not changed:
        raise ValidationError(UNCHANGED)
    with recorded(by=by, reason=f"更正说明：{reason}"):
        if policy.source_note != source_note:
            checked_save(policy, {"source_note": source_note})
        for target, note in changed.items():
            checked_save(target, {"note": note})
