"""Who may edit which part of an institution's record: decided here and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from institutions.models import Institution
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor

HEALTH, ELDERLY = Permission.EDIT_HEALTH, Permission.EDIT_ELDERLY


class Part(StrEnum):
    """A part of the record that one office, or both, keeps."""

    HEALTH_PROFILE = "health_profile"
    ELDERLY_PROFILE = "elderly_profile"
    MEDICAL_CERTIFICATE = "medical_certificate"
    ELDERLY_CERTIFICATE = "elderly_certificate"
    GREEN_CHANNEL = "green_channel"
    CARE_SERVICE = "care_service"
    DESIGNATION = "designation"
    CONTACT = "contact"
    HEALTH_BEDS = "health_beds"
    CIVIL_AFFAIRS_BEDS = "civil_affairs_beds"
    OCCUPANCY = "occupancy"
    STAFF = "staff"
    NOTE = "note"


EDITORS: Mapping[Part, frozenset[Permission]] = {
    Part.HEALTH_PROFILE: frozenset({HEALTH}),
    Part.ELDERLY_PROFILE: frozenset({ELDERLY}),
    Part.MEDICAL_CERTIFICATE: frozenset({HEALTH}),
    Part.ELDERLY_CERTIFICATE: frozenset({ELDERLY}),
    Part.GREEN_CHANNEL: frozenset({HEALTH}),
    Part.CARE_SERVICE: frozenset({HEALTH, ELDERLY}),
    Part.DESIGNATION: frozenset({HEALTH, ELDERLY}),
    Part.CONTACT: frozenset({HEALTH, ELDERLY}),
    Part.HEALTH_BEDS: frozenset({HEALTH}),
    Part.CIVIL_AFFAIRS_BEDS: frozenset({ELDERLY}),
    Part.OCCUPANCY: frozenset({ELDERLY}),
    Part.STAFF: frozenset({HEALTH}),
    Part.NOTE: frozenset({HEALTH, ELDERLY, Permission.REVIEW}),
}
# 机构自己只报数（rules.md 24）。
REPORTED_BY_ITSELF = frozenset(
    {Part.HEALTH_BEDS, Part.CIVIL_AFFAIRS_BEDS, Part.OCCUPANCY, Part.STAFF}
)


def may_edit(actor: Actor, institution: Institution, what: Part) -> bool:
    """Whether the actor may write this part of an institution already found in their scope."""
    if any(actor.may(permission) for permission in EDITORS[what]):
        return True
    is_own = institution.pk in actor.institution_ids
    return is_own and what in REPORTED_BY_ITSELF and actor.may(Permission.REPORT_OWN)


def may_edit_profile(
    actor: Actor, institution: Institution, *, category: str, elderly_kind: str
) -> bool:
    """Whether the actor keeps the profile: the side it stands on, either where it is on both."""
    is_health = bool(category) and may_edit(actor, institution, Part.HEALTH_PROFILE)
    return is_health or (bool(elderly_kind) and may_edit(actor, institution, Part.ELDERLY_PROFILE))


def may_register(actor: Actor) -> bool:
    """Whether the actor may enter a new institution of their side."""
    return actor.may(HEALTH) or actor.may(ELDERLY)
