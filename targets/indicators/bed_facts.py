"""Beds and residents of an institution by its last reports, as expressions over the row."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db.models import IntegerField, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Coalesce

from institutions.models import BedBasis, BedCount, BedRegister, InstitutionProfile, Occupancy
from targets.indicators.institution_ends import open_until


def _latest(reports: QuerySet[Any], day: date) -> QuerySet[Any]:
    """Each institution's last report by `day`, carried forward at most one quarter."""
    oldest = day - timedelta(days=settings.REPORT_CARRY_DAYS)
    recent = reports.filter(voided_at=None, counted_on__gte=oldest, counted_on__lte=day)
    return recent.order_by("institution_id", "-counted_on", "-id").distinct("institution_id")


def beds(day: date) -> dict[str, Any]:
    """The bed numbers of the outer institution and of the units it hosts on `day`."""
    civil = _latest(
        BedCount.objects.filter(register=BedRegister.CIVIL_AFFAIRS, basis=BedBasis.ACTUAL), day
    )
    health = BedCount.objects.filter(
        pk__in=_latest(
            BedCount.objects.filter(register=BedRegister.HEALTH, basis=BedBasis.ACTUAL), day
        ).values("pk")
    )
    own = BedCount.objects.filter(pk__in=civil.values("pk"), institution=OuterRef("institution"))
    total, nursing = (_number(own, name) for name in ("total", "nursing"))
    both, both_care = (_number(own, name) for name in ("in_both", "in_both_care"))
    care = nursing + _in_house(health, "rehabilitation", day) - both_care
    in_use = total + _in_house(health, "total", day) - both
    return {
        "beds": total,
        "elderly_care_beds": care,
        "beds_in_use": in_use,
        "care_beds_above_30_percent": above_30_percent(care, in_use),
        "nursing_beds": nursing,
        "beds_counted_on": Subquery(own.values("counted_on")[:1]),
    }


def above_30_percent(care: Any, in_use: Any) -> Any:
    """Not negative when `care` beds are at least 30 % of those `in_use`; for numbers or columns."""
    return care * 10 - in_use * 3


def units_closing(day: date, before: date) -> QuerySet[Any]:
    """Hosted units operating on `day` whose profile ends `before`, with the beds they report."""
    latest = _latest(
        BedCount.objects.filter(register=BedRegister.HEALTH, basis=BedBasis.ACTUAL), day
    )
    own = BedCount.objects.filter(pk__in=latest.values("pk"), institution=OuterRef("institution"))
    found: QuerySet[Any] = (
        InstitutionProfile.objects.on(day)
        .open()
        .filter(host__isnull=False, ends_on__lt=before)
        .annotate(
            care_beds=Coalesce(_number(own, "rehabilitation"), 0),
            all_beds=Coalesce(_number(own, "total"), 0),
            open_until=open_until(day),
        )
    )
    return found


def _number(reports: QuerySet[Any], name: str) -> Subquery:
    return Subquery(reports.values(name)[:1], output_field=IntegerField())


def _in_house(reports: QuerySet[BedCount], name: str, day: date) -> CombinedExpression:
    """The sum of `name` over the outer institution and the operating units it hosts on `day`."""
    units = InstitutionProfile.objects.on(day).open().filter(host=OuterRef(OuterRef("institution")))
    # 分开两次按索引取：合成一个“或”，每家机构都要扫一遍全部报告。
    return _sum(reports.filter(institution=OuterRef("institution")), name) + _sum(
        reports.filter(institution__in=units.values("institution")), name
    )


def _sum(reports: QuerySet[BedCount], name: str) -> Coalesce:
    summed = reports.order_by().values(one=Value(1)).annotate(summed=Sum(name)).values("summed")
    return Coalesce(Subquery(summed, output_field=IntegerField()), 0)


def occupants(day: date) -> dict[str, Any]:
    """The residents of the outer institution at the last month-end reported."""
    latest = Occupancy.objects.filter(pk__in=_latest(Occupancy.objects.all(), day).values("pk"))
    return {"occupants": _number(latest.filter(institution=OuterRef("institution")), "occupants")}
