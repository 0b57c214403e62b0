"""Whose personal data has outlived its purpose on a day, and on what ground."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db.models import DateField, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Cast

from contracts.models import (
    DestructionItem,
    FamilyDoctorSignup,
    HealthManagement,
    HomeSickbed,
    Person,
    PersonResidence,
    ResidenceKind,
    RetentionGround,
    SignupService,
)
from contracts.models.care import CONDITIONS
from yiyang.lib.ages import birth_cutoff


@dataclass(frozen=True, slots=True)
class Due:
    """One person whose retention is over, since when it ran and why it ran."""

    person_id: int
    ground: RetentionGround
    since: date


def due(as_of: date) -> list[Due]:
    """Everyone whose retention is over on `as_of` and who is still known by name."""
    after_death = birth_cutoff(as_of, _years("RETENTION_YEARS_AFTER_DEATH"))
    after_leaving = birth_cutoff(as_of, _years("RETENTION_YEARS_AFTER_LEAVING"))
    found = {
        **_by(RetentionGround.VOIDED, _voided(after_leaving)),
        **_by(RetentionGround.LEFT, _gone(as_of, after_leaving)),
        **_by(RetentionGround.DEATH, _dead(after_death)),
    }
    return sorted(
        [*found.values(), *_duplicates(found, as_of)], key=lambda one: (one.since, one.person_id)
    )


def _years(setting: str) -> int:
    years = int(getattr(settings, setting))
    if years < 1:
        raise ImproperlyConfigured(f"{setting} 至少 1 年：未满一年即销毁，年度考核就无从核对。")
    return years


def _known() -> QuerySet[Person]:
    """Persons with a key of their own; a marked duplicate goes with the record it duplicates."""
    return Person.objects.filter(data_key__isnull=False, duplicate_of=None)


def _dead(cutoff: date) -> QuerySet[Person, Any]:
    return _known().filter(died_on__lte=cutoff).annotate(since=F("died_on"))


def _voided(cutoff: date) -> QuerySet[Person, Any]:
    voided = _known().filter(voided_at__isnull=False)
    return voided.annotate(since=Cast("voided_at", DateField())).filter(since__lte=cutoff)


def _gone(as_of: date, cutoff: date) -> QuerySet[Person, Any]:
    """Persons who left the city by `cutoff`, have not come back and were served no more since."""
    last = (
        PersonResidence.objects.kept()
        .filter(person=OuterRef("pk"), starts_on__lte=as_of)
        .order_by("-starts_on")
    )
    return (
        _known()
        .annotate(last_kind=Subquery(last.values("kind")[:1]))
        .annotate(since=Subquery(last.values("starts_on")[:1]))
        .filter(last_kind=ResidenceKind.LEFT, since__lte=cutoff)
        .exclude(_in_touch_after(cutoff))
    )


def _in_touch_after(day: date) -> Q:
    """Whether anybody served the person, or still owes a service, after `day`."""
    done = Q()
    for condition in CONDITIONS:
        done |= Q(**{f"{condition}__gt": day})
    kept_up = Q(terminated_on=None) | Q(terminated_on__gt=day)
    running = Q(auto_renews=True) | Q(expires_on__gt=day)
    contacts = (
        FamilyDoctorSignup.objects.kept().filter(kept_up & running),
        HealthManagement.objects.kept().filter(done),
        HomeSickbed.objects.kept().filter(Q(ends_on=None) | Q(ends_on__gt=day)),
    )
    served = SignupService.objects.kept().filter(served_on__gt=day)
    in_touch = Q(Exists(served.filter(signup__person=OuterRef("pk"))))
    for rows in contacts:
        in_touch |= Q(Exists(rows.filter(person=OuterRef("pk"))))
    return in_touch


def _by(ground: RetentionGround, persons: QuerySet[Any, Any]) -> dict[int, Due]:
    return {pk: Due(pk, ground, since) for pk, since in persons.values_list("pk", "since")}


def _duplicates(found: dict[int, Due], as_of: date) -> list[Due]:
    """Marked duplicates of persons due or destroyed: they bear the same name."""
    destroyed = dict(
        DestructionItem.objects.filter(destroyed_at__isnull=False).values_list("person", "since")
    )
    since = {**destroyed, **{pk: one.since for pk, one in found.items()}}
    rows = Person.objects.filter(data_key__isnull=False, duplicate_of__isnull=False)
    return [
        Due(pk, RetentionGround.DUPLICATE, since[original])
        for pk, original in rows.values_list("pk", "duplicate_of")
        if original in since
    ]
