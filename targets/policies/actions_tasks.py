"""The verbs of entering a policy's tasks: who answers for what, under the printed names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError

from targets.ingest.bureaus import Directory
from targets.models import Bureau, PolicyDocument, PolicyTask, TaskBureau, TaskMode, TaskRole
from targets.policies.drafts import checked_save, next_position, own_draft, reason_of
from yiyang.access.scope import Actor
from yiyang.changelog.context import recorded
from yiyang.dated import checked_create

# 责任形式 → 主责部门的责任、主责部门须有几个、有无配合部门。
MAIN_ROLES: dict[str, str] = {
    TaskMode.LEAD_SUPPORT: TaskRole.LEAD,
    TaskMode.EACH: TaskRole.EACH,
    TaskMode.SOLE: TaskRole.SOLE,
    TaskMode.RESPONSIBLE_SUPPORT: TaskRole.SOLE,
}
WITHOUT_SUPPORT = (TaskMode.EACH, TaskMode.SOLE)


def add_task(
    *, by: Actor, policy: PolicyDocument, main: Sequence[str], support: Sequence[str], **facts: Any
) -> PolicyTask:
    """Append a task to a draft, its bureaus known by their names of the day it was signed."""
    with recorded(by=by, reason=reason_of(policy)):
        draft = own_draft(by, policy)
        parts = parts_named(draft, facts["mode"], main, support)
        place = next_position(draft.tasks.all())
        task = checked_create(PolicyTask, policy=draft, position=place, **facts)
        assert isinstance(task, PolicyTask)
        _write_parts(task, parts)
    return task


def correct_task(
    *, by: Actor, task: PolicyTask, main: Sequence[str], support: Sequence[str], **facts: Any
) -> None:
    """Write a task of a draft anew, its bureaus included."""
    with recorded(by=by, reason=reason_of(task.policy)):
        draft = own_draft(by, task.policy)
        parts = parts_named(draft, facts["mode"], main, support)
        checked_save(task, facts)
        TaskBureau.objects.filter(task=task).delete()
        _write_parts(task, parts)


Part = tuple[str, str, Bureau]


def _write_parts(task: PolicyTask, parts: Sequence[Part]) -> None:
    for position, (role, name, bureau) in enumerate(parts, start=1):
        checked_create(
            TaskBureau, task=task, bureau=bureau, role=role, position=position, printed_name=name
        )


def parts_named(
    policy: PolicyDocument, mode: str, main: Sequence[str], support: Sequence[str]
) -> list[Part]:
    """Role, printed name and bureau of everyone named; ValidationError says who cannot be."""
    _check_mode(mode, main, support)
    directory, bureaus = Directory(()), {bureau.code: bureau for bureau in Bureau.objects.all()}
    named = [(MAIN_ROLES[mode], name, "main") for name in main]
    named += [(TaskRole.SUPPORT.value, name, "support") for name in support]
    parts: list[Part] = []
    for role, name, field in named:
        codes = directory.codes(name, policy.signed_on)
        if not codes:
            raise ValidationError({field: _unknown(name, policy)})
        bureau = bureaus[min(codes)]
        if any(other.pk == bureau.pk for _, _, other in parts):
            raise ValidationError({field: f"“{name}”写了两次，请删去一处。"})
        parts.append((role, name, bureau))
    return parts


def _unknown(name: str, policy: PolicyDocument) -> str:
    return (
        f"{policy.signed_on}（成文日期）没有部门叫“{name[:30]}”；"
        "请照部门名录里那天的名称写，或先在部门名录里登记这个名称。"
    )


def _check_mode(mode: str, main: Sequence[str], support: Sequence[str]) -> None:
    if not main:
        raise ValidationError({"main": "请写明牵头、分别负责或单独负责的部门。"})
    if mode == TaskMode.EACH and len(main) == 1:
        raise ValidationError({"main": "分别负责至少两个部门；只有一个的，责任形式请选单独负责。"})
    if mode == TaskMode.SOLE and len(main) > 1:
        raise ValidationError({"main": "单独负责只写一个部门；几个的，责任形式请选分别负责。"})
    if mode in WITHOUT_SUPPORT and support:
        raise ValidationError({"support": "这种责任形式没有配合部门；请清空，或改责任形式。"})
    if mode == TaskMode.RESPONSIBLE_SUPPORT and not support:
        raise ValidationError({"support": "请写明配合部门；没有的，责任形式请选单独负责。"})
