"""The pages of the task board beside its list: by bureau, one task with its reports."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from targets.forms.taskboard import MilestoneCorrectionForm, MilestoneForm, ReportForm
from targets.models import (
    PolicyTask,
    ReportKind,
    TaskMilestone,
    TaskPart,
    TaskReport,
)
from targets.models.bureau_grants import bureaus_of
from targets.supervision.lights import thresholds_text
from targets.taskboard.actions import (
    correct_milestone,
    may_take,
    reach_milestone,
    report_part,
    set_milestone,
    void_milestone,
)
from targets.taskboard.attachments import TASK_FILES
from targets.taskboard.board import ShownPart, ShownTask, board, by_bureau
from targets.taskboard.states import STEPS
from yiyang.access.decorators import requires
from yiyang.access.http import ActorRequest
from yiyang.access.roles import Permission
from yiyang.attachments.panel import attachments_panel
from yiyang.dated import messages_of
from yiyang.posting import UNPROCESSABLE, put_errors

NO_TASK = "没有这项任务；请从任务台账里点选。"


@dataclass(frozen=True, slots=True)
class PartBlock:
    """One part on the task's page: its reports and what the actor may do about it."""

    shown: ShownPart
    reports: list[TaskReport]
    form: ReportForm | None


@require_safe
@requires(Permission.VIEW_TARGETS)
def task_bureaus(request: ActorRequest) -> HttpResponse:
    """How much each bureau has to answer for, done and overdue."""
    lines = by_bureau(board(_tasks(request), request.actor.day))
    return render(request, "targets/task_bureaus.html", {"lines": lines})


@require_safe
@requires(Permission.VIEW_TARGETS)
def task_detail(request: ActorRequest, task_id: int) -> HttpResponse:
    """One task: its parts with reports, its milestones, and what the actor may do."""
    return _page(request, _shown(request, task_id))


@require_safe
@requires(Permission.VIEW_TARGETS)
def task_part(request: ActorRequest, task_id: int, part_id: int) -> HttpResponse:
    """One bureau's part by itself, with the papers it keeps."""
    shown = _shown(request, task_id)
    part = _part_of(shown, part_id)
    files = None
    if TaskPart.objects.visible_to(request.actor).filter(pk=part_id).exists():
        files = attachments_panel(TASK_FILES.name, part_id, request.actor)
    (block,) = _blocks(request, replace(shown, parts=(part,)), {})
    context = {"shown": shown, "alone": block, "files": files}
    return render(request, "targets/task_part_detail.html", context)


@require_POST
@requires(Permission.VIEW_TARGETS)
def task_report(request: ActorRequest, task_id: int, part_id: int) -> HttpResponseBase:
    """Report on a part, claim it done, confirm it or send it back."""
    shown = _shown(request, task_id)
    part = _part_of(shown, part_id)
    kinds = _kinds(request, part)
    if not kinds:
        raise PermissionDenied("这一项不由您办理，或现在的状态下没有可办的事；请回到任务页面查看。")
    form = ReportForm(request.POST, kinds=kinds)
    if form.is_valid():
        entered = dict(form.cleaned_data, kind=ReportKind(form.cleaned_data["kind"]))
        try:
            report_part(by=request.actor, part=part.part, **entered)
        except ValidationError as error:
            put_errors(form, error)
        else:
            messages.success(request, f"已{entered['kind'].label}。")
            return redirect("task-detail", task_id)
    return _page(request, shown, failed={part_id: form}, status=UNPROCESSABLE)


@require_POST
@requires(Permission.MANAGE_POLICIES)
def task_milestone_new(request: ActorRequest, task_id: int) -> HttpResponseBase:
    """Give a task a milestone."""
    shown, form = _shown(request, task_id), MilestoneForm(request.POST)
    if form.is_valid():
        try:
            set_milestone(by=request.actor, task=shown.task, **form.cleaned_data)
        except ValidationError as error:
            put_errors(form, error)
        else:
            messages.success(request, "节点已设定。")
            return redirect("task-detail", task_id)
    return _page(request, shown, milestone_form=form, status=UNPROCESSABLE)


@require_POST
@requires(Permission.MANAGE_POLICIES)
def task_milestone_correct(request: ActorRequest, milestone_id: int) -> HttpResponseBase:
    """Write a milestone anew, with the reason."""
    milestone, form = _milestone(request, milestone_id), MilestoneCorrectionForm(request.POST)
    refused: list[str] = [str(told) for errors in form.errors.values() for told in errors]
    try:
        if not refused:
            correct_milestone(by=request.actor, milestone=milestone, **form.cleaned_data)
            messages.success(request, "节点已更正，原来的写法留在变更记录里。")
    except ValidationError as error:
        refused = messages_of(error)
    if refused:
        messages.error(request, "；".join(refused))
    return redirect("task-detail", milestone.task_id)


@require_POST
@requires(Permission.MANAGE_POLICIES)
def task_milestone_reach(request: ActorRequest, milestone_id: int) -> HttpResponseBase:
    """Note the day a milestone was reached."""
    milestone = _milestone(request, milestone_id)
    try:
        day = _day(request.POST.get("reached_on", ""))
        reach_milestone(by=request.actor, milestone=milestone, on=day)
    except ValidationError as error:
        messages.error(request, "；".join(messages_of(error)))
    else:
        messages.success(request, "节点已登记达到。")
    return redirect("task-detail", milestone.task_id)


@require_POST
@requires(Permission.MANAGE_POLICIES)
def task_milestone_void(request: ActorRequest, milestone_id: int) -> HttpResponseBase:
    """Take a mistaken milestone back."""
    milestone, reason = _milestone(request, milestone_id), request.POST.get("reason", "")[:200]
    try:
        void_milestone(by=request.actor, milestone=milestone, reason=reason)
    except ValidationError as error:
        messages.error(request, "；".join(messages_of(error)))
    else:
        messages.success(request, "节点已作废。")
    return redirect("task-detail", milestone.task_id)


def _tasks(request: ActorRequest) -> Any:
    return PolicyTask.objects.published().visible_to(request.actor)


def _shown(request: ActorRequest, task_id: int) -> ShownTask:
    rows = board(_tasks(request).filter(pk=task_id), request.actor.day)
    if not rows:
        raise Http404(NO_TASK)
    return rows[0]


def _part_of(shown: ShownTask, part_id: int) -> ShownPart:
    part = next((one for one in shown.parts if one.part.pk == part_id), None)
    if part is None:
        raise Http404("这项任务里没有这个部门的责任；请从任务页面办理。")
    return part


def _kinds(request: ActorRequest, shown: ShownPart) -> list[ReportKind]:
    """What the actor may do about the part as it stands."""
    actor = request.actor
    own = bureaus_of(actor.user_id, actor.day)
    return [
        kind
        for kind, step in STEPS.items()
        if may_take(actor, shown.part, step.side, own)
        and shown.state in step.starts
        and (shown.is_closing or not step.closing_only)
    ]


def _page(
    request: ActorRequest,
    shown: ShownTask,
    *,
    failed: dict[int, ReportForm] | None = None,
    milestone_form: MilestoneForm | None = None,
    status: int = 200,
) -> HttpResponse:
    actor = request.actor
    context = {
        "shown": shown,
        "blocks": _blocks(request, shown, failed or {}),
        "milestones": TaskMilestone.objects.kept().visible_to(actor).filter(task=shown.task),
        "milestone_form": milestone_form or MilestoneForm(auto_id="milestone_%s"),
        "may_keep": actor.may(Permission.MANAGE_POLICIES),
        "sees_reports": actor.whole_city,
        "today": actor.day,
        "lights": thresholds_text(),
    }
    return render(request, "targets/task_detail.html", context, status=status)


def _blocks(
    request: ActorRequest, shown: ShownTask, failed: dict[int, ReportForm]
) -> list[PartBlock]:
    reports: dict[int, list[TaskReport]] = {}
    seen = TaskReport.objects.visible_to(request.actor).filter(part__task=shown.task)
    for report in seen.select_related("author"):
        reports.setdefault(report.part_id, []).append(report)
    blocks = []
    for part in shown.parts:
        pk, kinds = part.part.pk, _kinds(request, part)
        form = failed.get(pk) or (
            ReportForm(kinds=kinds, auto_id=f"part-{pk}_%s") if kinds else None
        )
        blocks.append(PartBlock(part, reports.get(pk, []), form))
    return blocks


def _milestone(request: ActorRequest, milestone_id: int) -> TaskMilestone:
    seen = TaskMilestone.objects.kept().visible_to(request.actor)
    milestone = seen.filter(pk=milestone_id).first()
    if milestone is None:
        raise Http404("没有这个节点，或已作废；请从任务页面办理。")
    return milestone


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ValidationError(f"“{text}”不是日期；请写成 2027-10-01。") from error
