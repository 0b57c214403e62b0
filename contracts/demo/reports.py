"""What institutions report at the end of a period: beds, people in care, staff."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from random import Random

from contracts.demo.elderly_sites import HomeSite
from contracts.demo.sites import Register, Site
from institutions.models import BedBasis, BedCount, BedRegister, Occupancy, StaffCount

# 护理型床位占养老床位的份额，按年（千分比），各家上下浮动。
NURSING = {2015: 170, 2016: 200, 2017: 235, 2018: 265, 2019: 295, 2020: 325}
NURSING_LATER, GAIN, NURSING_CEILING = 325, 24, 480
OCCUPIED = {2015: 520, 2016: 540, 2017: 555, 2018: 575, 2019: 600, 2020: 560}
OCCUPIED_LATER, OCCUPIED_GAIN = 580, 14
IN_USE = 0.92
REPORTS_MISSED = 0.015
SILENT_LATELY = {"新达养老院": 1, "林荫养老院": 2}
MONTHLY_YEARS = 3
# 内设护理院的床位：六成也在民政备案，八分之一两边都算护理、康复。
IN_BOTH_SHARE = 0.6
BOTH_CARE = 8
HOSPITALS = "A"


def add_reports(register: Register, homes: list[HomeSite]) -> None:
    """Add every report up to today, with one missing here and there."""
    random = register.scene.random("reports")
    for home in homes:
        _home_beds(register, random, home)
        _occupancy(register, random, home.site)
    for site in register.sites:
        if site.beds and site.category:
            _medical_beds(register, random, site)
        if site.beds or site.elderly_kind:
            _staff(register, random, site)


def _home_beds(register: Register, random: Random, home: HomeSite) -> None:
    if not home.site.beds:
        return
    leaning = random.uniform(0.7, 1.3)
    unit_beds = home.unit.beds if home.unit else 0
    days = [day for day in register.scene.quarter_ends() if home.site.is_open_on(day)]
    silent = SILENT_LATELY.get(home.spec.name, 0)
    for day in days[: len(days) - silent]:
        if random.random() < REPORTS_MISSED:
            continue
        for basis, total in _bases(home.site.beds):
            _add_beds(
                *(register, home.site, day, BedRegister.CIVIL_AFFAIRS, basis, total),
                nursing=min(total, round(total * _share(day, leaning))),
                in_both=int(unit_beds * IN_BOTH_SHARE),
                in_both_care=unit_beds // BOTH_CARE,
            )


def _medical_beds(register: Register, random: Random, site: Site) -> None:
    """Hospitals report each quarter, health centres each year; nursing hospitals mostly care."""
    is_hospital = site.category.startswith(HOSPITALS)
    is_care = site.category == "A710"
    in_both = int(site.beds * IN_BOTH_SHARE) if site.host else site.beds if is_care else 0
    days = register.scene.quarter_ends() if is_hospital else register.scene.year_ends()
    for day in days:
        if not site.is_open_on(day) or random.random() < REPORTS_MISSED:
            continue
        for basis, total in _bases(site.beds):
            _add_beds(
                *(register, site, day, BedRegister.HEALTH, basis, total),
                nursing=total // 2 if is_care else 0,
                rehabilitation=total // 4 if is_care else total // 14,
                hospice=total // 20 if is_care else 0,
                in_both=min(in_both, total),
                in_both_care=site.beds // BOTH_CARE if is_care else 0,
            )
            if is_care and not site.host:
                _add_beds(
                    *(register, site, day, BedRegister.CIVIL_AFFAIRS, basis, total),
                    nursing=total // 2,
                    in_both=total,
                    in_both_care=site.beds // BOTH_CARE,
                )


def _bases(beds: int) -> Iterator[tuple[BedBasis, int]]:
    yield BedBasis.APPROVED, beds
    yield BedBasis.ACTUAL, max(1, round(beds * IN_USE))


def _add_beds(
    register: Register,
    site: Site,
    day: date,
    kind: BedRegister,
    basis: BedBasis,
    total: int,
    **parts: int,
) -> None:
    place = {"institution": site.institution, "counted_on": day}
    register.add(BedCount(**place, register=kind, basis=basis, total=total, **parts))


def _share(day: date, leaning: float) -> float:
    later = NURSING_LATER + GAIN * (day.year - max(NURSING))
    return NURSING.get(day.year, min(NURSING_CEILING, later)) * leaning / 1000


def _occupancy(register: Register, random: Random, site: Site) -> None:
    """Quarterly at first, monthly in the last three years."""
    monthly_from = register.scene.today.replace(day=1)
    monthly_from = monthly_from.replace(year=monthly_from.year - MONTHLY_YEARS)
    leaning = random.uniform(0.75, 1.25)
    for day in register.scene.month_ends():
        is_due = day >= monthly_from or day.month % 3 == 0
        if not is_due or not site.is_open_on(day) or random.random() < REPORTS_MISSED:
            continue
        later = OCCUPIED_LATER + OCCUPIED_GAIN * (day.year - max(OCCUPIED))
        rate = OCCUPIED.get(day.year, later) * leaning / 1000 + random.uniform(-0.03, 0.03)
        occupants = min(site.beds, max(0, round(site.beds * rate)))
        register.add(
            Occupancy(
                institution=site.institution,
                counted_on=day,
                occupants=occupants,
                dependent=occupants * 19 // 100,
                partly_dependent=occupants * 27 // 100,
                aged_80_plus=occupants * 46 // 100,
            )
        )


def _staff(register: Register, random: Random, site: Site) -> None:
    for day in register.scene.year_ends()[1:]:
        if not site.is_open_on(day):
            continue
        beds = site.beds or 6
        is_medical = bool(site.category)
        register.add(
            StaffCount(
                institution=site.institution,
                counted_on=day,
                physicians=beds // 4 if is_medical else 0,
                nurses=beds // 3 if is_medical else beds // 30,
                care_workers=0 if is_medical else max(1, beds // 7),
                rehabilitation_staff=beds // 40,
                multi_site_physicians=random.randrange(3) if site.host else 0,
            )
        )
