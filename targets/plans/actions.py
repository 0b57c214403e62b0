"""The verbs of what-if plans: draw up, add and take back steps, save with what it promises."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max

from contracts.models import PartnershipAgreement
from institutions.models import Institution, Licence, Region
from targets.models import Plan, PlanFigure, PlanStatus, PlanStep, StepKind, Target
from targets.plans.choices import plan_regions
from targets.plans.evaluation import Evaluation, evaluate
from targets.plans.steps import suppose
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor
from yiyang.facts import FactQuerySet

MOST_STEPS = 50
WRITERS = (Permission.EDIT_HEALTH, Permission.EDIT_ELDERLY, Permission.REVIEW)
NOT_A_WRITER = "您的角色不能编制测算方案；如工作需要，请联系安全管理员调整角色。"
NOT_THE_AUTHOR = "只有编制人能改动自己的测算方案；要在此基础上测算，请自己另建一份。"
IS_SAVED = "方案已保存，设想的数字不再改动；要改步骤，请另建一份方案。"
NOT_YOURS = "没有这个对象，或不在您的授权范围；请从列表里选择。"


def may_write_plans(actor: Actor) -> bool:
    """Whether the role may draw up plans at all."""
    return actor.may(Permission.VIEW_TARGETS) and any(actor.may(right) for right in WRITERS)


def draw_up_plan(*, by: Actor, name: str, region: Region, as_of: date, note: str = "") -> Plan:
    """A new empty plan for a region the author may see."""
    if by.user_id is None or not may_write_plans(by):
        raise PermissionDenied(NOT_A_WRITER)
    if not plan_regions(by).filter(pk=region.pk).exists():
        raise ValidationError({"region": f"{region.name}不在您的授权范围；请从列表里选择区划。"})
    plan = Plan(name=name.strip(), region=region, as_of=as_of, author_id=by.user_id, note=note)
    plan.full_clean()
    plan.save(force_insert=True)
    return plan


@transaction.atomic
def add_step(
    *,
    by: Actor,
    plan: Plan,
    kind: StepKind,
    subject_id: int,
    partner_id: int | None = None,
    amount: Decimal | None = None,
) -> PlanStep:
    """Append a step after trying it on the registers; ValidationError says why it cannot be."""
    locked = _own_draft(by, plan)
    steps = list(locked.steps.order_by("position"))
    if len(steps) >= MOST_STEPS:
        raise ValidationError(f"一份方案最多 {MOST_STEPS} 步；请分成几份方案。")
    if any((s.kind, s.subject_id, s.partner_id) == (kind, subject_id, partner_id) for s in steps):
        raise ValidationError("方案里已有同一对象的这一步；要改数量，请先删去原来的一步。")
    last = locked.steps.aggregate(last=Max("position"))["last"] or 0
    step = PlanStep(
        plan=locked,
        position=last + 1,
        kind=kind,
        subject_id=subject_id,
        partner_id=partner_id,
        amount=amount,
    )
    _refuse_unseen(by, step)
    suppose([*steps, step], locked.as_of)
    step.full_clean()
    step.save(force_insert=True)
    return step


@transaction.atomic
def remove_step(*, by: Actor, step: PlanStep) -> None:
    """Take a step back out of a draft."""
    _own_draft(by, step.plan)
    PlanStep.objects.filter(pk=step.pk).delete()


def save_plan(*, by: Actor, plan: Plan) -> Evaluation:
    """Keep the plan with the figures it promises; it changes no more and is later held to them."""
    with transaction.atomic():
        _own_draft(by, plan)
    evaluation = evaluate(plan)
    if not evaluation.step_ids:
        raise ValidationError("方案还没有步骤；请先加一步再保存。")
    with transaction.atomic():
        locked = _own_draft(by, plan)
        steps = locked.steps.order_by("position").values_list("pk", flat=True)
        if tuple(steps) != evaluation.step_ids:
            raise ValidationError("方案的步骤刚被改动，请重新测算后再保存。")
        PlanFigure.objects.bulk_create(_figures(evaluation))
        Plan.objects.filter(pk=plan.pk).update(status=PlanStatus.SAVED)
    return evaluation


def _own_draft(by: Actor, plan: Plan) -> Plan:
    """The plan, locked against a second writer; refused unless it is the actor's own draft."""
    locked = Plan.objects.select_for_update().get(pk=plan.pk)
    if not may_write_plans(by):
        raise PermissionDenied(NOT_A_WRITER)
    if locked.author_id != by.user_id:
        raise PermissionDenied(NOT_THE_AUTHOR)
    if locked.status != PlanStatus.DRAFT:
        raise ValidationError(IS_SAVED)
    return locked


def _refuse_unseen(by: Actor, step: PlanStep) -> None:
    """A step may only be about records the author may see."""
    tables: dict[StepKind, FactQuerySet[Any]] = {
        StepKind.SIGN_AGREEMENT: PartnershipAgreement.objects.all(),
        StepKind.RENEW_LICENCE: Licence.objects.all(),
        StepKind.CHANGE_TARGET: Target.objects.published(),
    }
    subjects = tables.get(StepKind(step.kind), Institution.objects.all())
    _refuse_unless_visible(subjects, by, step.subject_id)
    if step.partner_id is not None:
        _refuse_unless_visible(Institution.objects.all(), by, step.partner_id)


def _refuse_unless_visible(rows: FactQuerySet[Any], by: Actor, pk: int) -> None:
    if not rows.visible_to(by).filter(pk=pk).exists():
        raise ValidationError(NOT_YOURS)


def _figures(evaluation: Evaluation) -> list[PlanFigure]:
    return [
        PlanFigure(
            plan=evaluation.plan,
            region=region,
            indicator=key[0],
            reading=key[1],
            numerator_before=before.numerator,
            denominator_before=before.denominator,
            numerator=after.numerator,
            denominator=after.denominator,
        )
        for key in evaluation.after
        for region in evaluation.regions
        for before in (evaluation.before[key][region.pk],)
        for after in (evaluation.after[key][region.pk],)
    ]
