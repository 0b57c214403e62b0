"""The pages anyone may read: the policies, one policy, and its table."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from targets.models import Confirmation, EntryState, PolicyDocument
from targets.policies.changes import policy_changes
from targets.policies.confirmations import confirmations
from targets.policies.listing import CURRENT, policy_tabs
from targets.policies.revisions import revisions_of
from targets.policies.rights import may_enter, may_review
from targets.policies.shown import history_of, target_facts, task_facts
from targets.policies.validity import validity_on
from targets.results import latest_run
from targets.tables.footnotes import footnotes_of
from targets.tables.table import target_table
from yiyang.access.decorators import requires
from yiyang.access.http import ActorRequest
from yiyang.access.roles import Permission

NO_POLICY = "没有这份政策文件，或还没有发布；请从政策文件列表里选择。"


@require_safe
@requires(Permission.VIEW_TARGETS)
def policy_list(request: ActorRequest) -> HttpResponse:
    """现行, 历史 and 待核实 policies on the day; drafts for those who work on them."""
    tabs = policy_tabs(request.actor)
    tab = tabs.get(request.GET.get("tab", ""), tabs[CURRENT])
    context = {
        "tabs": tabs.values(),
        "tab": tab,
        "day": request.actor.day,
        "may_enter": may_enter(request.actor),
    }
    return render(request, "targets/policy_list.html", context)


@require_safe
@requires(Permission.VIEW_TARGETS)
def policy_detail(request: ActorRequest, slug: str) -> HttpResponse:
    """One policy: facts, validity, clauses, targets, tasks, its chain and its history."""
    policy = policy_of(request, slug)
    targets = target_facts(policy, request.actor)
    context = {
        "policy": policy,
        "has_unconfirmed": Confirmation.UNCONFIRMED
        in {policy.confirmation, *(row.target.confirmation for row in targets)},
        "validity": validity_on(policy, request.actor.day),
        "day": request.actor.day,
        "supersedes": list(policy.supersedes.published()),
        "clauses": list(policy.clauses.order_by("position")),
        "targets": targets,
        "revisions": revisions_of(policy),
        "changes": policy_changes(policy),
        "tasks": task_facts(policy),
        "confirmed": confirmations(PolicyDocument, [policy.pk]).get(policy.pk),
        "history": history_of(policy),
        "may_enter": may_enter(request.actor),
        "may_review": may_review(request.actor),
        "is_draft": policy.entry_state == EntryState.DRAFT,
        "is_submitted": policy.entry_state == EntryState.SUBMITTED,
        "is_published": policy.entry_state == EntryState.PUBLISHED,
    }
    return render(request, "targets/policy_detail.html", context)


@require_safe
@requires(Permission.VIEW_TARGETS)
def policy_table(request: ActorRequest, slug: str) -> HttpResponse:
    """看它的表: the policy's targets held against the latest run, before and after publication."""
    policy = policy_of(request, slug)
    run = latest_run()
    context: dict[str, object] = {"policy": policy, "run": run}
    if run is not None:
        table = target_table(run, actor=request.actor, policy=policy)
        context |= {"table": table, "footnotes": footnotes_of(run)}
    context["may_publish"] = (
        may_review(request.actor) and policy.entry_state == EntryState.SUBMITTED
    )
    return render(request, "targets/policy_table.html", context)


def policy_of(request: ActorRequest, slug: str) -> PolicyDocument:
    """The policy under the slug, if the actor may see it; else 404."""
    policies = PolicyDocument.objects.visible_to(request.actor).select_related(
        "region", "superseded_by", "entered_by", "submitted_by", "released_by"
    )
    policy = policies.filter(slug=slug).first()
    if policy is None:
        raise Http404(NO_POLICY)
    return policy
