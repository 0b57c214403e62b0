"""A person's name, ID number and phone, sealed and opened with the person's own key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final
from uuid import UUID

from contracts.models import Person, PersonKey
from yiyang.lib.crypto import digest, new_data_key, open_sealed, seal_fields, unwrap, wrap

TABLE: Final = "contracts_person"
NAME: Final = "name"
ID_NUMBER: Final = "id_number"
PHONE: Final = "phone"
COLUMNS: Final[Mapping[str, str]] = MappingProxyType(
    {NAME: "name_sealed", ID_NUMBER: "id_sealed", PHONE: "phone_sealed"}
)
DIGEST_COLUMNS: Final[Mapping[str, str]] = MappingProxyType(
    {NAME: "name_digest", ID_NUMBER: "id_digest"}
)


@dataclass(frozen=True, slots=True)
class SealedIdentity:
    """What the person's row and key row store; None where nothing is known."""

    wrapped_key: bytes
    name_sealed: bytes
    name_digest: bytes
    id_sealed: bytes | None
    id_digest: bytes | None
    phone_sealed: bytes | None


@dataclass(frozen=True, slots=True, repr=False)
class Identity:
    """Who a person is, in the clear; empty where nothing is known or everything was destroyed."""

    name: str = ""
    id_number: str = ""
    phone: str = ""

    def __repr__(self) -> str:
        # 默认的 repr 会把明文写进日志和出错页。
        return "Identity(…)"


def data_key_of(person: Person) -> bytes | None:
    """The person's own key, or None once it has been destroyed."""
    wrapped = PersonKey.objects.filter(person=person).values_list("wrapped", flat=True).first()
    return None if wrapped is None else unwrap(wrapped, person.uid)


def open_identity(person: Person) -> Identity:
    """Open what is known of a person; SealError when a value was altered or moved here."""
    key = data_key_of(person)
    if key is None:
        return Identity()
    sealed = {field: getattr(person, column) for field, column in COLUMNS.items()}
    return Identity(
        **{
            field: open_sealed(value, data_key=key, table=TABLE, field=field, uid=person.uid)
            for field, value in sealed.items()
            if value is not None
        }
    )


def seal_identity(
    *, uid: UUID, name: str, id_number: str = "", phone: str = "", data_key: bytes | None = None
) -> SealedIdentity:
    """Seal what is known of a person: a new one under a new key, a known one under their own.

    A known person must keep their key, or what the log holds of them would no longer open.
    """
    key = data_key or new_data_key()
    known = {ID_NUMBER: id_number, PHONE: phone}
    plains = {NAME: name.encode()} | {
        field: plain.encode() for field, plain in known.items() if plain
    }
    sealed = seal_fields(plains, data_key=key, table=TABLE, uid=uid)
    return SealedIdentity(
        wrapped_key=wrap(key, uid),
        name_sealed=sealed[NAME],
        name_digest=digest(name, NAME),
        id_sealed=sealed.get(ID_NUMBER),
        id_digest=digest(id_number, ID_NUMBER) if id_number else None,
        phone_sealed=sealed.get(PHONE),
    )
