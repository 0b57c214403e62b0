"""The pages of what-if plans: list, draw up, steps, evaluate, save, compare."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import Form
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from targets.forms.plans import PlanForm, StepForm
from targets.models import Plan, PlanStatus, PlanStep, StepKind
from targets.plans.actions import (
    NOT_A_WRITER,
    NOT_THE_AUTHOR,
    add_step,
    draw_up_plan,
    may_write_plans,
    remove_step,
    save_plan,
)
from targets.plans.choices import offer_partners, offer_subjects, plan_regions
from targets.plans.evaluation import evaluate
from targets.plans.progress import step_lines
from targets.plans.promises import kept_figures, run_to_compare
from targets.plans.shown import kept_rows, rows_of
from yiyang.access.decorators import requires
from yiyang.access.http import ActorRequest
from yiyang.access.roles import Permission
from yiyang.posting import UNPROCESSABLE, posted

PLANS_SHOWN = 200
# 地址里用小写连字符的步骤名。
KINDS = {kind.value.lower().replace("_", "-"): kind for kind in StepKind}
NO_PLAN = "没有这份测算方案，或不在您的授权范围；请从方案列表里选择。"


@require_safe
@requires(Permission.VIEW_TARGETS)
def plan_list(request: ActorRequest) -> HttpResponse:
    """The plans of the regions the actor may see, newest first."""
    plans = Plan.objects.visible_to(request.actor).select_related("region", "author")
    context = {"plans": plans[:PLANS_SHOWN], "may_write": may_write_plans(request.actor)}
    return render(request, "targets/plan_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.VIEW_TARGETS)
def plan_new(request: ActorRequest) -> HttpResponseBase:
    """Draw up an empty plan."""
    if not may_write_plans(request.actor):
        raise PermissionDenied(NOT_A_WRITER)
    form = PlanForm(posted(request), actor=request.actor, initial=_asked_for(request))
    if request.method == "POST" and form.is_valid():
        try:
            plan = draw_up_plan(by=request.actor, **form.cleaned_data)
            return redirect("plan-detail", plan.pk)
        except ValidationError as error:
            form.add_error(None, error)
    return _form_page(request, "targets/plan_new.html", form, {})


@require_safe
@requires(Permission.VIEW_TARGETS)
def plan_detail(request: ActorRequest, plan_id: int) -> HttpResponse:
    """The plan's steps; with ?evaluate=1 what they would bring; once saved, what came of it."""
    plan = _plan(request, plan_id)
    context: dict[str, Any] = {
        "plan": plan,
        "lines": step_lines(plan, day=request.actor.day),
        "today": request.actor.day,
        "may_edit": _is_editable(request, plan),
        "kinds": [(slug, kind.label) for slug, kind in KINDS.items()],
    }
    if plan.status == PlanStatus.SAVED:
        run = run_to_compare(plan)
        kept = kept_figures(plan, run, request.actor)
        context |= {"run": run, "kept": kept_rows(kept, request.actor)}
    status = 200
    if request.GET.get("evaluate"):
        evaluated = _evaluated(request, plan)
        status = UNPROCESSABLE if "refused" in evaluated else status
        context |= evaluated
    return render(request, "targets/plan_detail.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.VIEW_TARGETS)
def plan_step_new(request: ActorRequest, plan_id: int, kind: str) -> HttpResponseBase:
    """Add a step: search, pick, enter the amount."""
    plan = _own_plan(request, plan_id)
    if kind not in KINDS:
        raise Http404("没有这一种步骤；请从方案页面里选择。")
    step_kind = KINDS[kind]
    context = {"plan": plan, "kind": step_kind, "slug": kind, **_search(request, plan, step_kind)}
    form = StepForm(
        posted(request),
        kind=step_kind,
        subjects=context["subjects"],
        partners=context["partners"],
    )
    if request.method == "POST" and form.is_valid():
        try:
            _add(request, plan, step_kind, form)
            return redirect("plan-detail", plan.pk)
        except ValidationError as error:
            form.add_error(None, error)
    return _form_page(request, "targets/plan_step_new.html", form, context)


@require_POST
@requires(Permission.VIEW_TARGETS)
def plan_step_remove(request: ActorRequest, plan_id: int, step_id: int) -> HttpResponseBase:
    """Take a step back out of the plan."""
    plan = _own_plan(request, plan_id)
    step = PlanStep.objects.filter(plan=plan, pk=step_id).select_related("plan").first()
    if step is None:
        raise Http404("方案里没有这一步，可能已经删去；请刷新方案页面。")
    try:
        remove_step(by=request.actor, step=step)
    except ValidationError as error:
        return _refused(request, plan, error)
    return redirect("plan-detail", plan.pk)


@require_POST
@requires(Permission.VIEW_TARGETS)
def plan_save(request: ActorRequest, plan_id: int) -> HttpResponseBase:
    """Keep the plan and what it promises."""
    plan = _own_plan(request, plan_id)
    try:
        save_plan(by=request.actor, plan=plan)
    except ValidationError as error:
        return _refused(request, plan, error)
    messages.success(request, "方案已保存；到统计日量度之后，这里会与实际结果对照。")
    return redirect("plan-detail", plan.pk)


def _plan(request: ActorRequest, plan_id: int) -> Plan:
    plans = Plan.objects.visible_to(request.actor).select_related("region", "author")
    plan = plans.filter(pk=plan_id).first()
    if plan is None:
        raise Http404(NO_PLAN)
    return plan


def _own_plan(request: ActorRequest, plan_id: int) -> Plan:
    plan = _plan(request, plan_id)
    if not may_write_plans(request.actor):
        raise PermissionDenied(NOT_A_WRITER)
    if plan.author_id != request.actor.user_id:
        raise PermissionDenied(NOT_THE_AUTHOR)
    return plan


def _is_editable(request: ActorRequest, plan: Plan) -> bool:
    is_own = plan.author_id == request.actor.user_id and may_write_plans(request.actor)
    return is_own and plan.status == PlanStatus.DRAFT


def _evaluated(request: ActorRequest, plan: Plan) -> dict[str, Any]:
    try:
        evaluation = evaluate(plan)
    except ValidationError as error:
        return {"refused": error.messages}
    return {"evaluation": evaluation, "rows": rows_of(evaluation, request.actor)}


def _search(request: ActorRequest, plan: Plan, kind: StepKind) -> dict[str, Any]:
    sought, partner_sought = request.GET.get("q", ""), request.GET.get("partner_q", "")
    partners = None
    if kind is StepKind.NEW_AGREEMENT:
        partners = offer_partners(request.actor, plan.as_of, partner_sought)
    return {
        "sought": sought,
        "partner_sought": partner_sought,
        "subjects": offer_subjects(kind, request.actor, plan.as_of, sought),
        "partners": partners,
    }


def _add(request: ActorRequest, plan: Plan, kind: StepKind, form: StepForm) -> None:
    add_step(
        by=request.actor,
        plan=plan,
        kind=kind,
        subject_id=form.cleaned_data["subject"],
        partner_id=form.cleaned_data.get("partner"),
        amount=form.cleaned_data.get("amount"),
    )


def _asked_for(request: ActorRequest) -> dict[str, Any]:
    """Region and day of the figure the plan starts from, where the address names them."""
    code = request.GET.get("region", "")
    region = plan_regions(request.actor).filter(code=code).first() if code.isdigit() else None
    return {"region": region, "as_of": request.GET.get("as_of", "")}


def _form_page(
    request: ActorRequest, template: str, form: Form, context: dict[str, Any]
) -> HttpResponse:
    status = UNPROCESSABLE if form.is_bound else 200
    return render(request, template, {**context, "form": form}, status=status)


def _refused(request: ActorRequest, plan: Plan, error: ValidationError) -> HttpResponse:
    context = {"plan": plan, "refused": error.messages}
    return render(request, "targets/plan_refused.html", context, status=UNPROCESSABLE)
