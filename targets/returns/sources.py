"""Counts that returns fetch from the registers: by region, or by institution."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q

from contracts.models import PartnershipAgreement
from contracts.models.agreements import AgreementQuerySet
from institutions.models import BedBasis, BedCount, BedRegister, InstitutionProfile, Occupancy
from targets.models import Answerer
from targets.returns.quarters import Quarter

Counts = Mapping[int, int]
Agreements = Callable[[Quarter], AgreementQuerySet]


@dataclass(frozen=True, slots=True)
class RegisterCount:
    """One count by region or by institution id; whoever is left out has reported nothing."""

    title: str
    level: Answerer
    count: Callable[[Quarter], Counts]


def concluded(quarter: Quarter) -> AgreementQuerySet:
    """Agreements signed in the quarter, renewals included."""
    days = (quarter.first_day, quarter.last_day)
    return PartnershipAgreement.objects.kept().filter(signed_on__range=days)


def newly_signed(quarter: Quarter) -> AgreementQuerySet:
    return concluded(quarter).filter(renewal_of=None)


def renewed(quarter: Quarter) -> AgreementQuerySet:
    return concluded(quarter).filter(renewal_of__isnull=False)


def terminated(quarter: Quarter) -> AgreementQuerySet:
    """Agreements whose first day no longer valid by termination lies in the quarter."""
    days = (quarter.first_day, quarter.last_day)
    return PartnershipAgreement.objects.kept().filter(terminated_on__range=days)


def lapsed(quarter: Quarter) -> AgreementQuerySet:
    """Signed agreements whose last valid day lies in the quarter and that nobody renewed by it."""
    renewals = PartnershipAgreement.objects.kept().filter(
        renewal_of=OuterRef("pk"), signed_on__lte=quarter.last_day
    )
    return PartnershipAgreement.objects.kept().filter(
        Q(terminated_on=None) | Q(terminated_on__gt=F("expires_on")),
        ~Exists(renewals),
        signed_on__isnull=False,
        expires_on__range=(quarter.first_day, quarter.last_day),
    )


def by_elderly_side(agreements: Agreements, quarter: Quarter) -> Counts:
    """How many by the region of the elderly side on the quarter's last day (rules.md 23)."""
    sides = Counter(agreements(quarter).values_list("elderly_id", flat=True))
    placed = InstitutionProfile.objects.on(quarter.last_day).filter(institution__in=list(sides))
    regions: Counter[int] = Counter()
    for institution, region in placed.values_list("institution_id", "region_id"):
        regions[region] += sides[institution]
    return regions


def beds(column: str, quarter: Quarter) -> Counts:
    """Beds in use by each institution's last report, carried as far as indicators carry it."""
    oldest = quarter.last_day - timedelta(days=settings.REPORT_CARRY_DAYS)
    reports = BedCount.objects.counted_between(oldest, quarter.last_day).filter(
        register=BedRegister.CIVIL_AFFAIRS, basis=BedBasis.ACTUAL
    )
    last = reports.order_by("institution_id", "-counted_on", "-id").distinct("institution_id")
    return dict(last.values_list("institution_id", column))


def residents(column: str, quarter: Quarter) -> Counts:
    """Residents on the quarter's last day, as each institution's month report has them."""
    reports = Occupancy.objects.kept().filter(counted_on=quarter.last_day)
    able = F("occupants") - F("dependent") - F("partly_dependent")
    return dict(reports.annotate(able=able).values_list("institution_id", column))


def _agreements(title: str, found: Agreements) -> RegisterCount:
    return RegisterCount(title, Answerer.DISTRICT, partial(by_elderly_side, found))


def _reported(title: str, count: Callable[[str, Quarter], Counts], column: str) -> RegisterCount:
    return RegisterCount(title, Answerer.INSTITUTION, partial(count, column))


REGISTER_COUNTS: Mapping[str, RegisterCount] = {
    "agreements_concluded": _agreements("协议台账：本季签订", concluded),
    "agreements_new": _agreements("协议台账：本季新签", newly_signed),
    "agreements_renewed": _agreements("协议台账：本季续签", renewed),
    "agreements_terminated": _agreements("协议台账：本季解约", terminated),
    "agreements_lapsed": _agreements("协议台账：本季到期未续", lapsed),
    "beds": _reported("床位报表：实有床位", beds, "total"),
    "nursing_beds": _reported("床位报表：护理型床位", beds, "nursing"),
    "occupants": _reported("月末在住：在住老年人", residents, "occupants"),
    "dependent": _reported("月末在住：失能", residents, "dependent"),
    "partly_dependent": _reported("月末在住：部分失能", residents, "partly_dependent"),
    "able": _reported("月末在住：能力完好及轻度", residents, "able"),
}
