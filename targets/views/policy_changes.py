"""After publication: end or supersede a policy, confirm it, correct its targets."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from targets.forms.policy_changes import ConfirmForm, DecisionForm, EndForm, RevisionForm
from targets.indicators.catalogue import readings_of
from targets.models import (
    Confirmation,
    EntryState,
    PolicyDocument,
    RevisionState,
    TargetRevision,
)
from targets.policies.actions_published import check_end, confirm_rows, propose_end
from targets.policies.actions_revise import decide_revision, propose_revision
from targets.policies.ending import consequences
from targets.policies.revisions import changes_of, effects_of
from targets.policies.rights import may_review, require_either
from targets.presenters import threshold_text
from targets.regions import columns_of, top_region, visible_regions
from targets.results import latest_run
from targets.views.policies import NO_POLICY, policy_of
from targets.views.policy_drafts import EITHER
from yiyang.access.decorators import requires
from yiyang.access.http import ActorRequest
from yiyang.access.roles import Permission
from yiyang.posting import done, form_page, posted

DOCUMENT = "document"
NO_TARGET = "这份政策没有这项目标；请从政策页面进入。"
NO_REVISION = "没有这份更正；请从政策页面进入。"
END_PROPOSED = "时效的更改已提出，等市卫健审核；在此之前目标表照旧。"
PROPOSED = "更正已提出，等市卫健审核；在此之前仍照原来的判定。"
APPLIED = "更正已生效：口径自今天的统计日起改判，目标值与到期日各统计日都照更正后的；表下有脚注。"
REFUSED = "已记下不同意；目标照旧。"


@require_http_methods(EITHER)
@requires(Permission.MANAGE_POLICIES)
def policy_end(request: ActorRequest, slug: str) -> HttpResponseBase:
    """Say how the policy ended; the first post shows what follows, the second proposes it."""
    policy = published_policy(request, slug)
    others = PolicyDocument.objects.published().exclude(pk=policy.pk).order_by("-signed_on")
    initial = {
        "status": policy.status,
        "from_day": policy.repealed_on,
        "superseded_by": policy.superseded_by_id,
        "seen_on": request.actor.day,
    }
    form = EndForm(posted(request), others=others, initial=initial)

    def enter() -> HttpResponseBase:
        values = {name: form.cleaned_data[name] for name in form.fields if name != "agreed"}
        if not form.cleaned_data["agreed"]:
            return _ask(request, policy, form, values)
        change = propose_end(by=request.actor, policy=policy, **values)
        messages.success(request, END_PROPOSED)
        return redirect("policy-change", change.pk)

    return done(form, enter) or form_page(
        request, "targets/policy_end.html", form, {"policy": policy}
    )


def _ask(
    request: ActorRequest, policy: PolicyDocument, form: EndForm, values: dict[str, Any]
) -> HttpResponseBase:
    """What follows from the end, to be confirmed."""
    check_end(
        policy,
        values["status"],
        values["superseded_by"],
        values["from_day"],
        seen_on=values["seen_on"],
        today=request.actor.day,
    )
    told = consequences(policy, values["status"], values["from_day"])
    context = {"policy": policy, "form": form, "told": told, "values": values}
    return render(request, "targets/policy_end_confirm.html", context)


@require_http_methods(EITHER)
@requires(Permission.VIEW_TARGETS)
def policy_confirm(request: ActorRequest, slug: str) -> HttpResponseBase:
    """Tick what has been compared with the original."""
    require_either(request.actor)
    policy = published_policy(request, slug)
    targets = {
        target.code: target
        for target in policy.targets.filter(confirmation=Confirmation.UNCONFIRMED)
    }
    choices = [(code, target.wording) for code, target in targets.items()]
    if policy.confirmation == Confirmation.UNCONFIRMED:
        choices.insert(0, (DOCUMENT, "文件本身：文号、标题、发文机关、日期与时效"))
    form = ConfirmForm(posted(request), choices=choices)

    def enter() -> HttpResponseBase:
        picked = form.cleaned_data["rows"]
        confirm_rows(
            by=request.actor,
            policy=policy,
            has_document=DOCUMENT in picked,
            targets=[targets[code] for code in picked if code in targets],
            ground=form.cleaned_data["ground"],
        )
        messages.success(request, f"已核实 {len(picked)} 项，核实人与日期列在政策页面上。")
        return redirect("policy-detail", slug)

    context = {"policy": policy, "has_rows": bool(choices)}
    return done(form, enter) or form_page(request, "targets/policy_confirm.html", form, context)


@require_http_methods(EITHER)
@requires(Permission.VIEW_TARGETS)
def policy_revise(request: ActorRequest, slug: str, code: str) -> HttpResponseBase:
    """Propose that a published target says something else."""
    require_either(request.actor)
    policy = published_policy(request, slug)
    target = policy.targets.filter(code=code).prefetch_related("revisions", "milestones").first()
    if target is None:
        raise Http404(NO_TARGET)
    readings = readings_of(target.indicator)
    initial: dict[str, Any] = {"judged_reading": target.judged_reading, "due_on": target.due_on}
    initial["wording"] = target.wording
    initial["threshold"] = threshold_text(target, readings[0])
    form = RevisionForm(posted(request), readings=readings, initial=initial)

    def enter() -> HttpResponseBase:
        revision = propose_revision(by=request.actor, target=target, **form.cleaned_data)
        messages.success(request, PROPOSED)
        return redirect("policy-revision", revision.pk)

    context = {"policy": policy, "target": target, "readings": readings}
    return done(form, enter) or form_page(request, "targets/policy_revise.html", form, context)


@require_http_methods(EITHER)
@requires(Permission.VIEW_TARGETS)
def policy_revision(request: ActorRequest, revision_id: int) -> HttpResponseBase:
    """A correction: what it changes and what would come of it; the city reviewer decides."""
    revision = _revision(request, revision_id)
    form = DecisionForm(posted(request))
    answer = done(form, lambda: _decided(request, revision, form))
    if answer is not None:
        return answer
    context = {
        "revision": revision,
        "policy": revision.target.policy,
        "changes": changes_of(revision),
        "may_decide": may_review(request.actor) and revision.state == RevisionState.PENDING,
        **_effects(request, revision),
    }
    return form_page(request, "targets/policy_revision.html", form, context)


def _decided(
    request: ActorRequest, revision: TargetRevision, form: DecisionForm
) -> HttpResponseBase:
    is_agreed = form.cleaned_data["decision"] == "agree"
    decide_revision(
        by=request.actor,
        revision=revision,
        is_agreed=is_agreed,
        answer=form.cleaned_data["answer"],
    )
    messages.success(request, APPLIED if is_agreed else REFUSED)
    return redirect("policy-detail", revision.target.policy.slug)


def _effects(request: ActorRequest, revision: TargetRevision) -> dict[str, Any]:
    run = latest_run()
    if run is None:
        return {}
    regions = columns_of(run, top_region(run, request.actor))
    seen = visible_regions(run, regions, request.actor)
    return {"run": run, "effects": effects_of(revision, run, seen, request.actor)}


def published_policy(request: ActorRequest, slug: str) -> PolicyDocument:
    """The policy once it is published; 404 before."""
    policy = policy_of(request, slug)
    if policy.entry_state != EntryState.PUBLISHED:
        raise Http404(NO_POLICY)
    return policy


def _revision(request: ActorRequest, revision_id: int) -> TargetRevision:
    revisions = TargetRevision.objects.visible_to(request.actor).select_related(
        "target__policy", "target__clause", "target__region", "proposed_by", "decided_by"
    )
    revision = revisions.filter(pk=revision_id).first()
    if revision is None:
        raise Http404(NO_REVISION)
    return revision
