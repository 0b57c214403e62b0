"""Everything the registers hold about one institution, as it stood on a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Generic, TypeVar

from django.conf import settings
from django.db.models import QuerySet

from institutions.models import (
    BedCount,
    CareService,
    Department,
    GreenChannel,
    Institution,
    InstitutionContact,
    InstitutionProfile,
    InsuranceDesignation,
    Licence,
    Note,
    Occupancy,
    StaffCount,
)
from institutions.models.services import FULL_CHANNEL, ChannelStep
from institutions.occupancy import MonthEnd, month_ends
from yiyang.facts import DatedFact

REPORTS_SHOWN = 12
ROWS_SHOWN = 30
R = TypeVar("R", BedCount, Occupancy, StaffCount)
F = TypeVar("F", bound=DatedFact)
EXPIRED: dict[type[DatedFact], str] = {Licence: "已过期"}


@dataclass(frozen=True, slots=True)
class Held(Generic[F]):
    """A dated fact and whether it holds on the day; `words` tells what it says, where needed."""

    fact: F
    state: str
    words: str = ""
    is_full: bool = True

    @property
    def is_valid(self) -> bool:
        return self.state == "有效"


@dataclass(frozen=True, slots=True)
class Dossier:
    """One institution on one day."""

    institution: Institution
    day: date
    profile: InstitutionProfile | None
    profiles: Sequence[InstitutionProfile]
    host: InstitutionProfile | None
    units: Sequence[InstitutionProfile]
    certificates: Sequence[Held[Licence]]
    channels: Sequence[Held[GreenChannel]]
    services: Sequence[Held[CareService]]
    designations: Sequence[Held[InsuranceDesignation]]
    contacts: Sequence[Held[InstitutionContact]]
    beds: Sequence[BedCount]
    occupancies: Sequence[MonthEnd]
    staff: Sequence[StaffCount]
    notes: Sequence[Note]

    @property
    def has_charts(self) -> bool:
        """A line needs two points at least."""
        return max(len(self.beds), len(self.occupancies)) > 1

    @property
    def carry_days(self) -> int:
        return int(settings.REPORT_CARRY_DAYS)

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
        certificates=_held(Licence.objects.order_by("kind", "-starts_on"), institution, day),
        channels=[_with_steps(one) for one in _held(_latest(GreenChannel), institution, day)],
        services=_services(institution, day),
        designations=_held(_latest(InsuranceDesignation), institution, day),
        contacts=_held(_latest(InstitutionContact), institution, day),
        beds=_reports(BedCount, institution, day),
        occupancies=month_ends(institution, _reports(Occupancy, institution, day)),
        staff=_reports(StaffCount, institution, day),
        notes=list(_notes(institution)[:ROWS_SHOWN]),
    )


def _latest(model: type[F]) -> QuerySet[F]:
    return model._default_manager.order_by("-starts_on", "-pk")


def _held(rows: QuerySet[F], institution: Institution, day: date) -> list[Held[F]]:
    kept = rows.filter(institution=institution, voided_at=None)[:ROWS_SHOWN]
    return [Held(row, _state(row, day)) for row in kept]


def _state(fact: DatedFact, day: date) -> str:
    if fact.starts_on > day:
        return "未生效"
    return "有效" if _holds(fact, day) else EXPIRED.get(type(fact), "已截止")


def _with_steps(held: Held[GreenChannel]) -> Held[GreenChannel]:
    """The channel with its steps in words, and whether all four required ones are covered."""
    steps = held.fact.steps
    words = "、".join(str(ChannelStep(step).label) for step in steps)
    return replace(held, words=words, is_full=set(FULL_CHANNEL) <= set(steps))


def _services(institution: Institution, day: date) -> list[Held[CareService]]:
    """The forms of service, each with what its provider is called on the day."""
    held = _held(_latest(CareService), institution, day)
    providers = {one.fact.provider_id for one in held}
    profiles = InstitutionProfile.objects.on(day).filter(institution__in=providers - {None})
    names = dict(profiles.values_list("institution_id", "name"))
    return [replace(one, words=names.get(one.fact.provider_id or 0, "")) for one in held]


def _notes(institution: Institution) -> QuerySet[Note]:
    return Note.objects.kept().filter(institution=institution).select_related("author")


def _reports(model: type[R], institution: Institution, day: date) -> list[R]:
    reports = model.objects.kept().filter(institution=institution, counted_on__lte=day)
    return list(reports.order_by("-counted_on", "-pk")[:REPORTS_SHOWN])


def _holds(fact: DatedFact, day: date) -> bool:
    return fact.starts_on <= day and (fact.ends_on is None or fact.ends_on >= day)
