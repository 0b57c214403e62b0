"""Whom to call at each institution: plainly fictitious, on never-issued numbers."""

from __future__ import annotations

from contracts.demo.sites import Register
from institutions.models import InstitutionContact

NEVER_ISSUED = 154_1000_0000
WITHOUT_CONTACT = 17  # 每 17 家有一家没有登记联系人


def add_contacts(register: Register) -> None:
    """A contact for most institutions, since they opened."""
    for place, site in enumerate(register.sites):
        if place % WITHOUT_CONTACT == 0:
            continue
        register.add(
            InstitutionContact(
                institution=site.institution,
                name=f"演示联系人{place:03d}",
                phone=str(NEVER_ISSUED + place),
                starts_on=site.opened_on,
            )
        )
