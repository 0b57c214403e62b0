"""The signed addresses in a mail: confirm, unsubscribe, and the page a mail is about."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.urls import reverse

from targets.models import Paper, ReportSubscription

CONFIRM, UNSUBSCRIBE = "report-subscription-confirm", "report-subscription-unsubscribe"
CONFIRM_WITHIN = timedelta(days=7)


def confirm_url(subscription: ReportSubscription) -> str:
    """Where the address is confirmed, good for seven days."""
    return _absolute(CONFIRM, signing.dumps(subscription.uid.hex, salt=CONFIRM))


def unsubscribe_url(subscription: ReportSubscription) -> str:
    """Where the subscription is ended without signing in, good for ever."""
    return _absolute(UNSUBSCRIBE, signing.dumps(subscription.uid.hex, salt=UNSUBSCRIBE))


def paper_url(paper: Paper) -> str:
    return _absolute("paper-detail", paper.uid)


def home_url() -> str:
    return f"{settings.PORTAL_URL}{reverse('home')}"


def subscription_in(token: str, purpose: str) -> ReportSubscription | None:
    """The subscription a link is about; None where it is not ours, or too old to confirm."""
    oldest = CONFIRM_WITHIN if purpose == CONFIRM else None
    try:
        uid = UUID(hex=signing.loads(token, salt=purpose, max_age=oldest))
    except (signing.BadSignature, ValueError, TypeError, AttributeError):
        return None
    return ReportSubscription.objects.select_related("region").filter(uid=uid).first()


def _absolute(name: str, *args: object) -> str:
    return f"{settings.PORTAL_URL}{reverse(name, args=args)}"
