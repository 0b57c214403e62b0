"""Agreements and sign-ups that run out, for the work list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta

from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.urls import reverse

from contracts.agreements.work import agreement_lines
from contracts.models import FamilyDoctorSignup, PartnershipAgreement, PersonResidence
from contracts.models.agreements import EXPIRY_BANDS, AgreementQuerySet
from contracts.models.signups import SignupQuerySet
from contracts.persons.register import streets_of
from institutions.models import Region
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor
from yiyang.asked import Asked
from yiyang.work import WorkGroup, WorkItem, WorkPart, WorkSource, severity_of

SIGNUP_DAYS = 30
NO_STREET = "没有登记居住地"


def expiring_agreements(actor: Actor, day: date) -> AgreementQuerySet:
    """Agreements in force that end within the longest band and have no successor yet."""
    within = PartnershipAgreement.objects.expiring_within(EXPIRY_BANDS[-1], day)
    return within.visible_to(actor)


def expiring_items(actor: Actor, day: date, limit: int) -> list[WorkItem]:
    """The agreements that end first, with both parties by name."""
    ending = expiring_agreements(actor, day).order_by("expires_on", "pk")
    return [
        WorkItem(
            text=one.text,
            url=one.url,
            due=one.expires_on,
            severity=severity_of(one.expires_on, day),
        )
        for one in agreement_lines(ending, limit)
        if one.expires_on
    ]


def expiring_parts(actor: Actor, day: date, asked: Asked) -> Sequence[WorkPart]:
    """How many end within 15, 30, 60 and 90 days, each number holding the one before."""
    ends = {
        f"within_{days}": Count("pk", filter=Q(expires_on__lte=day + timedelta(days=days)))
        for days in EXPIRY_BANDS
    }
    numbers = expiring_agreements(actor, day).order_by().aggregate(**ends)
    return [
        WorkPart(f"{days} 天内", numbers[f"within_{days}"], url=_expiring_list(days))
        for days in EXPIRY_BANDS
    ]


def _expiring_list(days: int) -> str:
    """The list of exactly those agreements."""
    return f"{reverse('agreement-list')}?expiring={days}"


def ending_signups(actor: Actor, day: date) -> SignupQuerySet:
    """Sign-ups in force that run out soon, do not renew themselves and have no successor."""
    last = day + timedelta(days=SIGNUP_DAYS)
    # 写成 renewal=None 会连接自身，规划器估成一行，再逐行去找区划。
    renewals = FamilyDoctorSignup.objects.filter(renewal_of=OuterRef("pk"))
    return (
        FamilyDoctorSignup.objects.in_force(day)
        .visible_to(actor)
        .filter(~Exists(renewals), expires_on__lte=last, auto_renews=False, terminated_on=None)
    )


def signups_by_street(actor: Actor, day: date) -> list[WorkPart]:
    """How many end in each street the actor sees, no person by name; strays come last."""
    residence = PersonResidence.objects.on(day).visible_to(actor).filter(person=OuterRef("person"))
    grouped = (
        ending_signups(actor, day)
        .order_by()
        .annotate(place=Subquery(residence.order_by("pk").values("region")[:1]))
        .values_list("place")
        .annotate(found=Count("pk"))
    )
    places = dict(grouped)
    regions = list(Region.objects.filter(pk__in=[one for one in places if one]))
    streets = streets_of(regions, day)
    totals: Counter[str] = Counter()
    for place, found in places.items():
        totals[streets.get(place, NO_STREET)] += found
    ordered = sorted(totals.items(), key=lambda pair: (pair[0] == NO_STREET, -pair[1], pair[0]))
    return [WorkPart(street, found, unit="人") for street, found in ordered]


EXPIRING = WorkSource(
    id="agreements-expiring",
    title=f"{EXPIRY_BANDS[-1]} 天内到期、还没有续签的协议",
    group=WorkGroup.AGREEMENT,
    order=10,
    permission=Permission.VIEW_AGREEMENTS,
    rows=expiring_agreements,
    items=expiring_items,
    parts=expiring_parts,
    hint="到期日当天仍有效，次日起不再计入。请联系双方续签，或到期后登记解约。",
)
SIGNUPS_ENDING = WorkSource(
    id="signups-ending",
    title=f"{SIGNUP_DAYS} 天内期满、要续签的家庭医生签约",
    group=WorkGroup.AGREEMENT,
    order=30,
    permission=Permission.VIEW_PERSONS,
    rows=ending_signups,
    breakdown=signups_by_street,
    hint="自动续约的、已续签的不在内；按街道列人数，不列姓名。请由签约团队上门或电话续签。",
)
