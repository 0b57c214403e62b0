"""The pages of an account's own report subscriptions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from targets.forms.mailing import ChangeForm, SubscriptionForm
from targets.mailing.actions import (
    ask_again,
    change_subscription,
    end_subscription,
    pause_subscription,
    resume_subscription,
    subscribe,
)
from targets.mailing.listing import own_subscriptions
from targets.mailing.transport import is_set
from targets.models import EndReason, ReportSubscription, ReportThreshold
from yiyang.access.decorators import requires
from yiyang.access.http import ActorRequest, asked_at
from yiyang.access.roles import Permission
from yiyang.dated import messages_of
from yiyang.posting import UNPROCESSABLE, put_errors

LIST = "report-subscription-list"
NO_SUBSCRIPTION = "没有这个订阅，或不是您的；请从“我的订阅”里选择。"
SUBSCRIBED = "已订阅。确认邮件已排队寄往所填邮箱，请在七天内打开其中的链接确认。"
SUBSCRIBED_AT_ONCE = "已订阅。这个邮箱先前确认过，从下一份报告起寄。"


@require_safe
@requires(Permission.VIEW_TARGETS)
def subscription_list(request: ActorRequest) -> HttpResponse:
    """What the account is sent, and how the last mail of each fared."""
    context = {"subscriptions": own_subscriptions(request.actor), "is_set": is_set()}
    return render(request, "targets/mailing/subscription_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.VIEW_TARGETS)
def subscription_new(request: ActorRequest) -> HttpResponseBase:
    """Begin a subscription."""
    posted = request.POST if request.method == "POST" else None
    form = SubscriptionForm(posted, actor=request.actor)
    if form.is_valid():
        try:
            made = subscribe(by=request.actor, at=asked_at(request), **_entered(form))
        except ValidationError as error:
            put_errors(form, error)
        else:
            messages.success(request, SUBSCRIBED_AT_ONCE if made.confirmed_at else SUBSCRIBED)
            return redirect(LIST)
    return _form_page(request, "targets/mailing/subscription_new.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.VIEW_TARGETS)
def subscription_edit(request: ActorRequest, uid: UUID) -> HttpResponseBase:
    """Change when it is sent and what comes with it."""
    subscription = _own(request, uid)
    held = {"threshold": subscription.threshold, "has_workbook": subscription.has_workbook}
    form = ChangeForm(request.POST if request.method == "POST" else None, initial=held)
    if form.is_valid():
        try:
            change_subscription(by=request.actor, subscription=subscription, **_entered(form))
        except ValidationError as error:
            put_errors(form, error)
        else:
            messages.success(request, "已修改，从下一份报告起照新的条件寄。")
            return redirect(LIST)
    context = {"form": form, "subscription": subscription}
    return _form_page(request, "targets/mailing/subscription_edit.html", context)


@require_POST
@requires(Permission.VIEW_TARGETS)
def subscription_pause(request: ActorRequest, uid: UUID) -> HttpResponseBase:
    """Send nothing for the time being."""
    return _done(request, uid, pause_subscription, "已暂停；恢复以前的报告不会补寄。")


@require_POST
@requires(Permission.VIEW_TARGETS)
def subscription_resume(request: ActorRequest, uid: UUID) -> HttpResponseBase:
    """Send again."""
    return _done(request, uid, resume_subscription, "已恢复，从下一份报告起寄。")


@require_POST
@requires(Permission.VIEW_TARGETS)
def subscription_ask(request: ActorRequest, uid: UUID) -> HttpResponseBase:
    """Mail the link that confirms the address again."""
    return _done(request, uid, ask_again, "确认邮件已重新排队寄出。")


@require_POST
@requires(Permission.VIEW_TARGETS)
def subscription_end(request: ActorRequest, uid: UUID) -> HttpResponseBase:
    """Send it nothing any more."""

    def end(**given: Any) -> None:
        end_subscription(reason=EndReason.BY_ACCOUNT, **given)

    return _done(request, uid, end, "已退订。")


def _done(
    request: ActorRequest, uid: UUID, act: Callable[..., None], words: str
) -> HttpResponseBase:
    subscription = _own(request, uid)
    try:
        act(by=request.actor, subscription=subscription, at=asked_at(request))
    except ValidationError as error:
        messages.error(request, "；".join(messages_of(error)))
    else:
        messages.success(request, words)
    return redirect(LIST)


def _own(request: ActorRequest, uid: UUID) -> ReportSubscription:
    """The account's own subscription: an administrator of the system does not act for others."""
    held = ReportSubscription.objects.visible_to(request.actor)
    found = held.select_related("region").filter(account=request.actor.user_id, uid=uid).first()
    if found is None:
        raise Http404(NO_SUBSCRIPTION)
    return found


def _entered(form: ChangeForm) -> dict[str, Any]:
    return {**form.cleaned_data, "threshold": ReportThreshold(form.cleaned_data["threshold"])}


def _form_page(request: ActorRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    status = UNPROCESSABLE if context["form"].is_bound else 200
    return render(request, template, context, status=status)
