"""The history of one person's records: sealed fields are said to have changed, never shown."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import Model, QuerySet

from contracts.models import (
    DoctorTeam,
    FamilyDoctorSignup,
    HealthManagement,
    HomeSickbed,
    KeyGroupMembership,
    Person,
    PersonResidence,
)
from contracts.persons.register import record_number
from institutions.history import (
    HistoryEntry,
    Wording,
    changes_in_words,
    institution_names,
    region_names,
)
from institutions.models import Institution, Region
from yiyang.access.fields import FieldClass
from yiyang.access.scope import Actor

OF_PERSON: tuple[Any, ...] = (
    *(PersonResidence, FamilyDoctorSignup, HealthManagement, HomeSickbed, KeyGroupMembership),
)


def history_of(person: Person, actor: Actor) -> list[HistoryEntry]:
    """The latest changes of the person's rows that the actor may see, newest first."""
    rows: dict[type[Model], list[int]] = {Person: [person.pk]}
    for model in OF_PERSON:
        seen: QuerySet[Any] = model.objects.visible_to(actor).filter(person=person)
        rows[model] = list(seen.values_list("pk", flat=True))
    return changes_in_words(rows, WORDING)


def _team_names(ids: Collection[int]) -> dict[int, str]:
    return dict(DoctorTeam.objects.filter(pk__in=ids).values_list("pk", "name"))


def _person_numbers(ids: Collection[int]) -> dict[int, str]:
    uids = Person.objects.filter(pk__in=ids).values_list("pk", "uid")
    return {pk: record_number(uid) for pk, uid in uids}


WORDING = Wording(
    shown=frozenset(FieldClass),
    silent=frozenset({"id", "uid", "person"}),
    hidden=frozenset(
        {*("name_sealed", "name_digest", "id_sealed", "id_digest", "phone_sealed"), "born_on"}
    ),
    namers={
        Region: region_names,
        Institution: institution_names,
        DoctorTeam: _team_names,
        Person: _person_numbers,
    },
)
