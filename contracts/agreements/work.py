"""What waits to be done about agreements besides those that run out, for the work list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from contracts.models import PartnershipAgreement
from contracts.models.agreements import AgreementQuerySet
from institutions.history import latest_name
from institutions.models import InstitutionProfile
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor
from yiyang.work import Severity, WorkGroup, WorkItem, WorkSource

DRAFT_DAYS = 30
NAMELESS = "未登记名称的机构"


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


@dataclass(frozen=True, slots=True)
class AgreementLine:
    """An agreement in a list of work: its parties by name, and its page."""

    text: str
    url: str
    expires_on: date | None


def agreement_lines(rows: AgreementQuerySet, limit: int) -> list[AgreementLine]:
    """The first agreements in their order, in one query."""
    found: QuerySet[PartnershipAgreement, dict[str, Any]] = rows.values(
        *("pk", "number", "expires_on"),
        medical_name=latest_name("medical"),
        elderly_name=latest_name("elderly"),
    )
    return [
        AgreementLine(
            text=f"{one['medical_name'] or NAMELESS}—{one['elderly_name'] or NAMELESS}"
            f"（{one['number']}）",
            url=reverse("agreement-detail", args=[one["pk"]]),
            expires_on=one["expires_on"],
        )
        for one in found[:limit]
    ]


def _draft_items(actor: Actor, day: date, limit: int) -> list[WorkItem]:
    rows = stale_drafts(actor, day).order_by("starts_on", "pk")
    return [WorkItem(one.text, one.url) for one in agreement_lines(rows, limit)]


def _stopped_items(actor: Actor, day: date, limit: int) -> list[WorkItem]:
    rows = with_party_stopped(actor, day).order_by("expires_on", "pk")
    found = agreement_lines(rows, limit)
    return [WorkItem(one.text, one.url, severity=Severity.SOON) for one in found]


DRAFTS = WorkSource(
    id="agreements-unsigned",
    title=f"生效日过了 {DRAFT_DAYS} 天还没有签全的协议",
    group=WorkGroup.AGREEMENT,
    order=12,
    permission=Permission.VIEW_AGREEMENTS,
    rows=stale_drafts,
    items=_draft_items,
    hint="签了的请登记各方签订日期；不签了的请作废。",
)
PARTY_STOPPED = WorkSource(
    id="agreements-party-stopped",
    title="一方停业、暂停执业或注销的有效协议",
    group=WorkGroup.AGREEMENT,
    order=14,
    permission=Permission.VIEW_AGREEMENTS,
    rows=with_party_stopped,
    items=_stopped_items,
    hint="这些协议不计入指标。不再履行的请登记解约；机构恢复后照旧计入。",
)
