"""Destroying personal data whose retention is over: planned by one, confirmed by another.

A person's data key is destroyed, and with it every sealed copy: in the record, in the change log
and, once the master keys have been changed, in old backups. Stored import sheets in which the
person stands are sealed with keys of their own and go first. Region, dates and sex stay, so every
figure of the past does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.db.models.functions import Now

from contracts.models import DestructionItem, DestructionPlan, RetentionGround
from contracts.retention import Due, due
from contracts.sheets import drop_sheets, latest_sheet, sought_among_sheets
from yiyang.access.models import User
from yiyang.access.roles import Permission
from yiyang.audit.kinds import EventKind, Outcome
from yiyang.audit.recording import record
from yiyang.changelog.context import recorded

NOT_MAKER = "只有市级卫健经办或审核可以制定销毁计划。"
NOT_CHECKER = "只有市级卫健审核可以确认销毁计划。"
SAME_PERSON = "销毁计划须由制定人以外的人确认。"
Say = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Destroyed:
    """What carrying out a plan did: who and what is gone, and who was spared as no longer due."""

    persons: int
    spared: tuple[UUID, ...]
    sheets: int = 0


def plan_destruction(*, by: User, as_of: date) -> DestructionPlan:
    """Write down who is due on `as_of`; nothing is destroyed. ValidationError when nobody is."""
    if not (_is_citywide(by) and {Permission.EDIT_HEALTH, Permission.REVIEW} & _permissions(by)):
        raise PermissionDenied(NOT_MAKER)
    found = due(as_of)
    if not found:
        raise ValidationError(f"截至 {as_of} 没有保存期满的个人信息，不必制定计划。")
    with recorded(by=by, reason="制定个人信息销毁计划"):
        plan = DestructionPlan.objects.create(as_of=as_of, made_by=by, made_at=Now())
        DestructionItem.objects.bulk_create(
            [DestructionItem(plan=plan, **_fields(one)) for one in found], batch_size=5000
        )
    return plan


def confirm_destruction(*, by: User, plan: DestructionPlan) -> None:
    """A second person lets the plan be carried out; ValidationError for the one who made it."""
    if not (_is_citywide(by) and Permission.REVIEW in _permissions(by)):
        raise PermissionDenied(NOT_CHECKER)
    if by.pk == plan.made_by_id:
        raise ValidationError(SAME_PERSON)
    with recorded(by=by, reason="确认个人信息销毁计划"):
        open_plan = DestructionPlan.objects.filter(pk=plan.pk, confirmed_by=None)
        if not open_plan.update(confirmed_by=by, confirmed_at=Now()):
            raise ValidationError(f"销毁计划 {plan.pk} 已经确认过。")


def carry_out(*, plan: DestructionPlan, as_of: date, say: Say = lambda _: None) -> Destroyed:
    """Destroy everyone on a confirmed plan who is still due; stopped half-way, it goes on.

    Each person is gone or untouched: one transaction each.
    """
    if not DestructionPlan.objects.filter(pk=plan.pk, confirmed_by__isnull=False).exists():
        raise ValidationError(f"销毁计划 {plan.pk} 还没有经另一人确认。")
    still_due = {one.person_id for one in due(as_of)}
    left = _left(plan)
    sought = sought_among_sheets([one.person_id for one in left if one.person_id in still_due])
    latest = latest_sheet()
    sheets = drop_sheets(plan, sought)
    done, spared = 0, []
    for item in left:
        if item.person_id in still_due:
            _destroy(item)
            done += 1
            say(done)
        elif hasattr(item.person, "data_key"):
            spared.append(item.person.uid)
    # 销毁进行时还可能有人上传：趁还记得找谁，再找一遍。
    sheets += drop_sheets(plan, sought, after=latest)
    DestructionPlan.objects.filter(pk=plan.pk, closed_at=None).update(closed_at=Now())
    return Destroyed(done, tuple(spared), sheets)


def resume_destruction(*, as_of: date) -> int:
    """Go on with every confirmed plan that was stopped half-way; how many persons are gone now."""
    plans = DestructionPlan.objects.unfinished().order_by("pk")
    return sum(carry_out(plan=plan, as_of=as_of).persons for plan in plans)


def _left(plan: DestructionPlan) -> list[DestructionItem]:
    # 主记录在前、重复记录在后：半途停下时，重复记录仍会随主记录到期。
    items = plan.items.filter(destroyed_at=None).select_related("person__data_key", "plan")
    return list(items.order_by("pk"))


def _destroy(item: DestructionItem) -> None:
    checker = item.plan.confirmed_by
    record(
        kind=EventKind.DESTROY,
        actor_id=None if checker is None else checker.pk,
        outcome=Outcome.ALLOWED,
        subject=f"person:{item.person.uid}",
        reason=RetentionGround(item.ground).label,
        details={"plan": item.plan_id},
    )
    with (
        recorded(by=checker, reason=f"销毁计划 {item.plan_id}"),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT contracts_destroy_person(%s)", [item.pk])


def _fields(one: Due) -> dict[str, object]:
    return {"person_id": one.person_id, "ground": one.ground, "since": one.since}


def _permissions(user: User) -> frozenset[Permission]:
    return user.definition.permissions if user.is_active else frozenset()


def _is_citywide(user: User) -> bool:
    return user.definition.whole_city
