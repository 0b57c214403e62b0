"""What waits to be done about 通报, for the work list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from django.db.models import QuerySet
from django.urls import reverse

from targets.models import Bulletin, BulletinState
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor
from yiyang.work import WorkGroup, WorkItem, WorkSource

S = BulletinState


def _waiting(*states: BulletinState) -> Callable[[Actor, date], QuerySet[Bulletin]]:
    """Bulletins at this desk that somebody else wrote: one's own wait for others."""

    def rows(actor: Actor, day: date) -> QuerySet[Bulletin]:
        seen = Bulletin.objects.visible_to(actor).filter(state__in=states)
        return seen.exclude(drafted_by=actor.user_id).exclude(submitted_by=actor.user_id)

    return rows


def _own_drafts(actor: Actor, day: date) -> QuerySet[Bulletin]:
    return Bulletin.objects.visible_to(actor).filter(state=S.DRAFT, drafted_by=actor.user_id)


def _items(
    rows: Callable[[Actor, date], QuerySet[Bulletin]],
) -> Callable[[Actor, date, int], Sequence[WorkItem]]:
    def items(actor: Actor, day: date, limit: int) -> Sequence[WorkItem]:
        found = rows(actor, day).order_by("pk").values_list("pk", "title")
        return [
            WorkItem(text=title, url=reverse("bulletin-detail", args=[pk]))
            for pk, title in found[:limit]
        ]

    return items


def _source(
    name: str,
    title: str,
    permission: Permission,
    rows: Callable[[Actor, date], QuerySet[Bulletin]],
    group: WorkGroup = WorkGroup.CHECK,
    suits: Callable[[Actor], bool] | None = None,
) -> WorkSource:
    return WorkSource(
        id=name,
        title=title,
        group=group,
        order=40,
        permission=permission,
        rows=rows,
        items=_items(rows),
        suits=suits,
    )


BULLETIN_WORK = (
    _source(
        "bulletins-office",
        "待科室审核的通报",
        Permission.REVIEW,
        _waiting(S.OFFICE),
        suits=lambda actor: actor.whole_city,
    ),
    _source(
        "bulletins-leader",
        "待领导同意或签发的通报",
        Permission.SIGN_PAPERS,
        _waiting(S.CHIEF, S.SIGNING),
    ),
    _source(
        "bulletins-draft",
        "我拟的、还没送审的通报",
        Permission.MANAGE_POLICIES,
        _own_drafts,
        group=WorkGroup.TASK,
    ),
)
