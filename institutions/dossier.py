"""Everything the registers hold about one institution, as it stood on a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from institutions.models import (
    BedCount,
    CareService,
    Department,
    GreenChannel,
    Institution,
    InstitutionProfile,
    InsuranceDesignation,
    Licence,
    Occupancy,
    StaffCount,
)
from institutions.models.services import FULL_CHANNEL, ChannelStep

REPORTS_SHOWN = 12
R = TypeVar("R", BedCount, Occupancy, StaffCount)


@dataclass(frozen=True, slots=True)
class Certificate:
    """A licence or filing and whether it holds on the day."""

    licence: Licence
    state: str
    is_valid: bool


@dataclass(frozen=True, slots=True)
class Channel:
    """The green channel of the day: its steps in words, and whether all four are covered."""

    steps: str
    is_full: bool
    starts_on: date


@dataclass(frozen=True, slots=True)
class Dossier:
    """One institution on one day."""

    institution: Institution
    day: date
    profile: InstitutionProfile | None
    profiles: Sequence[InstitutionProfile]
    host: InstitutionProfile | None
    units: Sequence[InstitutionProfile]
    certificates: Sequence[Certificate]
    channel: Channel | None
    services: Sequence[CareService]
    designations: Sequence[InsuranceDesignation]
    beds: Sequence[BedCount]
    occupancies: Sequence[Occupancy]
    staff: Sequence[StaffCount]

    @property
    def departments(self) -> str:
        codes = self.profile.departments if self.profile else []
        return "、".join(str(Department(code).label) for code in codes)

    @property
    def name(self) -> str:
        shown = self.profile or next(iter(self.profiles), None)
        return shown.name if shown else self.institution.code


def dossier_of(institution: Institution, day: date) -> Dossier:
    """Read the registers for one institution; a number of queries that never grows."""
    profiles = list(
        InstitutionProfile.objects.kept()
        .filter(institution=institution)
        .select_related("region")
        .order_by("-starts_on")
    )
    profile = next((one for one in profiles if _holds(one, day)), None)
    standing = InstitutionProfile.objects.on(day).select_related("region")
    host = standing.filter(institution=profile.host_id).first() if profile else None
    return Dossier(
        institution=institution,
        day=day,
        profile=profile,
        profiles=profiles,
        host=host,
        units=list(standing.filter(host=institution).order_by("name")),
        certificates=_certificates(institution, day),
        channel=_channel(institution, day),
        services=list(CareService.objects.on(day).filter(institution=institution).order_by("form")),
        designations=list(InsuranceDesignation.objects.on(day).filter(institution=institution)),
        beds=_reports(BedCount, institution, day),
        occupancies=_reports(Occupancy, institution, day),
        staff=_reports(StaffCount, institution, day),
    )


def _certificates(institution: Institution, day: date) -> list[Certificate]:
    licences = Licence.objects.kept().filter(institution=institution).order_by("kind", "-starts_on")
    return [
        Certificate(licence, state, is_valid=state == "有效")
        for licence in licences
        for state in (_state(licence, day),)
    ]


def _state(licence: Licence, day: date) -> str:
    if licence.starts_on > day:
        return "未生效"
    return "有效" if _holds(licence, day) else "已过期"


def _channel(institution: Institution, day: date) -> Channel | None:
    channel = GreenChannel.objects.on(day).filter(institution=institution).first()
    if channel is None:
        return None
    steps = "、".join(str(ChannelStep(step).label) for step in channel.steps)
    return Channel(steps, set(FULL_CHANNEL) <= set(channel.steps), channel.starts_on)


def _reports(model: type[R], institution: Institution, day: date) -> list[R]:
    reports = model.objects.kept().filter(institution=institution, counted_on__lte=day)
    return list(reports.order_by("-counted_on", "-pk")[:REPORTS_SHOWN])


def _holds(fact: InstitutionProfile | Licence, day: date) -> bool:
    return fact.starts_on <= day and (fact.ends_on is None or fact.ends_on >= day)
