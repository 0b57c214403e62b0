"""The pages that enter a draft's targets: the indicator picked, the demand, its yearly steps."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from targets.forms.policies import MilestoneForm, TargetForm
from targets.indicators.catalogue import CODES, readings_of
from targets.models import PolicyDocument, Target
from targets.plans.choices import plan_regions
from targets.policies.actions_draft import add_milestone, add_target, correct_target
from targets.presenters import threshold_number, threshold_text
from targets.views.policy_drafts import EITHER, draft_of, part_of
from yiyang.access.decorators import requires
from yiyang.access.http import ActorRequest
from yiyang.access.roles import Permission
from yiyang.posting import UNPROCESSABLE, done, form_page, posted

FACTS = ("clause", "wording", "due_on", "judged_reading", "has_upper_failure", "region", "note")


@require_http_methods(EITHER)
@requires(Permission.MANAGE_POLICIES)
def policy_target_new(request: ActorRequest, slug: str) -> HttpResponseBase:
    """Step 3: pick an indicator by its definition, then say what is asked of it."""
    policy = draft_of(request, slug)
    code = request.GET.get("indicator", "")
    if code not in CODES:
        context = {"policy": policy, "indicators": [readings_of(code) for code in CODES]}
        return render(request, "targets/policy_indicator.html", context)
    readings = readings_of(code)
    initial = {
        "judged_reading": readings[0].reading,
        "region": policy.region_id,
        "has_upper_failure": True,
        "clause": policy.clauses.order_by("-position").values_list("pk", flat=True).first(),
    }
    form = _target_form(request, policy, code, initial)

    def enter() -> HttpResponseBase:
        target = add_target(by=request.actor, policy=policy, indicator=code, **form.cleaned_data)
        messages.success(request, f"目标“{target.wording}”已录入；有阶段目标的请接着写。")
        return redirect("policy-target-edit", slug, target.code)

    context = {"policy": policy, "readings": readings}
    return done(form, enter) or form_page(request, "targets/policy_target_new.html", form, context)


@require_http_methods(EITHER)
@requires(Permission.MANAGE_POLICIES)
def policy_target_edit(request: ActorRequest, slug: str, code: str) -> HttpResponseBase:
    """A target of a draft written anew, with its yearly steps."""
    policy = draft_of(request, slug)
    target = part_of(policy.targets.all(), code=code)
    form = _target_form(request, policy, target.indicator, _as_typed(target))

    def enter() -> HttpResponseBase:
        correct_target(by=request.actor, target=target, **form.cleaned_data)
        return redirect("policy-detail", slug)

    return done(form, enter) or _target_page(request, policy, target, form)


@require_POST
@requires(Permission.MANAGE_POLICIES)
def policy_milestone_new(request: ActorRequest, slug: str, code: str) -> HttpResponseBase:
    """A yearly step towards a target of a draft."""
    policy = draft_of(request, slug)
    target = part_of(policy.targets.all(), code=code)
    form = MilestoneForm(request.POST, is_ratio=readings_of(target.indicator)[0].is_ratio)

    def enter() -> HttpResponseBase:
        day, number = form.cleaned_data["step_on"], form.cleaned_data["step"]
        add_milestone(by=request.actor, target=target, due_on=day, threshold=number)
        return redirect("policy-target-edit", slug, code)

    plain = _target_form(request, policy, target.indicator, _as_typed(target), is_posted=False)
    return done(form, enter) or _target_page(request, policy, target, plain, form)


def _target_form(
    request: ActorRequest,
    policy: PolicyDocument,
    code: str,
    initial: dict[str, Any],
    *,
    is_posted: bool = True,
) -> TargetForm:
    return TargetForm(
        posted(request) if is_posted else None,
        readings=readings_of(code),
        clauses=policy.clauses.order_by("position"),
        regions=plan_regions(request.actor),
        initial=initial,
    )


def _as_typed(target: Target) -> dict[str, Any]:
    """The target as its form shows it, the value written as a clerk would."""
    initial = {name: getattr(target, name) for name in FACTS}
    first = readings_of(target.indicator)[0]
    return initial | {"threshold": threshold_text(target, first)}


def _target_page(
    request: ActorRequest,
    policy: PolicyDocument,
    target: Target,
    form: TargetForm,
    step_form: MilestoneForm | None = None,
) -> HttpResponseBase:
    readings = readings_of(target.indicator)
    steps = [
        (step, threshold_number(step.threshold, readings[0])) for step in target.milestones.all()
    ]
    context = {
        "policy": policy,
        "target": target,
        "readings": readings,
        "form": form,
        "steps": steps,
        "step_form": step_form or MilestoneForm(is_ratio=readings[0].is_ratio),
    }
    is_refused = form.is_bound or step_form is not None
    status = UNPROCESSABLE if is_refused else 200
    return render(request, "targets/policy_target_edit.html", context, status=status)
