"""The system administrator's page of the outbox: what did not go out, and who is sent what."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from targets.mailing.actions import acknowledge, send_again
from targets.mailing.listing import MAILS_SHOWN, subscription_lines
from targets.mailing.state import standing_at
from targets.mailing.transport import is_set
from targets.models import MailState, ReportMail, ReportSubscription
from yiyang.access.decorators import requires
from yiyang.access.http import ActorRequest, asked_at
from yiyang.access.roles import Permission
from yiyang.dated import messages_of

LIST = "report-mail-list"
NO_MAIL = "没有这封邮件；请从邮件页里选择。"
SENT_AGAIN = "已重新排队，一分钟内再寄，邮件编号不变。"
SEEN_TO = "已标为处理过，不再寄，也不再提醒。"


@require_safe
@requires(Permission.MANAGE_SYSTEM)
def mail_list(request: ActorRequest) -> HttpResponse:
    """Mails in trouble, what waits, the latest sent, and every subscription."""
    mails = ReportMail.objects.visible_to(request.actor).select_related(
        "subscription__account", "subscription__region", "paper", "acknowledged_by"
    )
    at = asked_at(request)
    waiting = mails.filter(state__in=[MailState.PENDING, MailState.SENDING])
    held = ReportSubscription.objects.visible_to(request.actor).open()
    context = {
        "standing": standing_at(at),
        "is_set": is_set(),
        "troubled": mails.troubled().order_by("id")[:MAILS_SHOWN],
        "waiting": waiting.order_by("due_at", "id")[:MAILS_SHOWN],
        "done": mails.settled().order_by("-done_at", "-id")[:MAILS_SHOWN],
        "subscriptions": subscription_lines(held),
        "in_doubt": MailState.IN_DOUBT,
    }
    return render(request, "targets/mailing/mail_list.html", context)


@require_POST
@requires(Permission.MANAGE_SYSTEM)
def mail_send(request: ActorRequest, uid: UUID) -> HttpResponseBase:
    """Send a mail in trouble once more, under the same Message-ID."""
    return _settled(request, uid, send_again, SENT_AGAIN)


@require_POST
@requires(Permission.MANAGE_SYSTEM)
def mail_acknowledge(request: ActorRequest, uid: UUID) -> HttpResponseBase:
    """Note that a mail in trouble has been seen to."""
    return _settled(request, uid, acknowledge, SEEN_TO)


def _settled(
    request: ActorRequest, uid: UUID, act: Callable[..., None], words: str
) -> HttpResponseBase:
    mail = ReportMail.objects.visible_to(request.actor).filter(uid=uid).first()
    if mail is None:
        raise Http404(NO_MAIL)
    try:
        act(by=request.actor, mail=mail, at=asked_at(request))
    except ValidationError as error:
        messages.error(request, "；".join(messages_of(error)))
    else:
        messages.success(request, words)
    return redirect(LIST)
