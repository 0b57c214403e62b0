"""What waits to be done about agreements and sign-ups, for the work list."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta

from django.db.models import Count, Q
from django.urls import reverse

from contracts.models import PartnershipAgreement
from contracts.models.agreements import AgreementQuerySet
from institutions.history import institution_names
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor
from yiyang.work import WorkGroup, WorkItem, WorkPart, WorkSource, severity_of

BANDS = (15, 30, 60, 90)


def expiring_agreements(actor: Actor, day: date) -> AgreementQuerySet:
    """Agreements in force that end within the longest band and have no successor yet."""
    last = day + timedelta(days=BANDS[-1])
    return (
        PartnershipAgreement.objects.in_force(day)
        .visible_to(actor)
        .filter(expires_on__lte=last, terminated_on=None, renewal=None)
    )


def count_expiring(actor: Actor, day: date) -> int:
    return expiring_agreements(actor, day).count()


def expiring_items(actor: Actor, day: date, limit: int) -> list[WorkItem]:
    """The agreements that end first, with both parties by name."""
    found = list(expiring_agreements(actor, day).order_by("expires_on", "pk")[:limit])
    names = _names({key for one in found for key in (one.medical_id, one.elderly_id)})
    return [
        WorkItem(
            text=f"{names[one.medical_id]}—{names[one.elderly_id]}（{one.number}）",
            url=reverse("institution-detail", args=[one.elderly_id]),
            due=one.expires_on,
            severity=severity_of(one.expires_on, day),
        )
        for one in found
        if one.expires_on
    ]


def expiring_parts(actor: Actor, day: date) -> Sequence[WorkPart]:
    """How many end within 15, 30, 60 and 90 days, each number holding the one before."""
    ends = {
        f"within_{days}": Count("pk", filter=Q(expires_on__lte=day + timedelta(days=days)))
        for days in BANDS
    }
    numbers = expiring_agreements(actor, day).order_by().aggregate(**ends)
    return [WorkPart(f"{days} 天内", str(numbers[f"within_{days}"])) for days in BANDS]


def _names(ids: Collection[int]) -> dict[int, str]:
    return dict.fromkeys(ids, "未登记名称的机构") | institution_names(ids)


EXPIRING = WorkSource(
    id="agreements-expiring",
    title=f"{BANDS[-1]} 天内到期、还没有续签的协议",
    group=WorkGroup.AGREEMENT,
    order=10,
    permission=Permission.VIEW_AGREEMENTS,
    count=count_expiring,
    items=expiring_items,
    parts=expiring_parts,
    hint="到期日当天仍有效，次日起不再计入。请联系双方续签，或到期后登记解约。",
)
