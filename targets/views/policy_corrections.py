"""The pages that correct what a published policy says, and let another person decide."""

from __future__ import annotations

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from targets.forms.policy_changes import DecisionForm
from targets.forms.policy_corrections import DaysForm, NotesForm, StepsForm, TaskCorrectionForm
from targets.models import (
    ChangeKind,
    EntryState,
    PolicyChange,
    PolicyDocument,
    RevisionState,
)
from targets.policies.actions_change import correct_notes, decide_change
from targets.policies.actions_task_change import (
    WORDS,
    correct_published_task,
    responsibility_of,
)
from targets.policies.changes import changes_in_words, from_day_of, title_of
from targets.policies.ending import Consequences, consequences
from targets.policies.rights import may_review, require_either
from targets.policies.steps import may_have_steps, propose_steps, write_steps
from targets.views.policies import NO_POLICY, policy_of
from targets.views.policy_changes import published_policy
from targets.views.policy_drafts import EITHER, part_of
from yiyang.access.decorators import requires
from yiyang.access.http import ActorRequest
from yiyang.access.roles import Permission
from yiyang.posting import done, form_page, posted

NO_CHANGE = "没有这份更正；请从政策页面进入。"
PROPOSED = "更正已提出，等市卫健审核；在此之前一切照旧。"
APPLIED = {
    ChangeKind.STEPS: "阶段目标已更正：各统计日都照更正后的判定序时，表下有脚注。",
    ChangeKind.END: "时效已登记，目标表按各统计日分列现行与历史。",
    ChangeKind.TASK: "任务的责任已更正；各部门报过的进展仍在。",
}
REFUSED = "已记下不同意；一切照旧。"


@require_http_methods(EITHER)
@requires(Permission.VIEW_TARGETS)
def policy_steps(request: ActorRequest, slug: str) -> HttpResponseBase:
    """The yearly steps of all targets in one grid: written to a draft, proposed once published."""
    require_either(request.actor)
    policy = policy_of(request, slug)
    is_published = policy.entry_state == EntryState.PUBLISHED
    if not is_published and policy.entry_state != EntryState.DRAFT:
        raise Http404(NO_POLICY)
    targets = [
        target
        for target in policy.targets.prefetch_related("milestones").order_by("position")
        if may_have_steps(target)
    ]
    days_form = DaysForm(request.GET)
    asked = days_form.cleaned_data["days"] if days_form.is_valid() else []
    held = {step.due_on for target in targets for step in target.milestones.all()}
    days = sorted({*asked, *held})
    form = StepsForm(posted(request), targets=targets, days=days, is_published=is_published)

    def enter() -> HttpResponseBase:
        if not is_published:
            write_steps(by=request.actor, policy=policy, steps=form.steps)
            messages.success(request, "阶段目标已写入草稿。")
            return redirect("policy-detail", slug)
        reason = form.cleaned_data["reason"]
        change = propose_steps(by=request.actor, policy=policy, steps=form.steps, reason=reason)
        messages.success(request, PROPOSED)
        return redirect("policy-change", change.pk)

    context = {"policy": policy, "days_form": days_form, "days": days, "is_published": is_published}
    return done(form, enter) or form_page(request, "targets/policy_steps.html", form, context)


@require_http_methods(EITHER)
@requires(Permission.MANAGE_POLICIES)
def policy_notes(request: ActorRequest, slug: str) -> HttpResponseBase:
    """How the document and its targets were read, written anew."""
    policy = published_policy(request, slug)
    targets = list(policy.targets.order_by("position"))
    initial = {"source_note": policy.source_note}
    form = NotesForm(posted(request), targets=targets, initial=initial)

    def enter() -> HttpResponseBase:
        correct_notes(
            by=request.actor,
            policy=policy,
            source_note=form.cleaned_data["source_note"],
            notes=form.notes,
            reason=form.cleaned_data["reason"],
        )
        messages.success(request, "说明已更正，改前改后列在政策页面的变更记录里。")
        return redirect("policy-detail", slug)

    told = "说明不影响判定，保存即生效；改前改后都留在变更记录里。"
    return done(form, enter) or _page(request, form, policy, "更正说明", told)


@require_http_methods(EITHER)
@requires(Permission.MANAGE_POLICIES)
def policy_task_correct(request: ActorRequest, slug: str, position: int) -> HttpResponseBase:
    """A task of a published policy: its words at once, who answers after a review."""
    policy = published_policy(request, slug)
    task = part_of(policy.tasks.select_related("policy"), position=position)
    held = responsibility_of(task)
    initial = {name: getattr(task, name) for name in WORDS} | {"mode": held["mode"]}
    initial |= {side: "、".join(held[side]) for side in ("main", "support")}
    form = TaskCorrectionForm(posted(request), initial=initial)

    def enter() -> HttpResponseBase:
        change = correct_published_task(by=request.actor, task=task, **form.cleaned_data)
        if change is None:
            messages.success(request, "任务已更正，改前改后列在政策页面的变更记录里。")
            return redirect("policy-detail", slug)
        messages.success(request, PROPOSED)
        return redirect("policy-change", change.pk)

    told = "短题、序号保存即生效；责任形式与部门的更正由另一位市卫健审核决定，请分两次提。"
    return done(form, enter) or _page(request, form, policy, "更正任务", told)


@require_http_methods(EITHER)
@requires(Permission.VIEW_TARGETS)
def policy_change(request: ActorRequest, change_id: int) -> HttpResponseBase:
    """A change of a published policy: before, after and what follows; the reviewer decides."""
    change = _change(request, change_id)
    form = DecisionForm(posted(request))
    answer = done(form, lambda: _decided(request, change, form))
    if answer is not None:
        return answer
    context = {
        "change": change,
        "title": title_of(change),
        "policy": change.policy,
        "changes": changes_in_words(change),
        "may_decide": may_review(request.actor) and change.state == RevisionState.PENDING,
        "told": _told(change),
    }
    return form_page(request, "targets/policy_change.html", form, context)


def _decided(request: ActorRequest, change: PolicyChange, form: DecisionForm) -> HttpResponseBase:
    is_agreed = form.cleaned_data["decision"] == "agree"
    decide_change(
        by=request.actor, change=change, is_agreed=is_agreed, answer=form.cleaned_data["answer"]
    )
    messages.success(request, APPLIED[ChangeKind(change.kind)] if is_agreed else REFUSED)
    return redirect("policy-detail", change.policy.slug)


def _told(change: PolicyChange) -> Consequences | None:
    if change.kind != ChangeKind.END:
        return None
    return consequences(change.policy, change.after["status"], from_day_of(change))


def _change(request: ActorRequest, change_id: int) -> PolicyChange:
    changes = PolicyChange.objects.visible_to(request.actor)
    change = (
        changes.select_related("policy", "proposed_by", "decided_by").filter(pk=change_id).first()
    )
    if change is None:
        raise Http404(NO_CHANGE)
    return change


def _page(
    request: ActorRequest, form: Form, policy: PolicyDocument, title: str, told: str
) -> HttpResponse:
    context = {"policy": policy, "title": title, "told": told}
    return form_page(request, "targets/policy_correct.html", form, context)
