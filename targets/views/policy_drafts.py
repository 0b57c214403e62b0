"""The pages that enter a policy step by step: its facts, clauses and tasks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.db import models
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from targets.forms.policies import ClauseForm, PolicyForm, TaskForm
from targets.models import EntryState, Milestone, PolicyDocument, TaskRole
from targets.plans.choices import plan_regions
from targets.policies.actions_draft import (
    add_clause,
    correct_clause,
    correct_draft,
    draft_policy,
    remove_part,
)
from targets.policies.actions_tasks import add_task, correct_task
from targets.views.policies import NO_POLICY, policy_of
from yiyang.access.decorators import requires
from yiyang.access.http import ActorRequest
from yiyang.access.roles import Permission
from yiyang.posting import done, form_page, posted

EITHER = ["GET", "HEAD", "POST"]
NO_PART = "草稿里没有这一项，可能已经删去；请回到政策页面。"
FACTS = (
    *("number", "title", "issuer", "signed_on", "published_on", "region", "status_seen_on"),
    "source_note",
)


@require_http_methods(EITHER)
@requires(Permission.MANAGE_POLICIES)
def policy_new(request: ActorRequest) -> HttpResponseBase:
    """Step 1: the facts of a new policy."""
    day = request.actor.day
    regions = plan_regions(request.actor)
    form = PolicyForm(posted(request), regions=regions, initial={"status_seen_on": day})

    def enter() -> HttpResponseBase:
        policy = draft_policy(by=request.actor, **form.cleaned_data)
        messages.success(request, "草稿已建立。接着录入条款、目标与任务。")
        return redirect("policy-detail", policy.slug)

    return done(form, enter) or form_page(request, "targets/policy_new.html", form, {})


@require_http_methods(EITHER)
@requires(Permission.MANAGE_POLICIES)
def policy_facts(request: ActorRequest, slug: str) -> HttpResponseBase:
    """Step 1 again: the facts of a draft."""
    policy = draft_of(request, slug)
    initial = {name: getattr(policy, name) for name in FACTS}
    initial["is_checked"] = policy.confirmation == "CONFIRMED"
    form = PolicyForm(posted(request), regions=plan_regions(request.actor), initial=initial)

    def correct(**fields: Any) -> None:
        correct_draft(by=request.actor, policy=policy, **fields)

    return _corrected(request, policy, form, "文件", correct)


@require_http_methods(EITHER)
@requires(Permission.MANAGE_POLICIES)
def policy_clause_new(request: ActorRequest, slug: str) -> HttpResponseBase:
    """Step 2: a clause; the next one may follow at once."""
    policy = draft_of(request, slug)
    form = ClauseForm(posted(request))

    def add(**fields: Any) -> str:
        add_clause(by=request.actor, policy=policy, **fields)
        return f"条款“{fields['reference']}”已录入。"

    return _appended(request, policy, form, "录入条款", "policy-clause-new", add)


@require_http_methods(EITHER)
@requires(Permission.MANAGE_POLICIES)
def policy_clause_edit(request: ActorRequest, slug: str, clause_id: int) -> HttpResponseBase:
    """A clause of a draft written anew."""
    policy = draft_of(request, slug)
    clause = part_of(policy.clauses.all(), pk=clause_id)
    initial = {"reference": clause.reference, "topic": clause.topic}
    form = ClauseForm(posted(request), initial=initial)

    def correct(**fields: Any) -> None:
        correct_clause(by=request.actor, clause=clause, **fields)

    return _corrected(request, policy, form, "改条款", correct)


@require_http_methods(EITHER)
@requires(Permission.MANAGE_POLICIES)
def policy_task_new(request: ActorRequest, slug: str) -> HttpResponseBase:
    """Step 4: a task with its bureaus; the next one may follow at once."""
    policy = draft_of(request, slug)
    number = policy.tasks.count() + 1
    form = TaskForm(posted(request), initial={"printed_number": number})

    def add(**fields: Any) -> str:
        add_task(by=request.actor, policy=policy, **fields)
        return f"任务“{fields['title']}”已录入。"

    return _appended(request, policy, form, "录入任务", "policy-task-new", add)


@require_http_methods(EITHER)
@requires(Permission.MANAGE_POLICIES)
def policy_task_edit(request: ActorRequest, slug: str, position: int) -> HttpResponseBase:
    """A task of a draft written anew."""
    policy = draft_of(request, slug)
    task = part_of(policy.tasks.all(), position=position)
    names: dict[bool, list[str]] = {True: [], False: []}
    for part in task.bureaus.order_by("position"):
        names[part.role == TaskRole.SUPPORT].append(part.printed_name)
    fields = ("title", "printed_number", "mode", "is_open_ended")
    initial = {name: getattr(task, name) for name in fields}
    initial |= {"main": "、".join(names[False]), "support": "、".join(names[True])}
    form = TaskForm(posted(request), initial=initial)

    def correct(**fields: Any) -> None:
        correct_task(by=request.actor, task=task, **fields)

    return _corrected(request, policy, form, "改任务", correct)


@require_http_methods(EITHER)
@requires(Permission.MANAGE_POLICIES)
def policy_part_remove(
    request: ActorRequest, slug: str, kind: str, part_id: int
) -> HttpResponseBase:
    """Ask, then take one clause, target, step or task out of a draft."""
    policy = draft_of(request, slug)
    rows: dict[str, models.QuerySet[Any]] = {
        "clause": policy.clauses.all(),
        "target": policy.targets.all(),
        "task": policy.tasks.all(),
        "milestone": Milestone.objects.filter(target__policy=policy),
    }
    if kind not in rows:
        raise Http404(NO_PART)
    part = part_of(rows[kind], pk=part_id)
    context = {
        "policy": policy,
        "part": part,
        "kind": part._meta.verbose_name,
        "shown": _called(part),
    }
    return _removed(request, policy, part, context)


def _removed(
    request: ActorRequest, policy: PolicyDocument, part: models.Model, context: dict[str, Any]
) -> HttpResponseBase:
    form = forms.Form(posted(request))

    def take_out() -> HttpResponseBase:
        remove_part(by=request.actor, policy=policy, part=part)
        messages.success(request, f"{context['kind']}已从草稿里删去。")
        return redirect("policy-detail", policy.slug)

    return done(form, take_out) or form_page(request, "targets/policy_remove.html", form, context)


def draft_of(request: ActorRequest, slug: str) -> PolicyDocument:
    """The draft under the slug; 404 when it is none any more."""
    policy = policy_of(request, slug)
    if policy.entry_state != EntryState.DRAFT:
        raise Http404(NO_POLICY)
    return policy


def _called(part: Any) -> str:
    """What the clerk knows the part by."""
    if isinstance(part, Milestone):
        return f"{part.due_on}"
    return str(getattr(part, "wording", part))


def part_of(rows: models.QuerySet[Any], **keys: object) -> Any:
    """The row of a draft; 404 when it is gone."""
    part = rows.filter(**keys).first()
    if part is None:
        raise Http404(NO_PART)
    return part


def _appended(
    request: ActorRequest,
    policy: PolicyDocument,
    form: forms.Form,
    title: str,
    address: str,
    add: Callable[..., str],
) -> HttpResponseBase:
    """Enter a part and say so; back to the same empty form where the next is to follow."""

    def enter() -> HttpResponseBase:
        messages.success(request, add(**form.cleaned_data))
        return redirect(address if request.POST.get("again") else "policy-detail", policy.slug)

    return done(form, enter) or _page(request, policy, form, title, may_repeat=True)


def _corrected(
    request: ActorRequest,
    policy: PolicyDocument,
    form: forms.Form,
    title: str,
    correct: Callable[..., None],
) -> HttpResponseBase:
    """Write a part anew; back to the policy."""

    def enter() -> HttpResponseBase:
        correct(**form.cleaned_data)
        return redirect("policy-detail", policy.slug)

    return done(form, enter) or _page(request, policy, form, title)


def _page(
    request: ActorRequest,
    policy: PolicyDocument,
    form: forms.Form,
    title: str,
    *,
    may_repeat: bool = False,
) -> HttpResponseBase:
    context = {"policy": policy, "title": title, "may_repeat": may_repeat}
    return form_page(request, "targets/policy_part_form.html", form, context)
