"""What waits for the city's reviewer about editions, for the work list."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet
from django.urls import reverse

from targets.editions.rights import may_publish
from targets.models import Edition, EditionState
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor
from yiyang.work import WorkGroup, WorkItem, WorkSource


def to_publish(actor: Actor) -> QuerySet[Edition]:
    """Editions that somebody else has proposed."""
    waiting = Edition.objects.visible_to(actor).filter(state=EditionState.PROPOSED)
    return waiting.exclude(proposed_by=actor.user_id)


def publish_items(actor: Actor, day: date, limit: int) -> list[WorkItem]:
    rows = to_publish(actor).order_by("pk")[:limit]
    return [WorkItem(one.title, reverse("edition-detail", args=[one.uid])) for one in rows]


EDITION_WORK = (
    WorkSource(
        id="editions-to-publish",
        title="待发布的定版",
        group=WorkGroup.CHECK,
        order=58,
        permission=Permission.REVIEW,
        suits=may_publish,
        rows=lambda actor, day: to_publish(actor),
        items=publish_items,
        hint="核对指纹、看过目标表再发布，发布后不再改动；自己提请的不列在这里。",
    ),
)
