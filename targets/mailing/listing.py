"""Subscriptions and mails as the pages list them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import OuterRef, Subquery

from targets.models import MailKind, MailState, ReportMail, ReportSubscription
from targets.models.mailing import ReportSubscriptionQuerySet
from yiyang.access.scope import Actor

MAILS_SHOWN = 200
SUBSCRIPTIONS_SHOWN = 500


@dataclass(frozen=True, slots=True)
class SubscriptionLine:
    """A subscription, its standing in a word, and how its last report fared."""

    subscription: ReportSubscription
    word: str
    is_warned: bool
    last: str


def own_subscriptions(actor: Actor) -> list[SubscriptionLine]:
    """The account's own that have not ended, newest first."""
    held = ReportSubscription.objects.visible_to(actor).open().filter(account=actor.user_id)
    return subscription_lines(held)


def subscription_lines(held: ReportSubscriptionQuerySet) -> list[SubscriptionLine]:
    """The lines of a queryset of subscriptions, in one query."""
    last = ReportMail.objects.filter(subscription=OuterRef("pk"), kind=MailKind.REPORT)
    newest = last.order_by("-paper__last_day", "-id")
    rows = held.select_related("region", "account").annotate(
        last_state=Subquery(newest.values("state")[:1]),
        last_on=Subquery(newest.values("paper__last_day")[:1]),
    )
    return [_line(row) for row in rows[:SUBSCRIPTIONS_SHOWN]]


def _line(row: ReportSubscription) -> SubscriptionLine:
    word, is_warned = _standing(row)
    state, day = getattr(row, "last_state", None), getattr(row, "last_on", None)
    last = f"{day} 的报告{MailState(state).label}" if state else "还没有寄过"
    return SubscriptionLine(row, word, is_warned, last)


def _standing(row: ReportSubscription) -> tuple[str, bool]:
    if row.ended_at is not None:
        return row.get_end_reason_display(), False
    if row.confirmed_at is None:
        return "待确认邮箱", True
    return ("已暂停", True) if row.paused_at is not None else ("在寄", False)
