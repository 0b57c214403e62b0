"""The two pages a link in a mail leads to; whoever holds the mail may open them.

Nothing happens on opening: mail gateways open every link. Only the button does it.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from targets.mailing.actions import confirm_address
from targets.mailing.actions import unsubscribe as end_by_link
from targets.mailing.links import CONFIRM, UNSUBSCRIBE, subscription_in
from yiyang.access.http import asked_at

TEMPLATE = "targets/mailing/link.html"
GONE = 404


@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Agree that reports come to this mailbox."""
    return _page(request, token, CONFIRM, confirm_address)


@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """End the subscription the mail came by."""
    return _page(request, token, UNSUBSCRIBE, end_by_link)


def _page(request: HttpRequest, token: str, purpose: str, act: Callable[..., None]) -> HttpResponse:
    subscription = subscription_in(token, purpose)
    if subscription is None or (purpose == CONFIRM and subscription.ended_at is not None):
        return render(request, TEMPLATE, {"purpose": purpose, "is_gone": True}, status=GONE)
    is_done = request.method == "POST"
    if is_done:
        act(subscription=subscription, at=asked_at(request))
    context = {"purpose": purpose, "subscription": subscription, "is_done": is_done}
    return render(request, TEMPLATE, context)
