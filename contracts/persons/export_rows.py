"""The rows of an export of persons, a few hundred persons at a time."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from contracts.identity import COLUMNS, Identity
from contracts.models import (
    ExportColumn,
    HomeSickbed,
    KeyGroup,
    KeyGroupMembership,
    Person,
)
from contracts.models.persons import RESTRICTED_GROUPS
from contracts.persons.opening import EMPTY, open_fields
from contracts.persons.register import Surroundings, surroundings_of
from yiyang.access.scope import Actor
from yiyang.lib.workbooks import Cell

AT_ONCE = 500
NUMBER_HEADING = "档案编号"
Columns = Sequence[ExportColumn]


@dataclass(frozen=True, slots=True)
class Known:
    """What a block of rows is written from, by the person's key."""

    around: Surroundings
    identities: Mapping[int, Identity]
    in_sickbed: frozenset[int]
    groups: Mapping[int, Sequence[KeyGroup]]

    def identity(self, person: Person) -> Identity:
        return self.identities.get(person.pk, EMPTY)

    def groups_in_words(self, person: Person, *, restricted: bool) -> str:
        groups = self.groups.get(person.pk, ())
        return "、".join(
            str(group.label) for group in groups if (group in RESTRICTED_GROUPS) is restricted
        )


WRITERS: Mapping[ExportColumn, Callable[[Person, Known], Cell]] = {
    ExportColumn.NAME: lambda person, known: known.identity(person).name,
    ExportColumn.ID_NUMBER: lambda person, known: known.identity(person).id_number,
    ExportColumn.PHONE: lambda person, known: known.identity(person).phone,
    ExportColumn.BORN_ON: lambda person, known: person.born_on.isoformat(),
    ExportColumn.SEX: lambda person, known: person.get_sex_display(),
    ExportColumn.AGE: lambda person, known: known.around.age(person),
    ExportColumn.AGE_BAND: lambda person, known: known.around.age_band(person),
    ExportColumn.STREET: lambda person, known: known.around.street(person),
    ExportColumn.COMMUNITY: lambda person, known: known.around.community(person),
    ExportColumn.STANDING: lambda person, known: known.around.standing(person),
    ExportColumn.SIGNUP: lambda person, known: known.around.signed(person),
    ExportColumn.TEAM: lambda person, known: known.around.team(person),
    ExportColumn.MANAGED: lambda person, known: known.around.managed_this_year(person),
    ExportColumn.SICKBED: lambda person, known: "有" if person.pk in known.in_sickbed else "无",
    ExportColumn.KEY_GROUPS: lambda person, known: known.groups_in_words(person, restricted=False),
    ExportColumn.RESTRICTED_GROUPS: lambda person, known: known.groups_in_words(
        person, restricted=True
    ),
}


def headings_of(columns: Columns) -> list[str]:
    return [NUMBER_HEADING, *(str(column.label) for column in columns)]


def lines_of(
    keys: array[int], columns: Columns, *, actor: Actor, day: date
) -> Iterator[Sequence[Cell]]:
    """One line for each key, in order; memory holds one block of persons, however many keys."""
    for start in range(0, len(keys), AT_ONCE):
        block = list(keys[start : start + AT_ONCE])
        by_key = Person.objects.in_bulk(block)
        persons = [by_key[key] for key in block]
        known = _known(persons, columns, actor, day)
        for person in persons:
            yield [str(person.uid), *(WRITERS[column](person, known) for column in columns)]


def _known(persons: Sequence[Person], columns: Columns, actor: Actor, day: date) -> Known:
    """Read and open only what the columns ask for."""
    sealed = [column.value for column in columns if column.value in COLUMNS]
    asks_groups = {ExportColumn.KEY_GROUPS, ExportColumn.RESTRICTED_GROUPS} & set(columns)
    return Known(
        around=surroundings_of(persons, actor, day),
        identities=open_fields(persons, sealed),
        in_sickbed=_in_sickbed(persons, actor, day),
        groups=_groups(persons, actor, day) if asks_groups else {},
    )


def _in_sickbed(persons: Sequence[Person], actor: Actor, day: date) -> frozenset[int]:
    rows = HomeSickbed.objects.on(day).visible_to(actor).filter(person__in=persons)
    return frozenset(rows.values_list("person_id", flat=True))


def _groups(persons: Sequence[Person], actor: Actor, day: date) -> dict[int, list[KeyGroup]]:
    """The key groups of each person on the day, without those the actor may not know of."""
    rows = KeyGroupMembership.objects.on(day).visible_to(actor).filter(person__in=persons)
    found: dict[int, list[KeyGroup]] = defaultdict(list)
    for key, group in rows.order_by("group").values_list("person_id", "group"):
        found[key].append(KeyGroup(group))
    return found
