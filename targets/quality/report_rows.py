"""Reports and published head counts that are missing, out of date or contradict themselves."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.expressions import RawSQL

from contracts.models import AggregateGroup, SignupAggregate
from institutions.models import (
    BedBasis,
    BedCount,
    BedRegister,
    InstitutionProfile,
    Occupancy,
    Population,
    PopulationGroup,
    Region,
    RegionLevel,
    RegionPlacement,
    Status,
)
from targets.indicators.base import flag
from targets.indicators.institution_subjects import ELDERLY, IS_HOME, profile_on
from targets.indicators.person_subjects import latest_populations
from targets.models import IndicatorSnapshot
from targets.quality.joins import in_words
from yiyang.lib.ages import birth_cutoff


def parts_above_total(day: date) -> QuerySet[Any]:
    """Last bed reports whose kinds add up to more than the total."""
    found: QuerySet[Any] = (
        _last_bed_counts(day)
        .annotate(parts=F("nursing") + F("rehabilitation") + F("hospice"))
        .filter(parts__gt=F("total"))
    )
    return found


def in_both_above_total(day: date) -> QuerySet[Any]:
    """Last bed reports with more beds in both registers than beds, or more care beds than those."""
    return _last_bed_counts(day).filter(
        Q(in_both__gt=F("total")) | Q(in_both_care__gt=F("in_both"))
    )


def _last_bed_counts(day: date) -> QuerySet[Any]:
    last = (
        BedCount.objects.kept()
        .filter(counted_on__lte=day)
        .order_by("institution_id", "register", "basis", "-counted_on", "-id")
        .distinct("institution_id", "register", "basis")
    )
    return BedCount.objects.filter(pk__in=last.values("pk")).annotate(
        profile=profile_on("institution", day),
        register_in_words=in_words("register", BedRegister),
        basis_in_words=in_words("basis", BedBasis),
    )


def _homes(day: date) -> QuerySet[Any]:
    return ELDERLY.rows(day).filter(IS_HOME, status=Status.OPERATING)


def without_bed_report(day: date) -> QuerySet[Any]:
    """Operating homes whose last bed report is older than a quarter, or that never reported."""
    reports = BedCount.objects.kept().filter(
        institution=OuterRef("institution"),
        register=BedRegister.CIVIL_AFFAIRS,
        basis=BedBasis.ACTUAL,
        counted_on__lte=day,
    )
    last = reports.order_by("-counted_on").values("counted_on")[:1]
    found: QuerySet[Any] = _homes(day).filter(beds=None).annotate(last_reported_on=Subquery(last))
    return found


def without_occupancy(day: date) -> QuerySet[Any]:
    """Operating homes, open at the last month's end, that have not reported their residents."""
    month_end = last_month_end(day)
    reports = Occupancy.objects.kept().filter(
        institution=OuterRef("institution"), counted_on__lte=day
    )
    open_then = InstitutionProfile.objects.on(month_end).open()
    last = reports.order_by("-counted_on").values("counted_on")[:1]
    found: QuerySet[Any] = (
        _homes(day)
        .filter(institution__in=open_then.values("institution"))
        .filter(~Exists(reports.filter(counted_on__gte=month_end)))
        .annotate(last_reported_on=Subquery(last))
    )
    return found


def last_month_end(day: date) -> date:
    """The last day of the month before the one `day` lies in."""
    return day.replace(day=1) - timedelta(days=1)


def without_monthly_return(day: date) -> QuerySet[Any]:
    """Streets lacking a return of sign-ups under 60 counted in the last month or since."""
    month_start = last_month_end(day).replace(day=1)

    def returned(group: AggregateGroup) -> Exists:
        returns = SignupAggregate.objects.kept().filter(
            region=OuterRef("pk"), group=group, counted_on__gte=month_start, counted_on__lte=day
        )
        return Exists(returns)

    placed = RegionPlacement.objects.on(day).values("region")
    return (
        Region.objects.filter(level=RegionLevel.STREET, pk__in=placed)
        .annotate(
            has_under_60=flag(Q(returned(AggregateGroup.UNDER_60))),
            has_key_under_60=flag(Q(returned(AggregateGroup.KEY_UNDER_60))),
        )
        .filter(Q(has_under_60=False) | Q(has_key_under_60=False))
    )


def old_populations(day: date) -> QuerySet[Any]:
    """Head counts in use that are older than the set number of years."""
    oldest = birth_cutoff(day, settings.QUALITY_POPULATION_YEARS)
    return _populations().filter(pk__in=latest_populations(day).values("pk"), counted_on__lt=oldest)


LATEST = """
WITH latest AS (
    SELECT DISTINCT ON (region_id, "group") id, region_id, "group", people
    FROM "institutions_population"
    WHERE voided_at IS NULL AND basis = %s AND counted_on <= %s
    ORDER BY region_id, "group", counted_on DESC, id DESC
)
"""
# 一次分组算完；写成相关子查询，大省会把“最近一次”为每个上级重算一遍。
DIFFERING_PARTS = f"""{LATEST}
, hung AS (
    SELECT region_id, parent_id FROM "institutions_regionplacement"
    WHERE voided_at IS NULL AND starts_on <= %s AND (ends_on IS NULL OR ends_on >= %s)
), children AS (
    SELECT parent_id, count(*) AS number FROM hung GROUP BY parent_id
), parts AS (
    SELECT hung.parent_id, latest."group", count(*) AS stated, sum(latest.people) AS people
    FROM latest JOIN hung ON hung.region_id = latest.region_id
    GROUP BY hung.parent_id, latest."group"
)
SELECT latest.id
FROM latest
JOIN parts ON parts.parent_id = latest.region_id AND parts."group" = latest."group"
JOIN children ON children.parent_id = latest.region_id
WHERE parts.people > latest.people
   OR (parts.stated = children.number AND parts.people <> latest.people)
"""  # noqa: S608 只拼常量，值走参数
WIDER = {
    PopulationGroup.AGED_80: (
        PopulationGroup.AGED_65,
        PopulationGroup.AGED_60,
        PopulationGroup.TOTAL,
    ),
    PopulationGroup.AGED_65: (PopulationGroup.AGED_60, PopulationGroup.TOTAL),
    PopulationGroup.AGED_60: (PopulationGroup.TOTAL,),
    PopulationGroup.KEY: (PopulationGroup.TOTAL,),
}
NESTED = [f"{narrow.value}<{wide.value}" for narrow, wides in WIDER.items() for wide in wides]
ABOVE_WIDER = f"""{LATEST}
SELECT narrow.id
FROM latest narrow JOIN latest wide ON wide.region_id = narrow.region_id
WHERE narrow."group" || '<' || wide."group" = ANY(%s) AND narrow.people > wide.people
"""  # noqa: S608 只拼常量，值走参数


def differing_parts(day: date) -> QuerySet[Any]:
    """Head counts that the children's do not add up to: all stated and unequal, or already more."""
    children = RegionPlacement.objects.on(day).filter(parent=OuterRef(OuterRef("region")))
    total = (
        latest_populations(day)
        .filter(group=OuterRef("group"), region__in=children.values("region"))
        .order_by()
        .values(one=Value(1))
        .annotate(total=Sum("people"))
        .values("total")
    )
    differing = RawSQL(  # noqa: S611 上面的常量
        DIFFERING_PARTS, (settings.POPULATION_BASIS, day, day, day)
    )
    found: QuerySet[Any] = (
        _populations().filter(pk__in=differing).annotate(parts_total=Subquery(total))
    )
    return found


def above_wider_group(day: date) -> QuerySet[Any]:
    """Head counts of a group above those of a group that contains it."""
    above = RawSQL(  # noqa: S611 上面的常量
        ABOVE_WIDER, (settings.POPULATION_BASIS, day, NESTED)
    )
    return _populations().filter(pk__in=above)


def _populations() -> QuerySet[Any]:
    return Population.objects.annotate(group_in_words=in_words("group", PopulationGroup))


def figures_over_one(day: date) -> QuerySet[Any]:
    """Stored figures of the day whose numerator is above the denominator."""
    return IndicatorSnapshot.objects.filter(run__as_of=day, numerator__gt=F("denominator"))
