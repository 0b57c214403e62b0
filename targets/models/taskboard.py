"""How the tasks of a policy are coming along: state by bureau, reports, milestones."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from targets.models.bureau_grants import ByBureau
from targets.models.policies import PolicyTask, TaskBureau
from yiyang.access.fields import classify
from yiyang.access.scope import Everyone, ScopedQuerySet
from yiyang.facts import Fact, FactQuerySet

WHOLE = 100


class TaskState(models.TextChoices):
    NOT_STARTED = "NOT_STARTED", "未开始"
    ONGOING = "ONGOING", "进行中"
    CLAIMED = "CLAIMED", "待确认"
    DONE = "DONE", "已完成"


class TaskPart(TaskBureau):
    """A bureau's part as the holder of its papers: they are seen by that bureau and the city."""

    row_scope = ByBureau(("bureau",), ("task__policy__region",))
    objects: ClassVar = FactQuerySet.as_manager()

    class Meta:
        proxy = True
        verbose_name = verbose_name_plural = "任务责任部门"


class TaskProgress(models.Model):
    """Where a bureau's part of a task stands; a part without a row has not begun."""

    part = models.OneToOneField(TaskBureau, models.PROTECT, related_name="progress")
    state = models.CharField(
        "状态", max_length=12, choices=TaskState, default=TaskState.NOT_STARTED
    )
    percentage = models.PositiveSmallIntegerField("完成比例（%）", null=True, blank=True)
    reported_on = models.DateField("最近报告日期", null=True, blank=True)
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    row_scope = Everyone()
    field_classes: ClassVar = classify(
        internal=(
            *("id", "part", "state", "percentage", "reported_on", "claimed_by", "confirmed_by"),
        )
    )
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "任务进度"
        constraints = [
            models.CheckConstraint(
                condition=Q(state=TaskState.DONE, claimed_by__isnull=False)
                & Q(confirmed_by__isnull=False)
                | Q(state=TaskState.CLAIMED, claimed_by__isnull=False, confirmed_by=None)
                | Q(state__in=[TaskState.NOT_STARTED, TaskState.ONGOING], confirmed_by=None),
                name="targets_taskprogress_done_is_claimed_and_confirmed",
                violation_error_message="已完成须有部门申报和市卫健审核确认。",
            ),
            # 写成“空或不等于”：数据库把空值的比较结果当作通过。
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("claimed_by")),
                name="targets_taskprogress_two_persons",
                violation_error_message="完成须由申报人以外的人确认。",
            ),
            models.CheckConstraint(
                condition=Q(percentage=None) | Q(percentage__lte=WHOLE),
                name="targets_taskprogress_percentage",
                violation_error_message="完成比例应在 0 至 100 之间。",
            ),
        ]


class ReportKind(models.TextChoices):
    PROGRESS = "PROGRESS", "报进展"
    CLAIM = "CLAIM", "申报完成"
    CONFIRM = "CONFIRM", "确认完成"
    RETURN = "RETURN", "退回"
    REOPEN = "REOPEN", "重新办理"


class TaskReport(models.Model):
    """What was said of a bureau's part, when and by whom; append-only."""

    part = models.ForeignKey(TaskBureau, models.PROTECT, related_name="reports")
    kind = models.CharField("类型", max_length=10, choices=ReportKind)
    text = models.CharField("情况", max_length=2000, blank=True)
    percentage = models.PositiveSmallIntegerField("完成比例（%）", null=True, blank=True)
    reported_on = models.DateField("日期")
    reported_at = models.DateTimeField("时间", auto_now_add=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    row_scope = ByBureau(("part__task__bureaus__bureau",), ("part__task__policy__region",))
    field_classes: ClassVar = classify(
        internal=(
            *("id", "part", "kind", "text", "percentage", "reported_on", "reported_at", "author"),
        )
    )
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "任务报告"
        ordering = ["-id"]


class TaskMilestone(Fact):
    """A day by which part of a task is to be done; a task without one is never overdue."""

    task = models.ForeignKey(PolicyTask, models.PROTECT, related_name="milestones")
    title = models.CharField("节点", max_length=100)
    due_on = models.DateField("完成期限")
    reached_on = models.DateField("达到日期", null=True, blank=True)

    row_scope = Everyone()
    field_classes: ClassVar = classify(
        internal=("id", "task", "title", "due_on", "reached_on", "voided_at", "void_reason")
    )
    objects = FactQuerySet.as_manager()

    class Meta(Fact.Meta):
        verbose_name = verbose_name_plural = "任务节点"
        ordering = ["due_on", "id"]
        constraints = Fact.Meta.constraints

    def __str__(self) -> str:
        return self.title
