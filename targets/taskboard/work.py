"""What waits to be done about tasks, for the work list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse

from targets.bureau_names import BureauNames
from targets.models import PolicyTask, TaskMilestone, TaskProgress, TaskState
from targets.models.bureau_grants import bureaus_of
from targets.supervision.lights import WARNING, Light
from targets.taskboard.board import ShownTask, board
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor
from yiyang.asked import Asked
from yiyang.work import Severity, WorkGroup, WorkItem, WorkSource

SEVERITIES: Mapping[Light, Severity] = {
    Light.OVERDUE: Severity.OVERDUE,
    Light.RED: Severity.URGENT,
    Light.YELLOW: Severity.SOON,
    Light.REMIND: Severity.SOON,
}


# 提醒线以内的工作日，连长假在内也不会比这更远；真正的灯由板上算。
NEAR_BY = timedelta(days=60)


def lit_tasks(actor: Actor, day: date, asked: Asked) -> list[ShownTask]:
    """Tasks whose next milestone is near or past; a liaison's are those it answers for."""
    near = TaskMilestone.objects.kept().filter(reached_on=None, due_on__lte=day + NEAR_BY)
    tasks = PolicyTask.objects.published().visible_to(actor).filter(Exists(_of_task(near)))
    own = bureaus_of(actor.user_id, day) if actor.may(Permission.UPDATE_TASKS) else None
    return [
        row
        for row in board(tasks, day, asked=asked)
        if row.light in WARNING and (own is None or _is_open_for(row, own))
    ]


def _of_task(milestones: QuerySet[TaskMilestone]) -> QuerySet[TaskMilestone]:
    return milestones.filter(task=OuterRef("pk"))


def lit_items(actor: Actor, day: date, asked: Asked) -> list[WorkItem]:
    """The tasks, those whose milestone comes first before the others."""
    lit = lit_tasks(actor, day, asked)
    rows = [(row.milestone.due_on, row) for row in lit if row.milestone]
    return [
        WorkItem(
            text=f"{row.task.title}：{row.light.label}",
            url=reverse("task-detail", args=[row.task.pk]),
            due=due,
            severity=SEVERITIES[row.light],
        )
        for due, row in sorted(rows, key=lambda one: (one[0], one[1].task.pk))
    ]


def claimed_parts(actor: Actor) -> QuerySet[TaskProgress]:
    """Parts claimed done by somebody else, for the city's reviewer."""
    if not actor.whole_city:
        return TaskProgress.objects.none()
    claimed = TaskProgress.objects.visible_to(actor).filter(state=TaskState.CLAIMED)
    return claimed.exclude(claimed_by=actor.user_id)


def claimed_items(actor: Actor, day: date, asked: Asked) -> Sequence[WorkItem]:
    """The parts, those that have waited longest first."""
    claimed = claimed_parts(actor).select_related("part__task").order_by("reported_on", "pk")
    if not (rows := list(claimed)):
        return ()
    names = asked.once(BureauNames, day)
    return [
        WorkItem(
            text=f"{names.name(row.part.bureau_id)}：{row.part.task.title}",
            url=reverse("task-detail", args=[row.part.task_id]),
        )
        for row in rows
    ]


def _is_open_for(row: ShownTask, own: frozenset[int]) -> bool:
    return any(
        part.part.bureau_id in own and part.is_closing and part.state is not TaskState.DONE
        for part in row.parts
    )


def _lit(name: str, title: str, permission: Permission) -> WorkSource:
    return WorkSource(
        id=name,
        title=title,
        group=WorkGroup.TASK,
        order=30,
        permission=permission,
        everything=lit_items,
        hint="节点剩余工作日不多或已过期限；没有设节点的任务不在这里。",
    )


TASK_WORK = (
    _lit("tasks-own", "本部门任务节点临近或超期", Permission.UPDATE_TASKS),
    _lit("tasks-lit", "任务节点临近或超期", Permission.MANAGE_POLICIES),
    WorkSource(
        id="tasks-claimed",
        title="部门申报完成、待我确认的任务",
        group=WorkGroup.CHECK,
        order=30,
        permission=Permission.REVIEW,
        everything=claimed_items,
        hint="确认完成或写明原因退回。",
    ),
)
