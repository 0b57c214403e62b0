"""Which institutions the insurance schemes have designated, and since when."""

from __future__ import annotations

from datetime import date

from contracts.demo.sites import Register, Site
from institutions.models import InsuranceDesignation, InsuranceScheme

BASIC_KINDS = ("A", "B", "C", "G")
LONG_TERM_CARE_FROM = date(2024, 1, 1)
LONG_TERM_CARE_KINDS = ("A710", "A720")


def add_designations(register: Register) -> None:
    """Basic insurance for most medical institutions; in-house units came later, not all of them."""
    for place, site in enumerate(register.sites):
        if site.host:
            if place % 3:
                starts_on = max(site.opened_on, date(2017 + place % 4, 6, 1))
                _add(register, site, InsuranceScheme.BASIC, starts_on)
        elif site.category.startswith(BASIC_KINDS) or (site.category.startswith("D") and place % 2):
            starts_on = max(site.opened_on, date(2011, 1, 1))
            _add(register, site, InsuranceScheme.BASIC, starts_on)
        if site.category in LONG_TERM_CARE_KINDS:
            starts_on = max(site.opened_on, LONG_TERM_CARE_FROM)
            _add(register, site, InsuranceScheme.LONG_TERM_CARE, starts_on)


def _add(register: Register, site: Site, scheme: InsuranceScheme, starts_on: date) -> None:
    if starts_on <= register.scene.today:
        register.add(
            InsuranceDesignation(
                institution=site.institution,
                scheme=scheme,
                code=f"DEMO{site.institution.code[5:]}{scheme.value[0]}",
                starts_on=starts_on,
            )
        )
