"""The register page by page: which persons, and what little of each the list shows.

A row carries the record number, never a masked name: a surname beside age band, sex and street
would single people out, and showing it would open fifty sealed identities for every look at a
list. Whoever knows whom they seek searches exactly; whoever works through a list needs the record.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import QuerySet

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

PAGE_SIZE = 50
COUNTED_UP_TO = 10_000
UID_SHOWN = 8
ABSENT = "—"


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """One person as the list shows them."""

    uid: UUID
    age_band: str
    sex: str
    street: str
    standing: str
    signup: str
    managed: str

    @property
    def number(self) -> str:
        return record_number(self.uid)


@dataclass(frozen=True, slots=True)
class RegisterPage:
    """One page of the list; `after` is where the next begins, None on the last."""

    rows: list[RegisterRow]
    after: int | None


def record_number(uid: UUID) -> str:
    """The number a record goes by on pages: the beginning of its uid."""
    return str(uid)[:UID_SHOWN]


def persons_seen_by(actor: Actor) -> QuerySet[Person]:
    """Every kept record in the actor's scope; nothing of identity is read."""
    return (
        Person.objects.kept()
        .visible_to(actor)
        .only("uid", "born_on", "sex", "died_on", "duplicate_of")
    )


def counted(persons: QuerySet[Person]) -> int:
    """How many, exactly up to 10,000; one more than that stands for all beyond."""
    return persons.order_by()[: COUNTED_UP_TO + 1].count()


def count_text(number: int) -> str:
    return "1 万人以上" if number > COUNTED_UP_TO else f"{number:,} 人"


def register_page(persons: QuerySet[Person], *, actor: Actor, after: int) -> RegisterPage:
    """The persons past the key `after`, in a number of queries that never grows."""
    found = list(persons.filter(pk__gt=after).order_by("pk")[: PAGE_SIZE + 1])
    kept = found[:PAGE_SIZE]
    return RegisterPage(
        rows=rows_of(kept, actor=actor),
        after=kept[-1].pk if len(found) > PAGE_SIZE else None,
    )


def rows_of(persons: Sequence[Person], *, actor: Actor) -> list[RegisterRow]:
    """The rows of these persons on the actor's day, in the order given."""
    around = surroundings_of(persons, actor=actor)
    return [around.row(person) for person in persons]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is registered about some persons on a day, by the person's key."""

    day: date
    residences: Mapping[int, PersonResidence]
    streets: Mapping[int, str]
    signups: Mapping[int, FamilyDoctorSignup]
    managed: frozenset[int]

    def row(self, person: Person) -> RegisterRow:
        residence = self.residences.get(person.pk)
        return RegisterRow(
            uid=person.uid,
            age_band=band_of(person.born_on, self.day),
            sex=person.get_sex_display(),
            street=self.street(person),
            standing=standing_on(person, residence, self.day),
            signup="有效" if person.pk in self.signups else "无",
            managed="已完成" if person.pk in self.managed else "未完成",
        )

    def street(self, person: Person) -> str:
        residence = self.residences.get(person.pk)
        return self.streets[residence.region_id] if residence else ABSENT


def surroundings_of(persons: Sequence[Person], *, actor: Actor) -> Surroundings:
    """Residence, sign-up and health management of these persons, as far as the actor may see."""
    day, keys = actor.day, [person.pk for person in persons]
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
