"""The files kept with an order: its papers and the proofs sent with feedback."""

from __future__ import annotations

from datetime import date

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from targets.models import Supervision, SupervisionEvent, SupervisionState, SupervisionVerb
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor
from yiyang.attachments.holders import Holder

ADDERS = (Permission.MANAGE_POLICIES, Permission.UPDATE_TASKS, Permission.EDIT_HEALTH)


def may_add_files(actor: Actor) -> bool:
    """Who takes part in an order in sight may add files to it."""
    return any(actor.may(permission) for permission in ADDERS)


def over_by(day: date) -> Q:
    """Closed, or not taken up, by `day`."""
    ends = SupervisionEvent.objects.filter(
        supervision=OuterRef("pk"), verb=SupervisionVerb.WITHDRAW, taken_on__lte=day
    )
    withdrawn = Q(state=SupervisionState.WITHDRAWN) & Q(Exists(ends))
    return Q(state=SupervisionState.CLOSED, closed_on__lte=day) | withdrawn


SUPERVISION_FILES = Holder(
    name="supervision",
    model=Supervision,
    permission=Permission.VIEW_TARGETS,
    may_add=may_add_files,
    title=lambda order: f"督办单 {order.number or order.title}",
    address=lambda order: reverse("supervision-detail", args=[order.pk]),
    over_by=over_by,
)
