"""Register rows of institutions and regions with the required fields filled, for tests."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import Any

from institutions.models import (
    BedBasis,
    BedCount,
    BedRegister,
    CareService,
    GreenChannel,
    Institution,
    InstitutionProfile,
    Licence,
    LicenceKind,
    Occupancy,
    PilotProject,
    Population,
    PopulationBasis,
    Region,
    RegionLevel,
    RegionPlacement,
    ServiceForm,
    Status,
)
from institutions.models.services import FULL_CHANNEL

LONG_AGO = date(2015, 1, 1)
_numbers = count(1)


def make_region(
    name: str, level: RegionLevel, parent: Region | None = None, code: str = "", **fields: Any
) -> Region:
    """A region, hanging below `parent` since long ago unless `fields` say otherwise."""
    code = code or f"9{next(_numbers):011d}"
    region = Region.objects.create(code=code, name=name, level=level)
    if parent is not None:
        placing: dict[str, Any] = {"starts_on": LONG_AGO, **fields}
        RegionPlacement.objects.create(region=region, parent=parent, **placing)
    return region


def make_institution() -> Institution:
    return Institution.objects.create(code=f"T-{next(_numbers):06d}")


def make_profile(region: Region, **fields: Any) -> InstitutionProfile:
    """An operating institution in `region`; give it a `category` or an `elderly_kind`."""
    filled: dict[str, Any] = {
        "region": region,
        "name": f"测试机构{next(_numbers)}",
        "status": Status.OPERATING,
        "starts_on": LONG_AGO,
        **fields,
    }
    if "institution" not in filled:
        filled["institution"] = make_institution()
    return InstitutionProfile.objects.create(**filled)


def make_health(region: Region, category: str = "A100", **fields: Any) -> Institution:
    """An operating health institution, without a licence."""
    return make_profile(region, category=category, **fields).institution


def make_elderly(region: Region, kind: str = "CARE_HOME", **fields: Any) -> Institution:
    """An operating elderly-service provider, without a filing."""
    return make_profile(region, elderly_kind=kind, **fields).institution


def make_licence(institution: Institution, **fields: Any) -> Licence:
    """A medical licence since long ago."""
    filled: dict[str, Any] = {
        "kind": LicenceKind.MEDICAL_LICENCE,
        "number": f"证{next(_numbers)}",
        "starts_on": LONG_AGO,
        **fields,
    }
    return Licence.objects.create(institution=institution, **filled)


def make_filing(institution: Institution, beds: int = 50, **fields: Any) -> Licence:
    """An elderly-care filing of `beds` full-time beds."""
    filled: dict[str, Any] = {"kind": LicenceKind.ELDERLY_FILING, "full_time_beds": beds, **fields}
    return make_licence(institution, **filled)


def make_channel(institution: Institution, **fields: Any) -> GreenChannel:
    filled: dict[str, Any] = {"steps": FULL_CHANNEL, "starts_on": LONG_AGO, **fields}
    return GreenChannel.objects.create(institution=institution, **filled)


def make_care(institution: Institution, **fields: Any) -> CareService:
    filled: dict[str, Any] = {
        "form": ServiceForm.MEDICAL_ROUND,
        "starts_on": LONG_AGO,
        **fields,
    }
    return CareService.objects.create(institution=institution, **filled)


def make_beds(institution: Institution, counted_on: date, total: int, **fields: Any) -> BedCount:
    """Beds as they are, in the civil-affairs register."""
    filled: dict[str, Any] = {
        "register": BedRegister.CIVIL_AFFAIRS,
        "basis": BedBasis.ACTUAL,
        **fields,
    }
    return BedCount.objects.create(
        institution=institution, counted_on=counted_on, total=total, **filled
    )


def make_occupancy(institution: Institution, counted_on: date, occupants: int) -> Occupancy:
    return Occupancy.objects.create(
        institution=institution, counted_on=counted_on, occupants=occupants
    )


def make_population(
    region: Region, group: str, people: int, counted_on: date = LONG_AGO, **fields: Any
) -> Population:
    filled: dict[str, Any] = {"basis": PopulationBasis.USUAL, "source": "测试", **fields}
    return Population.objects.create(
        region=region, group=group, people=people, counted_on=counted_on, **filled
    )


def make_pilot(region: Region, **fields: Any) -> PilotProject:
    filled: dict[str, Any] = {
        "name": f"试点{next(_numbers)}",
        "named_on": LONG_AGO,
        **fields,
    }
    return PilotProject.objects.create(region=region, **filled)
