"""The list of what bureaus have reported on their parts of tasks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.urls import reverse

from targets.bureau_names import BureauNames
from targets.models import ReportKind, TaskReport
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor
from yiyang.listing.filters import ListFilter, a_day, choice, offered, search
from yiyang.listing.register import Column, Register

Reports = QuerySet[TaskReport]
KIND_TONES = {
    ReportKind.PROGRESS: "plain",
    ReportKind.CLAIM: "warn",
    ReportKind.CONFIRM: "good",
    ReportKind.RETURN: "bad",
    ReportKind.REOPEN: "warn",
}


def reports_on(actor: Actor, day: date) -> Reports:
    """The reports the actor may read, newest first by their number."""
    return TaskReport.objects.visible_to(actor).select_related("part__task__policy", "author")


class ProgressFilter(ListFilter):
    """Words, bureau, kind and days of reports."""

    is_dated: ClassVar[bool] = False
    q = search("查找", "任务短题")
    bureau = offered("部门", method="by_bureau")
    kind = choice("类型", ReportKind.choices)
    first = a_day("报告日期从", field="reported_on", lookup="gte")
    last = a_day("报告日期到", field="reported_on", lookup="lte")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = BureauNames(self.day)
        self.offer("bureau", self.names.choices())

    def by_search(self, queryset: Reports, name: str, value: str) -> Reports:
        return queryset.filter(part__task__title__icontains=value.strip())

    def by_bureau(self, queryset: Reports, name: str, value: str) -> Reports:
        answered = [pk for pk in self.names.names if self.names.heir(pk) == int(value)]
        return queryset.filter(part__bureau__in=answered)


def names_around(rows: Sequence[TaskReport], actor: Actor, day: date) -> BureauNames:
    return BureauNames(day)


C = Column[TaskReport, BureauNames]
PROGRESS = Register(
    code="progress",
    title="进展台账",
    unit="条",
    url_name="progress-list",
    permission=Permission.VIEW_TARGETS,
    rows=reports_on,
    filterset=ProgressFilter,
    columns=(
        C(
            "task",
            "任务",
            lambda row, _: row.part.task.title,
            link=lambda row, _: reverse("task-detail", args=[row.part.task_id]),
        ),
        C("bureau", "部门", lambda row, names: names.of_part(row.part).name),
        C("role", "责任", lambda row, _: row.part.get_role_display(), is_default=False),
        C(
            "kind",
            "类型",
            lambda row, _: row.get_kind_display(),
            sort="kind",
            tone=lambda row, _: KIND_TONES[ReportKind(row.kind)],
        ),
        C("text", "情况", lambda row, _: row.text, is_long=True),
        C("percentage", "完成比例（%）", lambda row, _: row.percentage, is_number=True),
        C("reported_on", "日期", lambda row, _: row.reported_on.isoformat(), sort="reported_on"),
        C("author", "报告人", lambda row, _: row.author.display_name),
        C("policy", "文件", lambda row, _: row.part.task.policy.number, is_default=False),
    ),
    around=names_around,
    default_sort="-reported_on",
    note="各部门联络员对任务报的进展、申报，和市卫健审核的确认、退回，逐条列出。",
    next_step="部门联络员在任务页面报进展；区里的账号看不到部门之间的报告。",
    is_cards=True,
)
