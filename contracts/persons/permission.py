"""The account that acts, or a refusal in words."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied

from yiyang.access.decorators import FORBIDDEN
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor


def account_of(actor: Actor, *permissions: Permission) -> int:
    """The actor's account if its role carries all the permissions; else PermissionDenied."""
    if actor.user_id is None or not all(actor.may(permission) for permission in permissions):
        raise PermissionDenied(FORBIDDEN)
    return actor.user_id
