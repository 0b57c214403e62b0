"""Register rows of contracts and persons with the required fields filled, for tests."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import Any
from uuid import uuid4

from contracts.identity import seal_identity
from contracts.models import (
    AgreementMode,
    DoctorTeam,
    FamilyDoctorSignup,
    HealthManagement,
    HomeSickbed,
    KeyGroup,
    KeyGroupMembership,
    PartnershipAgreement,
    Person,
    PersonKey,
    PersonResidence,
    ResidenceKind,
    SignupAggregate,
    TeamArea,
)
from institutions.models import Institution, Region
from institutions.tests.factories import LONG_AGO

_numbers = count(1)


def make_agreement(
    medical: Institution, elderly: Institution, **fields: Any
) -> PartnershipAgreement:
    """A signed, open-ended agreement since long ago."""
    filled: dict[str, Any] = {
        "number": f"协{next(_numbers)}",
        "mode": AgreementMode.COOPERATION,
        "signed_on": LONG_AGO,
        "starts_on": LONG_AGO,
        **fields,
    }
    if filled.get("terminated_on"):
        filled.setdefault("termination_reason", "测试")
    return PartnershipAgreement.objects.create(medical=medical, elderly=elderly, **filled)


def make_team(institution: Institution, *communities: Region, **fields: Any) -> DoctorTeam:
    """A doctor team since long ago, assigned to `communities`."""
    number = next(_numbers)
    filled: dict[str, Any] = {"starts_on": LONG_AGO, **fields}
    team = DoctorTeam.objects.create(
        institution=institution, code=f"TD-{number}", name=f"团队{number}", **filled
    )
    for community in communities:
        TeamArea.objects.create(team=team, region=community, starts_on=LONG_AGO)
    return team


def make_person(region: Region | None = None, **fields: Any) -> Person:
    """A person of about 77 in 2017 living in `region` since long ago."""
    filled: dict[str, Any] = {"born_on": date(1940, 5, 5), **fields}
    person = Person.objects.create(**filled)
    if region is not None:
        make_residence(person, region)
    return person


def make_residence(person: Person, region: Region, **fields: Any) -> PersonResidence:
    filled: dict[str, Any] = {"kind": ResidenceKind.USUAL, "starts_on": LONG_AGO, **fields}
    return PersonResidence.objects.create(person=person, region=region, **filled)


def make_signup(person: Person, team: DoctorTeam, **fields: Any) -> FamilyDoctorSignup:
    """A sign-up for the calendar years 2017 and 2018."""
    filled: dict[str, Any] = {
        "signed_on": date(2016, 12, 20),
        "starts_on": date(2017, 1, 1),
        "expires_on": date(2018, 12, 31),
        **fields,
    }
    if filled.get("terminated_on"):
        filled.setdefault("termination_reason", "测试")
    return FamilyDoctorSignup.objects.create(person=person, team=team, **filled)


def make_key_group(person: Person, **fields: Any) -> KeyGroupMembership:
    filled: dict[str, Any] = {
        "group": KeyGroup.HYPERTENSION,
        "starts_on": LONG_AGO,
        **fields,
    }
    return KeyGroupMembership.objects.create(person=person, **filled)


def make_health_management(
    person: Person, institution: Institution, **fields: Any
) -> HealthManagement:
    """All four conditions met on 1 June 2017."""
    day = date(2017, 6, 1)
    filled: dict[str, Any] = {
        "year": 2017,
        "record_on": day,
        "exam_on": day,
        "guided_on": day,
        "form_completed_on": day,
        **fields,
    }
    return HealthManagement.objects.create(person=person, institution=institution, **filled)


def make_sickbed(person: Person, institution: Institution, **fields: Any) -> HomeSickbed:
    filled: dict[str, Any] = {"starts_on": LONG_AGO, **fields}
    return HomeSickbed.objects.create(person=person, institution=institution, **filled)


def make_aggregate(region: Region, group: str, signed: int, counted_on: date) -> SignupAggregate:
    return SignupAggregate.objects.create(
        region=region, group=group, signed=signed, counted_on=counted_on
    )


def make_known_person(
    region: Region | None = None,
    *,
    name: str = "王秀英",
    id_number: str = "",
    phone: str = "",
    **fields: Any,
) -> Person:
    """A person whose name, ID number and phone are known and sealed."""
    uid = uuid4()
    sealed = seal_identity(uid=uid, name=name, id_number=id_number, phone=phone)
    person = make_person(
        region,
        uid=uid,
        name_sealed=sealed.name_sealed,
        name_digest=sealed.name_digest,
        id_sealed=sealed.id_sealed,
        id_digest=sealed.id_digest,
        phone_sealed=sealed.phone_sealed,
        **fields,
    )
    PersonKey.objects.create(person=person, wrapped=sealed.wrapped_key)
    return person
