"""From draft to published policy: submit, send back, publish, give up."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from targets.forms.policy_changes import ReasonForm
from targets.models import PolicyDocument
from targets.policies.actions_publish import (
    discard_draft,
    publish_policy,
    send_back,
    submit_policy,
)
from targets.policies.rights import require_either
from targets.views.policies import policy_of
from targets.views.policy_drafts import EITHER, draft_of
from yiyang.access.decorators import requires
from yiyang.access.http import ActorRequest
from yiyang.access.roles import Permission
from yiyang.posting import done, form_page, posted

SUBMITTED = "已提交。请市卫健审核看过它的表以后发布；在此之前可以取回再改。"
PUBLISHED = "已发布。目标表现在就列出这份政策，今夜的量度照它判定。"
NO_LONGER_DRAFT = "草稿已弃用，原因记在变更记录里。"


@require_POST
@requires(Permission.MANAGE_POLICIES)
def policy_submit(request: ActorRequest, slug: str) -> HttpResponseBase:
    """Hand the draft to the reviewer."""
    policy = draft_of(request, slug)
    return _told(request, policy, SUBMITTED, lambda: submit_policy(by=request.actor, policy=policy))


@require_POST
@requires(Permission.REVIEW)
def policy_publish(request: ActorRequest, slug: str) -> HttpResponseBase:
    """Let it count; refused to who entered or submitted it."""
    policy = policy_of(request, slug)
    return _told(
        request, policy, PUBLISHED, lambda: publish_policy(by=request.actor, policy=policy)
    )


@require_http_methods(EITHER)
@requires(Permission.VIEW_TARGETS)
def policy_send_back(request: ActorRequest, slug: str) -> HttpResponseBase:
    """Return it to the draft, with the reason."""
    require_either(request.actor)
    policy, form = policy_of(request, slug), ReasonForm(posted(request))

    def enter() -> HttpResponseBase:
        send_back(by=request.actor, policy=policy, **form.cleaned_data)
        messages.success(request, "已退回草稿，原因列在政策页面上。")
        return redirect("policy-detail", slug)

    context = {"policy": policy, "title": "退回修改", "verb": "退回"}
    return done(form, enter) or form_page(request, "targets/policy_reason.html", form, context)


@require_http_methods(EITHER)
@requires(Permission.MANAGE_POLICIES)
def policy_discard(request: ActorRequest, slug: str) -> HttpResponseBase:
    """Give the draft up, with the reason."""
    policy, form = draft_of(request, slug), ReasonForm(posted(request))

    def enter() -> HttpResponseBase:
        discard_draft(by=request.actor, policy=policy, **form.cleaned_data)
        messages.success(request, NO_LONGER_DRAFT)
        return redirect("policy-list")

    context = {"policy": policy, "title": "弃用草稿", "verb": "弃用"}
    return done(form, enter) or form_page(request, "targets/policy_reason.html", form, context)


def _told(
    request: ActorRequest, policy: PolicyDocument, success: str, act: Callable[[], None]
) -> HttpResponseBase:
    """Do it and say so, or say why not, on the policy's page."""
    try:
        act()
        messages.success(request, success)
    except ValidationError as error:
        for told in error.messages:
            messages.error(request, told)
    return redirect("policy-detail", policy.slug)
