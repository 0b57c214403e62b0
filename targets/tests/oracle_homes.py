"""The oracle's answers about elderly-care institutions, their beds and residents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from targets.tests.oracle import FILING, Oracle
from targets.tests.oracle_rows import (
    COUNTED,
    MISSING,
    NOT,
    OUT,
    Answer,
    Key,
    Row,
    Rows,
    fate,
    share,
    summed,
)


def homes(oracle: Oracle, region: int) -> dict[Key, Answer]:
    asked = [p for p in oracle.today.values() if oracle.is_home(p)]

    def filed(home: Any) -> bool:
        return oracle.holds_licence(home.institution_id, FILING)

    def medical(home: Any) -> bool:
        return filed(home) and oracle.served_medically(home)

    def either(home: Any) -> bool:
        return medical(home) or (filed(home) and oracle.rehabilitated(home))

    def both(home: Any) -> bool:
        return medical(home) and oracle.rehabilitated(home)

    return {
        ("EL17", "any_form"): share(oracle, region, asked, either),
        ("EL17", "medical_and_rehabilitation"): share(oracle, region, asked, both),
        ("EL20", "any_form"): share(oracle, region, asked, medical),
    }


@dataclass(frozen=True)
class Home:
    """A home with what its reports say; None where it did not report."""

    profile: Any
    is_filed: bool
    beds: int | None
    nursing: int
    care: int
    in_use: int
    occupants: int | None


def reported_homes(oracle: Oracle) -> Iterator[Home]:
    for profile in oracle.today.values():
        if not oracle.is_home(profile):
            continue
        key = profile.institution_id
        own = oracle.bed_report(key, "CIVIL_AFFAIRS")
        yield Home(
            profile=profile,
            is_filed=oracle.holds_licence(key, FILING),
            beds=own.total if own else None,
            nursing=own.nursing if own else 0,
            care=oracle.care_beds(key) if own else 0,
            in_use=oracle.all_beds(key) if own else 0,
            occupants=oracle.occupants(key),
        )


def beds(oracle: Oracle, region: int) -> dict[Key, Answer]:
    asked = list(reported_homes(oracle))
    here = [
        home
        for home in asked
        if home.profile.status == "OPERATING" and oracle.lies_in(home.profile.region_id, region)
    ]
    reported = [home for home in here if home.beds is not None]
    with_both = [home for home in reported if home.occupants is not None]

    def bed_rows(amount: str) -> Rows:
        for home in asked:
            told = MISSING if home.beds is None else COUNTED if home.is_filed else NOT
            told = OUT if home.profile.status != "OPERATING" else told
            yield Row(home.profile.region_id, told, getattr(home, amount), must_report=True)

    def reaching_rows() -> Rows:
        for home in asked:
            reaches = home.is_filed and home.in_use > 0 and 10 * home.care >= 3 * home.in_use
            told = MISSING if home.beds is None else fate(home.profile, reaches)
            told = OUT if home.profile.status != "OPERATING" else told
            yield Row(home.profile.region_id, told, must_report=True)

    def occupant_rows() -> Rows:
        for home in asked:
            told = MISSING if home.beds is None or home.occupants is None else COUNTED
            told = OUT if home.profile.status != "OPERATING" else told
            yield Row(home.profile.region_id, told, home.occupants or 0, must_report=True)

    elderly_beds = sum(home.beds or 0 for home in reported)
    occupied_beds = sum(home.beds or 0 for home in with_both)
    in_use = sum(home.in_use for home in reported)
    return {
        ("BD20", "city_sum"): summed(oracle, bed_rows("care"), region, in_use),
        ("BD20", "elderly_beds_only"): summed(oracle, bed_rows("care"), region, elderly_beds),
        ("NURS", "standard"): summed(oracle, bed_rows("nursing"), region, elderly_beds),
        ("BD20", "institution_share"): summed(oracle, reaching_rows(), region, len(here)),
        ("OCCU", "standard"): summed(oracle, occupant_rows(), region, occupied_beds),
    }
