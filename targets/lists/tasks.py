"""The list of the tasks of policies: who answers, how far, by when."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, ClassVar

from django.db.models import CharField, Exists, F, Min, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Concat, LPad
from django.urls import reverse

from targets.bureau_names import BureauNames
from targets.models import (
    PolicyDocument,
    PolicyTask,
    TaskBureau,
    TaskMilestone,
    TaskMode,
    TaskState,
)
from targets.models.bureau_grants import bureaus_of
from targets.supervision.lights import WARNING, Light, thresholds_text
from targets.taskboard.board import ShownPart, ShownTask, board, board_of
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor
from yiyang.listing.filters import ListFilter, choice, offered, search
from yiyang.listing.register import Column, Register

Tasks = QuerySet[PolicyTask]
Board = Mapping[int, ShownTask]
DIGITS = 10
LIGHTS = tuple((one.value, one.label) for one in Light if one in WARNING)
STATE_TONES = {
    TaskState.NOT_STARTED: "none",
    TaskState.ONGOING: "plain",
    TaskState.CLAIMED: "warn",
    TaskState.DONE: "good",
}
LIGHT_TONES = {
    Light.UNDATED: "none",
    Light.NORMAL: "plain",
    Light.REMIND: "warn",
    Light.YELLOW: "warn",
    Light.RED: "bad",
    Light.OVERDUE: "bad",
    Light.PAUSED: "none",
    Light.ON_TIME: "good",
    Light.LATE: "bad",
}


def tasks_on(actor: Actor, day: date) -> Tasks:
    """Every task of a published policy, with its place as printed and its next day to sort by."""
    tasks = PolicyTask.objects.published().visible_to(actor).select_related("policy")
    ahead = TaskMilestone.objects.kept().filter(task=OuterRef("pk"), reached_on=None)
    return tasks.alias(
        place=Concat(
            Cast("policy__signed_on", CharField()), _padded("policy_id"), _padded("position")
        ),
        due=Subquery(ahead.order_by().values("task").values(first=Min("due_on"))),
    )


def _padded(name: str) -> LPad:
    return LPad(Cast(F(name), CharField()), DIGITS, Value("0"))


class TaskFilter(ListFilter):
    """Words, policy, bureau, mode, state and light; the state is today's."""

    is_dated: ClassVar[bool] = False
    q = search("查找", "任务短题")
    policy = offered("政策", method="by_policy")
    bureau = offered("部门", method="by_bureau")
    mode = choice("责任形式", TaskMode.choices)
    state = choice("状态", TaskState.choices, method="by_state")
    light = choice("期限", LIGHTS, method="by_light")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = BureauNames(self.day)
        policies = PolicyDocument.objects.published().visible_to(self.actor)
        with_tasks = policies.filter(Exists(PolicyTask.objects.filter(policy=OuterRef("pk"))))
        self.offer("policy", with_tasks.values_list("slug", "number"))
        self.offer("bureau", self.names.choices())

    def by_search(self, queryset: Tasks, name: str, value: str) -> Tasks:
        return queryset.filter(title__icontains=value.strip())

    def by_policy(self, queryset: Tasks, name: str, value: str) -> Tasks:
        return queryset.filter(policy__slug=value)

    def by_bureau(self, queryset: Tasks, name: str, value: str) -> Tasks:
        """Tasks the bureau answers for or supports, itself or for one it has succeeded."""
        answered = [pk for pk in self.names.names if self.names.heir(pk) == int(value)]
        parts = TaskBureau.objects.filter(task=OuterRef("pk"), bureau__in=answered)
        return queryset.filter(Exists(parts))

    def by_state(self, queryset: Tasks, name: str, value: str) -> Tasks:
        return self._where(queryset, lambda row: row.state.value == value)

    def by_light(self, queryset: Tasks, name: str, value: str) -> Tasks:
        return self._where(queryset, lambda row: row.light.value == value)

    def _where(self, queryset: Tasks, fits: Callable[[ShownTask], bool]) -> Tasks:
        """State and light are told by the board alone, whose tasks are few."""
        rows = board(queryset.order_by(), self.day)
        return queryset.filter(pk__in=[row.task.pk for row in rows if fits(row)])


def board_around(rows: Sequence[PolicyTask], actor: Actor, day: date) -> Board:
    return {shown.task.pk: shown for shown in board_of(rows, day)}


def own_bureau(actor: Actor) -> str:
    """A liaison begins with its own bureau's tasks."""
    if not actor.may(Permission.UPDATE_TASKS):
        return ""
    names = BureauNames(actor.day)
    own = sorted({names.heir(pk) for pk in bureaus_of(actor.user_id, actor.day)})
    return f"bureau={own[0]}" if own else ""


def part_words(part: ShownPart) -> str:
    """牵头 民政局（原文：民政部门） 进行中 60%."""
    words = [part.role.label, part.bureau.name]
    if part.bureau.printed:
        words[1] += f"（原文：{part.bureau.printed}）"
    if part.state is not TaskState.NOT_STARTED:
        words.append(part.state.label)
    if part.percentage is not None:
        words.append(f"{part.percentage}%")
    return " ".join(str(word) for word in words)


def bureau_words(shown: ShownTask) -> str:
    lines = [part_words(part) for part in shown.parts]
    return "\n".join([*lines, "等部门"] if shown.task.is_open_ended else lines)


def number_words(row: PolicyTask) -> str:
    """The printed number; with its line where the two differ."""
    if row.printed_number == row.position:
        return str(row.printed_number)
    return f"{row.printed_number}（第 {row.position} 行）"


def done_words(shown: ShownTask) -> str:
    done, of = shown.done_parts
    return f"{done}/{of}" if of else ""


def last_report(parts: Iterable[ShownPart]) -> str:
    return max((str(part.reported_on) for part in parts if part.reported_on), default="")


C = Column[PolicyTask, Board]
TASKS = Register(
    code="tasks",
    title="任务台账",
    unit="项",
    url_name="task-list",
    permission=Permission.VIEW_TARGETS,
    rows=tasks_on,
    filterset=TaskFilter,
    columns=(
        C(
            "title",
            "任务",
            lambda row, _: row.title,
            link=lambda row, _: reverse("task-detail", args=[row.pk]),
        ),
        C("number", "原序号", lambda row, _: number_words(row), sort="place"),
        C("policy", "文件", lambda row, _: row.policy.number),
        C("mode", "责任形式", lambda row, _: row.get_mode_display(), sort="mode"),
        C("parts", "责任部门", lambda row, around: bureau_words(around[row.pk]), is_long=True),
        C(
            "state",
            "状态",
            lambda row, around: str(around[row.pk].state.label),
            tone=lambda row, around: STATE_TONES[around[row.pk].state],
        ),
        C("done", "完成部门", lambda row, around: done_words(around[row.pk])),
        C(
            "milestone",
            "下一节点",
            lambda row, around: getattr(around[row.pk].milestone, "title", ""),
            is_long=True,
        ),
        C(
            "due",
            "完成期限",
            lambda row, around: str(getattr(around[row.pk].milestone, "due_on", "")),
            sort="due",
        ),
        C(
            "light",
            "期限状态",
            lambda row, around: str(around[row.pk].light.label),
            tone=lambda row, around: LIGHT_TONES[around[row.pk].light],
        ),
        C(
            "reported_on",
            "最近报告",
            lambda row, around: last_report(around[row.pk].parts),
            is_default=False,
        ),
    ),
    around=board_around,
    default_sort="number",
    note="政策附件里的各项任务，部门用今天的名称。没有设定节点的任务不会超期。",
    next_step="政策里还没有任务的，由市卫健经办在政策页录入。",
    template="targets/task_list.html",
    begins=own_bureau,
    is_cards=True,
    extras=lambda actor: {"lights": thresholds_text()},
)
