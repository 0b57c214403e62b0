"""Whether an account may have the reports of a region: asked again at every sending."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db.models import Q, QuerySet

from institutions.models import Region, RegionPlacement
from targets.mailing.schedules import local_day
from targets.models import EndReason, ReportSubscription
from targets.plans.choices import plan_regions
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor, known_actor


def report_regions(actor: Actor) -> QuerySet[Region]:
    """The city and its districts, as far as the actor sees them: reports are made of no others."""
    districts = RegionPlacement.objects.on(actor.day).filter(parent__code=settings.PORTAL_REGION)
    reported = Q(code=settings.PORTAL_REGION) | Q(pk__in=districts.values("region"))
    return plan_regions(actor).filter(reported)


def reason_to_end(subscription: ReportSubscription, at: datetime) -> EndReason | None:
    """Why the subscription ends of itself by now; None while the account still has the region."""
    account = subscription.account
    if not account.is_active:
        return EndReason.ACCOUNT_CLOSED
    actor = known_actor(account.pk, account.role, local_day(at))
    seen = report_regions(actor).filter(pk=subscription.region_id)
    if not actor.may(Permission.VIEW_TARGETS) or not seen.exists():
        return EndReason.OUT_OF_SCOPE
    return None
