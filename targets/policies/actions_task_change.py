"""The verbs that correct a task of a published policy: its words at once, who answers by two."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError

from targets.models import (
    ChangeKind,
    EntryState,
    PolicyChange,
    PolicyTask,
    TaskBureau,
    TaskProgress,
    TaskReport,
    TaskRole,
)
from targets.policies.actions_tasks import Part, parts_named
from targets.policies.deciding import OVERTAKEN
from targets.policies.drafts import checked_save
from targets.policies.proposing import NOT_PUBLISHED, propose
from targets.policies.rights import require_enterer
from targets.policies.steps import UNCHANGED
from yiyang.access.scope import Actor
from yiyang.changelog.context import recorded
from yiyang.dated import checked_create

WORDS = ("title", "printed_number", "is_open_ended")
HAS_REPORTS = "“{name}”已有办理记录或材料，不能从任务里删去；责任变了的请改为配合。"


def correct_published_task(
    *,
    by: Actor,
    task: PolicyTask,
    mode: str,
    main: Sequence[str],
    support: Sequence[str],
    reason: str,
    **words: Any,
) -> PolicyChange | None:
    """Correct the words of a task at once; a changed responsibility is proposed and returned."""
    require_enterer(by)
    if task.policy.entry_state != EntryState.PUBLISHED:
        raise ValidationError(NOT_PUBLISHED)
    before, after = responsibility_of(task), {"mode": mode, "main": [*main], "support": [*support]}
    changed = {name: value for name, value in words.items() if getattr(task, name) != value}
    if before == after:
        if not changed:
            raise ValidationError(UNCHANGED)
        with recorded(by=by, reason=f"更正任务：{reason}"):
            checked_save(task, changed)
        return None
    if changed:
        raise ValidationError("短题、序号与责任请分两次更正：责任的更正要等另一人审核。")
    _check_removed(task, parts_named(task.policy, mode, main, support))
    return propose(
        by=by,
        policy=task.policy,
        kind=ChangeKind.TASK,
        subject=str(task.position),
        before=before,
        after=after,
        reason=reason,
    )


def responsibility_of(task: PolicyTask) -> dict[str, Any]:
    """Who answers for the task, as a change keeps it: the mode, and the printed names in order."""
    names: dict[bool, list[str]] = {True: [], False: []}
    for part in task.bureaus.order_by("position"):
        names[part.role == TaskRole.SUPPORT].append(part.printed_name)
    return {"mode": task.mode, "main": names[False], "support": names[True]}


def apply_task(change: PolicyChange) -> None:
    """Let those agreed to answer for the task; what bureaus have reported stays with their part."""
    task = change.policy.tasks.select_for_update().filter(position=int(change.subject)).first()
    if task is None or responsibility_of(task) != change.before:
        raise ValidationError(OVERTAKEN)
    wanted = change.after
    parts = parts_named(change.policy, wanted["mode"], wanted["main"], wanted["support"])
    _check_removed(task, parts)
    checked_save(task, {"mode": wanted["mode"]})
    held = {part.bureau_id: part for part in task.bureaus.all()}
    for position, (role, name, bureau) in enumerate(parts, start=1):
        values = {"role": role, "position": position, "printed_name": name}
        part = held.pop(bureau.pk, None)
        if part is None:
            checked_create(TaskBureau, task=task, bureau=bureau, **values)
        elif any(getattr(part, field) != value for field, value in values.items()):
            checked_save(part, values)
    TaskBureau.objects.filter(pk__in=[part.pk for part in held.values()]).delete()


def _check_removed(task: PolicyTask, parts: Sequence[Part]) -> None:
    """A bureau that has reported or claimed stays with the task."""
    kept = {bureau.pk for _, _, bureau in parts}
    removed = [part for part in task.bureaus.all() if part.bureau_id not in kept]
    for part in removed:
        reports = TaskReport.objects.filter(part=part)
        if reports.exists() or TaskProgress.objects.filter(part=part).exists():
            raise ValidationError(HAS_REPORTS.format(name=part.printed_name))
