"""The button of a list that enters a new row, for those who may."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import reverse

from yiyang.access.roles import Permission
from yiyang.access.scope import Actor

Extra = Callable[[Actor], dict[str, Any]]


def entered_by(title: str, url_name: str, *permissions: Permission) -> Extra:
    """A register's extra: the way to enter a row, where the actor holds one of `permissions`."""

    def extra(actor: Actor) -> dict[str, Any]:
        may_enter = any(actor.may(permission) for permission in permissions)
        return {"entry": {"title": title, "address": reverse(url_name)} if may_enter else None}

    return extra
