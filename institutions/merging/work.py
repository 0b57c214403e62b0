"""Merges that wait for a reviewer, on the work list and on the institution's page."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from institutions.history import institution_names
from institutions.merging.actions import may_propose
from institutions.models import Institution, InstitutionMerge, MergeState
from institutions.panels import Panel
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor
from yiyang.work import WorkGroup, WorkItem, WorkSource


def to_decide(actor: Actor, day: date) -> QuerySet[InstitutionMerge]:
    """Merges that somebody else has proposed, of two records in the actor's scope."""
    pending = InstitutionMerge.objects.visible_to(actor).filter(state=MergeState.PENDING)
    seen = Institution.objects.visible_to(actor).values("pk")
    return pending.filter(dropped__in=seen).exclude(proposed_by=actor.user_id)


def decide_items(actor: Actor, day: date, limit: int) -> list[WorkItem]:
    rows = list(to_decide(actor, day).select_related("dropped").order_by("pk")[:limit])
    names = institution_names([row.kept_id for row in rows])
    return [
        WorkItem(
            f"{row.dropped.code} 并入 {names.get(row.kept_id, '')}",
            reverse("merge-detail", args=[row.pk]),
        )
        for row in rows
    ]


def _panel(institution: Institution, day: date, actor: Actor) -> dict[str, Any] | None:
    mine = Q(kept=institution) | Q(dropped=institution)
    pending = InstitutionMerge.objects.visible_to(actor).filter(mine, state=MergeState.PENDING)
    context = {
        "institution": institution,
        "pending": pending.first(),
        "may_propose": institution.voided_at is None and may_propose(actor, institution),
    }
    return context if context["pending"] or context["may_propose"] else None


MERGE = Panel("merge", "institutions/merge_panel.html", _panel, is_aside=True)
MERGES_TO_DECIDE = WorkSource(
    id="institution-merges",
    title="待审核的机构合并",
    group=WorkGroup.CHECK,
    order=60,
    permission=Permission.REVIEW,
    rows=to_decide,
    items=decide_items,
    hint="先看会动哪些记录；自己提出的由别人审核，不列在这里。",
)
