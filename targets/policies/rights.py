"""Who enters policies and who checks them."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied

from yiyang.access.roles import Permission
from yiyang.access.scope import Actor

NOT_AN_ENTERER = "政策由市卫健经办录入和更正；您的角色只能查看。"
NOT_A_REVIEWER = "政策由市卫健审核发布和批准；您的角色不能审核。"
NEITHER = "只有市卫健经办与市卫健审核可以办理；您的角色只能查看。"


def may_enter(actor: Actor) -> bool:
    """Whether the role enters policies."""
    return actor.may(Permission.MANAGE_POLICIES)


def may_review(actor: Actor) -> bool:
    """Whether the role checks what others entered, for the whole city."""
    return actor.may(Permission.REVIEW) and actor.whole_city


def require_enterer(actor: Actor) -> None:
    """PermissionDenied unless the role enters policies."""
    if not may_enter(actor):
        raise PermissionDenied(NOT_AN_ENTERER)


def require_reviewer(actor: Actor) -> None:
    """PermissionDenied unless the role checks policies."""
    if not may_review(actor):
        raise PermissionDenied(NOT_A_REVIEWER)


def require_either(actor: Actor) -> None:
    """PermissionDenied unless the role enters or checks policies."""
    if not (may_enter(actor) or may_review(actor)):
        raise PermissionDenied(NEITHER)
