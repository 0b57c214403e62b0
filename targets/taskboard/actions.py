"""The verbs of the task board: report on a part, confirm or return it, set and reach milestones."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError

from targets.models import (
    PolicyTask,
    ReportKind,
    TaskBureau,
    TaskMilestone,
    TaskProgress,
    TaskReport,
    TaskState,
)
from targets.models.bureau_grants import bureaus_of
from targets.models.taskboard import WHOLE
from targets.taskboard.states import CLOSING_ROLES, STEPS, Side, Step
from yiyang.access.decorators import FORBIDDEN
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor
from yiyang.changelog.context import recorded
from yiyang.dated import checked_create, void

LONGEST_TEXT = 2000
NOT_YOUR_BUREAU = "这一项不归您的部门；请安全管理员在账号页核对您的部门授权。"
NOT_THE_CHECKER = "完成情况由市卫健审核确认或退回；您的角色不能办理。"
SAME_PERSON = "完成须由申报人以外的人确认；请另一位市卫健审核办理。"


def report_part(
    *,
    by: Actor,
    part: TaskBureau,
    kind: ReportKind,
    text: str,
    percentage: int | None = None,
) -> TaskReport:
    """Say how a bureau's part stands and move it on; ValidationError says why it cannot be."""
    step = STEPS[kind]
    _refuse_unless_in_charge(by, part, step.side)
    _refuse_words(part, kind, step, text)
    with recorded(by=by, reason=f"任务{kind.label}"):
        progress = _locked(part)
        _refuse_state(progress, kind, step, by)
        report = checked_create(
            TaskReport,
            part=part,
            kind=kind,
            text=text.strip(),
            percentage=percentage,
            reported_on=by.day,
            author_id=by.user_id,
        )
        _move(progress, kind, step, by, percentage)
    assert isinstance(report, TaskReport)
    return report


def may_take(actor: Actor, part: TaskBureau, side: Side, own: frozenset[int]) -> bool:
    """Whether the actor is of the side: a liaison of the part's bureau, or the city's reviewer."""
    if side is Side.BUREAU:
        return actor.may(Permission.UPDATE_TASKS) and part.bureau_id in own
    return actor.may(Permission.REVIEW) and actor.whole_city


def set_milestone(*, by: Actor, task: PolicyTask, title: str, due_on: date) -> TaskMilestone:
    """Give a task a day by which something is to be done."""
    _refuse_unless_keeper(by)
    with recorded(by=by, reason="设定任务节点"):
        created = checked_create(TaskMilestone, task=task, title=title.strip(), due_on=due_on)
    assert isinstance(created, TaskMilestone)
    return created


def correct_milestone(
    *, by: Actor, milestone: TaskMilestone, title: str, due_on: date, reason: str
) -> None:
    """Write a milestone anew, with the reason; what it said stays in the history."""
    _refuse_unless_keeper(by)
    if not reason.strip():
        raise ValidationError("更正节点须写明原因。")
    if (milestone.title, milestone.due_on) == (title.strip(), due_on):
        raise ValidationError("没有改动：所填的与现在的一样。")
    with recorded(by=by, reason=f"更正任务节点：{reason.strip()}"):
        kept = TaskMilestone.objects.kept().filter(pk=milestone.pk)
        if not kept.update(title=title.strip(), due_on=due_on):
            raise ValidationError("这个节点已作废；请刷新页面查看。")


def reach_milestone(*, by: Actor, milestone: TaskMilestone, on: date) -> None:
    """Note the day a milestone was reached."""
    _refuse_unless_keeper(by)
    if on > by.day:
        raise ValidationError(f"达到日期 {on} 还没有到；请填今天或以前的日期。")
    with recorded(by=by, reason="任务节点达到"):
        open_ones = TaskMilestone.objects.kept().filter(reached_on=None)
        if not open_ones.filter(pk=milestone.pk).update(reached_on=on):
            raise ValidationError("这个节点已登记达到或已作废；请刷新页面查看。")


def void_milestone(*, by: Actor, milestone: TaskMilestone, reason: str) -> None:
    """Take a mistaken milestone back, with the reason."""
    _refuse_unless_keeper(by)
    void(by=by, fact=milestone, reason=reason)


def _refuse_unless_in_charge(by: Actor, part: TaskBureau, side: Side) -> None:
    own = bureaus_of(by.user_id, by.day) if side is Side.BUREAU else frozenset()
    if not may_take(by, part, side, own):
        raise PermissionDenied(NOT_YOUR_BUREAU if side is Side.BUREAU else NOT_THE_CHECKER)


def _refuse_words(part: TaskBureau, kind: ReportKind, step: Step, text: str) -> None:
    if step.closing_only and part.role not in CLOSING_ROLES:
        raise ValidationError("配合部门只报进展，由牵头（负责）部门申报完成。")
    if step.needs_text and not text.strip():
        raise ValidationError({"text": f"{kind.label}须写明情况。"})
    if len(text) > LONGEST_TEXT:
        raise ValidationError({"text": f"情况最多 {LONGEST_TEXT} 字，现有 {len(text)} 字。"})


def _locked(part: TaskBureau) -> TaskProgress:
    """The part's progress, held against a second writer."""
    TaskProgress.objects.get_or_create(part=part)
    return TaskProgress.objects.select_for_update().get(part=part)


def _refuse_state(progress: TaskProgress, kind: ReportKind, step: Step, by: Actor) -> None:
    state = TaskState(progress.state)
    if state not in step.starts:
        raise ValidationError(f"这一项现在是“{state.label}”，不能{kind.label}；请刷新页面查看。")
    if kind is ReportKind.CONFIRM and progress.claimed_by_id == by.user_id:
        raise ValidationError(SAME_PERSON)


def _move(
    progress: TaskProgress, kind: ReportKind, step: Step, by: Actor, percentage: int | None
) -> None:
    progress.state = step.ends
    progress.reported_on = by.day
    if percentage is not None:
        progress.percentage = percentage
    if kind is ReportKind.CLAIM:
        progress.claimed_by_id = by.user_id
    if kind is ReportKind.CONFIRM:
        progress.percentage = WHOLE
    progress.confirmed_by_id = by.user_id if kind is ReportKind.CONFIRM else None
    progress.full_clean()
    progress.save()


def _refuse_unless_keeper(by: Actor) -> None:
    if not by.may(Permission.MANAGE_POLICIES):
        raise PermissionDenied(FORBIDDEN)
