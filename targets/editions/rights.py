"""Who proposes an edition and who publishes it."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied

from targets.policies.rights import may_review
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor

NOT_A_PROPOSER = "定版由市卫健经办提请；您的角色只能查看。"
NOT_A_PUBLISHER = "定版由市卫健审核发布；您的角色不能审核。"


def may_propose(actor: Actor) -> bool:
    """Whether the role prepares what the city publishes."""
    return actor.may(Permission.MANAGE_POLICIES) and actor.whole_city


def may_publish(actor: Actor) -> bool:
    """Whether the role checks what others prepared, for the whole city."""
    return may_review(actor)


def require_proposer(actor: Actor) -> None:
    if not may_propose(actor):
        raise PermissionDenied(NOT_A_PROPOSER)


def require_publisher(actor: Actor) -> None:
    if not may_publish(actor):
        raise PermissionDenied(NOT_A_PUBLISHER)
