"""The files kept with an order: its papers and the proofs sent with feedback."""

from __future__ import annotations

from django.urls import reverse

from targets.models import Supervision
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor
from yiyang.attachments.holders import Holder

ADDERS = (Permission.MANAGE_POLICIES, Permission.UPDATE_TASKS, Permission.EDIT_HEALTH)


def may_add_files(actor: Actor) -> bool:
    """Who takes part in an order in sight may add files to it."""
    return any(actor.may(permission) for permission in ADDERS)


SUPERVISION_FILES = Holder(
    name="supervision",
    model=Supervision,
    permission=Permission.VIEW_TARGETS,
    may_add=may_add_files,
    title=lambda order: f"督办单 {order.number or order.title}",
    address=lambda order: reverse("supervision-detail", args=[order.pk]),
)
