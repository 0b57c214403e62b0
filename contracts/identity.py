"""A person's name, ID number and phone, sealed for the register under the person's own key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from yiyang.lib.crypto import digest, new_data_key, seal, wrap

TABLE: Final = "contracts_person"
NAME: Final = "name"
ID_NUMBER: Final = "id_number"
PHONE: Final = "phone"


@dataclass(frozen=True, slots=True)
class SealedIdentity:
    """What the person's row and key row store; None where nothing is known."""

    wrapped_key: bytes
    name_sealed: bytes
    name_digest: bytes
    id_sealed: bytes | None
    id_digest: bytes | None
    phone_sealed: bytes | None


def seal_identity(*, uid: UUID, name: str, id_number: str = "", phone: str = "") -> SealedIdentity:
    """Seal what is known of a new person under a new data key."""
    key = new_data_key()

    def sealed(plain: str, field: str) -> bytes | None:
        if not plain:
            return None
        return seal(plain, data_key=key, table=TABLE, field=field, uid=uid)

    return SealedIdentity(
        wrapped_key=wrap(key, uid),
        name_sealed=seal(name, data_key=key, table=TABLE, field=NAME, uid=uid),
        name_digest=digest(name, NAME),
        id_sealed=sealed(id_number, ID_NUMBER),
        id_digest=digest(id_number, ID_NUMBER) if id_number else None,
        phone_sealed=sealed(phone, PHONE),
    )
