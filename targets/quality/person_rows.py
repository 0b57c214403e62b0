"""Older people, their sign-ups and care whose register entries contradict each other."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL

from contracts.models import (
    FamilyDoctorSignup,
    HealthManagement,
    HomeSickbed,
    Person,
    PersonResidence,
    ResidenceKind,
)
from targets.indicators.base import flag
from targets.indicators.person_subjects import residence_on
from targets.quality.joins import astray, in_words
from yiyang.lib.ages import birth_cutoff

NAMED_FROM_AGE = 60


def too_young(day: date) -> QuerySet[Any]:
    """People registered or signed up by name before the day they turn 60 (rules.md 7)."""
    signed_up = FamilyDoctorSignup.objects.in_force(day).filter(person=OuterRef("pk"))
    found: QuerySet[Any] = (
        _persons(day)
        .filter(born_on__gt=birth_cutoff(day, NAMED_FROM_AGE))
        .exclude(died_on__isnull=False, died_on__lte=day)
        .annotate(is_signed_up=flag(Q(Exists(signed_up))))
        .filter(Q(residence__region__isnull=False) | Q(is_signed_up=True))
    )
    return found


# 从没有证件号的记录出发找同名同日出生者：这样的记录少，七百万人也只扫一遍。
TWINS = """
WITH twins AS (
    SELECT bare.id AS one, other.id AS another
    FROM "contracts_person" bare
    JOIN "contracts_person" other
      ON other.born_on = bare.born_on AND other.name_digest = bare.name_digest
    WHERE bare.id_digest IS NULL AND other.id <> bare.id
      AND bare.voided_at IS NULL AND bare.duplicate_of_id IS NULL
      AND other.voided_at IS NULL AND other.duplicate_of_id IS NULL
)
SELECT one FROM twins UNION SELECT another FROM twins
"""


def probable_duplicates(day: date) -> QuerySet[Any]:
    """Unmarked records with one birth date and one name digest, unless both ID numbers are known.

    An ID number is unique among unmarked records, so two known ones are two people.
    """
    registered = PersonResidence.objects.kept().filter(person=OuterRef("pk"), starts_on__lte=day)
    found: QuerySet[Any] = (
        _persons(day)
        .filter(Exists(registered), pk__in=RawSQL(TWINS, ()))  # noqa: S611 上面的常量
        .annotate(has_id_number=flag(Q(id_digest__isnull=False)))
    )
    return found


def _persons(day: date) -> QuerySet[Any]:
    return Person.objects.kept().filter(duplicate_of=None).annotate(residence=residence_on("", day))


def signups_of_the_gone(day: date) -> QuerySet[Any]:
    """Sign-ups in force of people who have died or moved out of the city."""
    dead = Person.objects.filter(died_on__lte=day).values("pk")
    left = PersonResidence.objects.on(day).filter(kind=ResidenceKind.LEFT).values("person")
    return (
        FamilyDoctorSignup.objects.in_force(day)
        .filter(person__in=dead.union(left, all=True))
        .annotate(
            residence=residence_on("person", day),
            is_dead=flag(Q(person__died_on__lte=day)),
            has_left=flag(Q(residence__kind=ResidenceKind.LEFT)),
        )
    )


def managed_after_death(day: date) -> QuerySet[Any]:
    """Health management whose exam lies after the day the person died."""
    return (
        HealthManagement.objects.kept()
        .filter(exam_on__lte=day, person__died_on__isnull=False, person__died_on__lt=F("exam_on"))
        .annotate(residence=residence_on("person", F("exam_on")))
    )


def sickbeds_of_the_dead(day: date) -> QuerySet[Any]:
    """Home sickbeds still open the day after the person died."""
    return (
        HomeSickbed.objects.on(day)
        .filter(person__died_on__lt=day)
        .annotate(residence=residence_on("person", day))
    )


def residents_outside_the_tree(day: date) -> QuerySet[Any]:
    """Living people whose residence is a region that is not in the city's tree."""
    return (
        PersonResidence.objects.on(day)
        .exclude(kind=ResidenceKind.LEFT)
        .exclude(person__died_on__isnull=False, person__died_on__lte=day)
        .filter(person__duplicate_of=None, person__voided_at=None)
        .filter(astray(day))
        .annotate(kind_in_words=in_words("kind", ResidenceKind))
    )
