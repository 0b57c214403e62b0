"""Certificates that run out, for the work list."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Exists, OuterRef
from django.urls import reverse

from institutions.history import latest_name
from institutions.models import InstitutionProfile, Licence, LicenceKind
from institutions.models.institutions import LicenceQuerySet
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor
from yiyang.work import WorkGroup, WorkItem, WorkSource, severity_of

LICENCE_DAYS = 90


def ending_licences(actor: Actor, day: date) -> LicenceQuerySet:
    """Certificates in force of open institutions that end soon and have no successor."""
    later = Licence.objects.kept().filter(
        institution=OuterRef("institution"),
        kind=OuterRef("kind"),
        starts_on__gt=OuterRef("starts_on"),
    )
    open_now = InstitutionProfile.objects.on(day).open()
    return (
        Licence.objects.on(day)
        .visible_to(actor)
        .filter(ends_on__lte=day + timedelta(days=LICENCE_DAYS))
        .filter(institution__in=open_now.values("institution"))
        .filter(~Exists(later))
    )


def licence_items(actor: Actor, day: date, limit: int) -> list[WorkItem]:
    """The certificates that end first, each leading to its institution."""
    ending = ending_licences(actor, day).order_by("ends_on", "pk")
    found = ending.values("institution", "kind", "ends_on", name=latest_name("institution"))
    return [
        WorkItem(
            text=f"{one['name']}，{LicenceKind(one['kind']).label}",
            url=reverse("institution-detail", args=[one["institution"]]),
            due=one["ends_on"],
            severity=severity_of(one["ends_on"], day),
        )
        for one in found[:limit]
        if one["ends_on"]
    ]


LICENCES_ENDING = WorkSource(
    id="licences-ending",
    title=f"{LICENCE_DAYS} 天内到期的证照与备案",
    group=WorkGroup.REPORT,
    order=10,
    permission=Permission.VIEW_INSTITUTIONS,
    rows=ending_licences,
    items=licence_items,
    hint="到期日当天仍有效；过期的机构留在分母、不进分子。请提醒机构续证，续好后登记新证。",
)
