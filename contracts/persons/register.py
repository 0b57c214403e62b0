"""What the register says of some persons on a day beside their own rows.

A row carries the record number, never a masked name: a surname beside age band, sex and street
would single people out, and showing it would open fifty sealed identities for every look at a
list. Whoever knows whom they seek searches exactly; whoever works through a list needs the record.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from contracts.models import (
    FamilyDoctorSignup,
    HealthManagement,
    Person,
    PersonResidence,
)
from contracts.persons.bands import band_of
from contracts.persons.standing import standing_on
from institutions.models import Region, RegionLevel, RegionPlacement
from yiyang.access.scope import Actor
from yiyang.facts import FactQuerySet
from yiyang.lib.ages import age_on

UID_SHOWN = 8
ABSENT = "—"


def record_number(uid: UUID) -> str:
    """The number a record goes by on pages: the beginning of its uid."""
    return str(uid)[:UID_SHOWN]


def persons_seen_by(actor: Actor) -> FactQuerySet[Person]:
    """Every kept record in the actor's scope; nothing of identity is read."""
    return (
        Person.objects.kept()
        .visible_to(actor)
        .only("uid", "born_on", "sex", "died_on", "duplicate_of")
    )


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is registered about some persons on a day, by the person's key."""

    day: date
    residences: Mapping[int, PersonResidence]
    streets: Mapping[int, str]
    signups: Mapping[int, FamilyDoctorSignup]
    managed: frozenset[int]

    def age(self, person: Person) -> int | str:
        return age_on(person.born_on, self.day) if person.born_on <= self.day else ""

    def age_band(self, person: Person) -> str:
        return band_of(person.born_on, self.day)

    def street(self, person: Person) -> str:
        residence = self.residences.get(person.pk)
        return self.streets[residence.region_id] if residence else ABSENT

    def community(self, person: Person) -> str:
        residence = self.residences.get(person.pk)
        return residence.region.name if residence else ""

    def standing(self, person: Person) -> str:
        return standing_on(person, self.residences.get(person.pk), self.day)

    def signed(self, person: Person) -> str:
        return "有效" if person.pk in self.signups else "无"

    def team(self, person: Person) -> str:
        signup = self.signups.get(person.pk)
        return signup.team.name if signup else ""

    def managed_this_year(self, person: Person) -> str:
        return "已完成" if person.pk in self.managed else "未完成"


def surroundings_of(persons: Sequence[Person], actor: Actor, day: date) -> Surroundings:
    """Residence, sign-up and health management of these persons, as far as the actor may see."""
    keys = [person.pk for person in persons]
    residences = PersonResidence.objects.on(day).visible_to(actor).filter(person__in=keys)
    by_person = {one.person_id: one for one in residences.select_related("region")}
    signups = FamilyDoctorSignup.objects.in_force(day).visible_to(actor).filter(person__in=keys)
    managed = HealthManagement.objects.completed(day.year, day).visible_to(actor)
    return Surroundings(
        day=day,
        residences=by_person,
        streets=streets_of([one.region for one in by_person.values()], day),
        signups={one.person_id: one for one in signups.select_related("team")},
        managed=frozenset(managed.filter(person__in=keys).values_list("person_id", flat=True)),
    )


def streets_of(regions: Sequence[Region], day: date) -> dict[int, str]:
    """The name of the street each region is or lies in on the day."""
    placements = RegionPlacement.objects.on(day).filter(region__in={one.pk for one in regions})
    parents = {one.region_id: one.parent.name for one in placements.select_related("parent")}
    return {
        one.pk: parents.get(one.pk, one.name) if one.level == RegionLevel.COMMUNITY else one.name
        for one in regions
    }
