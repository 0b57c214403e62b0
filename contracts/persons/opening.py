"""Opening sealed fields, one person's or a handful of persons' at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from contracts.identity import COLUMNS, TABLE, Identity
from contracts.models import Person, PersonKey
from yiyang.lib.crypto import SealError, open_sealed, unwrap
from yiyang.lib.masking import mask_id, mask_name, mask_phone

UNREADABLE = "（密文打不开）"
EMPTY = Identity()


def masked(identity: Identity) -> Identity:
    """The identity as pages show it before anyone gives a reason."""
    return Identity(
        name=mask_name(identity.name),
        id_number=mask_id(identity.id_number),
        phone=mask_phone(identity.phone),
    )


def open_field(person: Person, field: str) -> str:
    """One field in plain; empty where nothing is known. SealError when it was altered."""
    sealed = getattr(person, COLUMNS[field])
    wrapped = PersonKey.objects.filter(person=person).values_list("wrapped", flat=True).first()
    if sealed is None or wrapped is None:
        return ""
    key = unwrap(wrapped, person.uid)
    return open_sealed(sealed, data_key=key, table=TABLE, field=field, uid=person.uid)


def open_fields(persons: Sequence[Person], fields: Iterable[str]) -> dict[int, Identity]:
    """The named fields of these persons by key; one that does not open says so in its place.

    A file of 80,000 must not break off at one damaged record: the reader sees which it is.
    """
    wanted = tuple(fields)
    if not wanted:
        return {}
    wrapped = dict(PersonKey.objects.filter(person__in=persons).values_list("person", "wrapped"))
    return {
        person.pk: _opened(person, wrapped[person.pk], wanted)
        for person in persons
        if person.pk in wrapped
    }


def _opened(person: Person, wrapped: bytes | memoryview, fields: Sequence[str]) -> Identity:
    try:
        key = unwrap(wrapped, person.uid)
    except SealError:
        return Identity(**dict.fromkeys(fields, UNREADABLE))
    return Identity(**{field: _open_or_say(person, field, key) for field in fields})


def _open_or_say(person: Person, field: str, key: bytes) -> str:
    sealed = getattr(person, COLUMNS[field])
    if sealed is None:
        return ""
    try:
        return open_sealed(sealed, data_key=key, table=TABLE, field=field, uid=person.uid)
    except SealError:
        return UNREADABLE
