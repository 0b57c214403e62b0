"""What the rows of a list call institutions and regions on the day."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.urls import reverse

from institutions.models import InstitutionProfile, Region, RegionLevel, RegionPlacement
from institutions.region_filter import RegionFilter

UNNAMED = "未登记名称的机构"


class OfInstitution(Protocol):
    """A register row about one institution."""

    institution_id: int


@dataclass(frozen=True, slots=True)
class Named:
    """The institutions of some rows as they stood on the day, and where their regions lie."""

    profiles: Mapping[int, InstitutionProfile]
    places: Mapping[int, str]

    def name(self, institution_id: int) -> str:
        profile = self.profiles.get(institution_id)
        return profile.name if profile else UNNAMED

    def place(self, institution_id: int) -> str:
        profile = self.profiles.get(institution_id)
        return self.places[profile.region_id] if profile else ""


def named(institution_ids: Collection[int], day: date) -> Named:
    """The profile of each on the day, else the last before or the first after; two queries."""
    rows = InstitutionProfile.objects.kept().filter(institution__in=set(institution_ids))
    profiles: dict[int, InstitutionProfile] = {}
    for profile in rows.select_related("region").order_by("starts_on"):
        if profile.starts_on <= day or profile.institution_id not in profiles:
            profiles[profile.institution_id] = profile
    return Named(profiles, places_on([one.region for one in profiles.values()], day))


def places_on(regions: Sequence[Region], day: date) -> dict[int, str]:
    """Each region under the name of the one it lies in on the day: 海勃湾区 新华街道."""
    below = {one.pk for one in regions if one.level in (RegionLevel.STREET, RegionLevel.COMMUNITY)}
    placements = RegionPlacement.objects.on(day).filter(region__in=below).select_related("parent")
    parents = {one.region_id: one.parent.name for one in placements}
    return {one.pk: f"{parents.get(one.pk, '')} {one.name}".strip() for one in regions}


def around_institutions(rows: Sequence[Any], actor: object, day: date) -> Named:
    """The `around` of every register whose rows are about one institution each."""
    return named({row.institution_id for row in rows}, day)


def name_of(row: OfInstitution, around: Named) -> str:
    return around.name(row.institution_id)


def place_of(row: OfInstitution, around: Named) -> str:
    return around.place(row.institution_id)


def address_of(row: OfInstitution, around: Named) -> str:
    return reverse("institution-detail", args=[row.institution_id])


def is_called(sought: str) -> Q:
    """Profiles by part of their name, beginning of their initials, or a whole code."""
    return (
        Q(name__icontains=sought)
        | Q(pinyin__startswith=sought.lower())
        | Q(institution__code__iexact=sought)
        | Q(credit_code__iexact=sought)
    )


def of_institutions_called(
    rows: QuerySet[Any], sought: str, day: date, path: str = "institution"
) -> QuerySet[Any]:
    """Rows about institutions so called on the day."""
    called = InstitutionProfile.objects.on(day).filter(is_called(sought.strip()))
    return rows.filter(Exists(called.filter(institution=OuterRef(path))))


class SeatFilter(RegionFilter):
    """Rows about institutions that lie in the region on the day."""

    def within(self, qs: QuerySet[Any], regions: RawSQL) -> QuerySet[Any]:
        seated = InstitutionProfile.objects.on(self.parent.day).filter(region__in=regions)
        return qs.filter(Exists(seated.filter(institution=OuterRef("institution"))))
