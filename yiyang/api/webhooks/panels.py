"""The subscriptions of an account, on its page."""

from __future__ import annotations

from typing import Any

from yiyang.access.models import User
from yiyang.access.panels import AccountPanel
from yiyang.access.scope import Actor
from yiyang.api.resources import read_scopes
from yiyang.api.webhooks.models import DeliveryState, Subscription


def subscriptions_panel(account: User, actor: Actor) -> dict[str, Any]:
    """Where the account's systems are told of changes, and how the last notice fared."""
    held = Subscription.objects.visible_to(actor).filter(token__user=account)
    titles = dict(read_scopes())
    rows: list[Any] = list(held.with_last_notice().select_related("token"))
    for row in rows:
        row.state_words = DeliveryState(row.last_state).label if row.last_state else ""
        row.resource_words = [titles.get(code, code) for code in row.resources]
    return {"subscriptions": rows}


SUBSCRIPTIONS = AccountPanel("subscriptions", "api/subscription_panel.html", subscriptions_panel)
