"""Everything the register holds about one person, as far as one actor may see it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from django.db.models import QuerySet

from contracts.identity import Identity, open_identity
from contracts.models import (
    FamilyDoctorSignup,
    HealthManagement,
    HomeSickbed,
    KeyGroupMembership,
    Person,
    PersonResidence,
    RevealField,
)
from contracts.persons.opening import EMPTY, masked
from contracts.persons.register import ABSENT, record_number, streets_of
from contracts.persons.standing import standing_on
from institutions.models import InstitutionProfile
from yiyang.access.scope import Actor
from yiyang.facts import Fact
from yiyang.lib.ages import age_on
from yiyang.lib.crypto import SealError

ROWS_SHOWN = 50
AtInstitution = PersonResidence | HealthManagement | HomeSickbed
F = TypeVar("F", bound=Fact)


@dataclass(frozen=True, slots=True)
class ShownSignup:
    """A sign-up, the stage it is at on the day, and whether another renews it."""

    signup: FamilyDoctorSignup
    state: str
    is_renewed: bool

    @property
    def renewal(self) -> str:
        """What it renews, with the days between; empty for a first sign-up."""
        before = self.signup.renewal_of
        if before is None:
            return ""
        gap = (self.signup.starts_on - before.expires_on).days - 1
        return f"续签，间隔 {gap} 天" if gap else "续签，没有间隔"


@dataclass(frozen=True, slots=True)
class ShownResidence:
    """A stay with the street it lies in and the home it is in, if any."""

    residence: PersonResidence
    street: str
    institution: str


@dataclass(frozen=True, slots=True)
class ShownCare:
    """Care given, and the institution that gave it."""

    record: HealthManagement | HomeSickbed
    institution: str


@dataclass(frozen=True, slots=True)
class PersonDossier:
    """One person on one day; the identity is masked before it gets here."""

    person: Person
    day: date
    identity: Identity
    is_damaged: bool
    standing: str
    residences: Sequence[ShownResidence]
    signups: Sequence[ShownSignup]
    health_managements: Sequence[ShownCare]
    sickbeds: Sequence[ShownCare]
    key_groups: Sequence[KeyGroupMembership]

    @property
    def number(self) -> str:
        return record_number(self.person.uid)

    @property
    def age(self) -> int:
        return age_on(self.person.born_on, self.day)

    @property
    def masked_fields(self) -> list[tuple[RevealField, str]]:
        """What may be revealed, field by field, as it stands masked; empty where unknown."""
        return [
            (RevealField.NAME, self.identity.name),
            (RevealField.ID_NUMBER, self.identity.id_number),
            (RevealField.PHONE, self.identity.phone),
            (RevealField.BORN_ON, "****-**-**"),
        ]


def dossier_of(person: Person, actor: Actor) -> PersonDossier:
    """Read the registers for one person; a number of queries that never grows."""
    day = actor.day
    identity, is_damaged = _masked_identity(person)
    residences = _of(
        person,
        PersonResidence.objects.kept().visible_to(actor).select_related("region"),
        "-starts_on",
    )
    current = next((one for one in residences if _holds(one, day)), None)
    managements = _of(person, HealthManagement.objects.kept().visible_to(actor), "-year")
    sickbeds = _of(person, HomeSickbed.objects.kept().visible_to(actor), "-starts_on")
    names = _names([*residences, *managements, *sickbeds], day)
    return PersonDossier(
        person=person,
        day=day,
        identity=identity,
        is_damaged=is_damaged,
        standing=standing_on(person, current, day),
        residences=_placed(residences, names, day),
        signups=_signups(person, actor),
        health_managements=[ShownCare(one, names[one.institution_id]) for one in managements],
        sickbeds=[ShownCare(one, names[one.institution_id]) for one in sickbeds],
        key_groups=_of(person, KeyGroupMembership.objects.kept().visible_to(actor), "-starts_on"),
    )


def state_of(signup: FamilyDoctorSignup, day: date) -> str:
    """The stage of a sign-up on `day`, in one word."""
    if signup.starts_on > day:
        return "未生效"
    if signup.terminated_on and signup.terminated_on <= day:
        return "已解约"
    if signup.expires_on < day and not signup.auto_renews:
        return "已到期"
    return "有效"


def _signups(person: Person, actor: Actor) -> list[ShownSignup]:
    signups = FamilyDoctorSignup.objects.kept().visible_to(actor)
    found = _of(person, signups.select_related("team", "renewal_of"), "-starts_on")
    renewed = {one.renewal_of_id for one in found}
    return [ShownSignup(one, state_of(one, actor.day), one.pk in renewed) for one in found]


def _of(person: Person, rows: QuerySet[F], order: str) -> list[F]:
    return list(rows.filter(person=person).order_by(order)[:ROWS_SHOWN])


def _masked_identity(person: Person) -> tuple[Identity, bool]:
    """The masked identity, and whether a sealed value was found altered."""
    try:
        return masked(open_identity(person)), False
    except SealError:
        return EMPTY, True


def _placed(
    residences: Sequence[PersonResidence], names: Mapping[int, str], day: date
) -> list[ShownResidence]:
    streets = streets_of([one.region for one in residences], day)
    return [
        ShownResidence(
            residence=one,
            street=streets[one.region_id],
            institution=names[one.institution_id] if one.institution_id else ABSENT,
        )
        for one in residences
    ]


def _names(rows: Sequence[AtInstitution], day: date) -> dict[int, str]:
    """What the institutions of these rows are called on the day; closed ones by their key."""
    wanted = {row.institution_id for row in rows if row.institution_id is not None}
    profiles = InstitutionProfile.objects.on(day).filter(institution__in=wanted)
    return {key: f"#{key}" for key in wanted} | dict(profiles.values_list("institution_id", "name"))


def _holds(residence: PersonResidence, day: date) -> bool:
    return residence.starts_on <= day and (residence.ends_on is None or residence.ends_on >= day)
