"""What waits to be done about agreements besides those that run out, for the work list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from django.db.models import Q
from django.urls import reverse

from contracts.models import PartnershipAgreement
from contracts.models.agreements import AgreementQuerySet
from institutions.history import institution_names
from institutions.models import InstitutionProfile
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor
from yiyang.work import Severity, WorkGroup, WorkItem, WorkSource

DRAFT_DAYS = 30


def stale_drafts(actor: Actor, day: date) -> AgreementQuerySet:
    """Drafts whose first day went by so long ago without both signatures."""
    unsigned = Q(signed_on=None) | Q(signed_on__gt=day)
    drafts = PartnershipAgreement.objects.kept().filter(unsigned)
    return drafts.filter(starts_on__lt=day - timedelta(days=DRAFT_DAYS)).visible_to(actor)


def with_party_stopped(actor: Actor, day: date) -> AgreementQuerySet:
    """Agreements in force one side of which is not operating: they count nowhere."""
    open_on_day = InstitutionProfile.objects.on(day).open().values("institution")
    sound = Q(medical__in=open_on_day) & Q(elderly__in=open_on_day)
    return PartnershipAgreement.objects.in_force(day).exclude(sound).visible_to(actor)


def _draft_items(actor: Actor, day: date, limit: int) -> list[WorkItem]:
    return _items(list(stale_drafts(actor, day).order_by("starts_on", "pk")[:limit]))


def _stopped_items(actor: Actor, day: date, limit: int) -> list[WorkItem]:
    rows = with_party_stopped(actor, day).order_by("expires_on", "pk")[:limit]
    return _items(list(rows), Severity.SOON)


def _items(
    rows: Sequence[PartnershipAgreement], severity: Severity = Severity.NORMAL
) -> list[WorkItem]:
    names = institution_names({key for one in rows for key in (one.medical_id, one.elderly_id)})
    return [
        WorkItem(
            text=f"{names.get(one.medical_id, '')}—{names.get(one.elderly_id, '')}（{one.number}）",
            url=reverse("agreement-detail", args=[one.pk]),
            severity=severity,
        )
        for one in rows
    ]


DRAFTS = WorkSource(
    id="agreements-unsigned",
    title=f"生效日过了 {DRAFT_DAYS} 天还没有签全的协议",
    group=WorkGroup.AGREEMENT,
    order=12,
    permission=Permission.VIEW_AGREEMENTS,
    count=lambda actor, day: stale_drafts(actor, day).count(),
    items=_draft_items,
    hint="签了的请登记各方签订日期；不签了的请作废。",
)
PARTY_STOPPED = WorkSource(
    id="agreements-party-stopped",
    title="一方停业、暂停执业或注销的有效协议",
    group=WorkGroup.AGREEMENT,
    order=14,
    permission=Permission.VIEW_AGREEMENTS,
    count=lambda actor, day: with_party_stopped(actor, day).count(),
    items=_stopped_items,
    hint="这些协议不计入指标。不再履行的请登记解约；机构恢复后照旧计入。",
)
