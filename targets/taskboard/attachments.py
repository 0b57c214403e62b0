"""The papers a bureau keeps with its part of a task."""

from __future__ import annotations

from django.db.models import Q
from django.urls import reverse

from targets.models import TaskPart, TaskState
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor
from yiyang.attachments.holders import Holder


def may_add_files(actor: Actor) -> bool:
    """Liaisons add files; their scope holds none but their own bureau's parts."""
    return actor.may(Permission.UPDATE_TASKS)


TASK_FILES = Holder(
    name="task-part",
    model=TaskPart,
    permission=Permission.VIEW_TARGETS,
    may_add=may_add_files,
    title=lambda part: f"任务“{part.task.title}”（{part.printed_name}）",
    address=lambda part: reverse("task-part", args=[part.task_id, part.pk]),
    over_by=lambda day: Q(progress__state=TaskState.DONE, progress__reported_on__lte=day),
)
