"""What the registers know of the persons a sheet names: one look for a whole chunk of lines."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection

from contracts.identity import TABLE
from contracts.imports.signup_reading import last_day
from yiyang.lib.crypto import open_sealed, unwrap

PERSONS = """
SELECT person.id, person.uid, person.id_digest, person.name_digest, person.name_sealed,
       person.phone_sealed, person.died_on, held.wrapped, home.id, home.region_id, home.starts_on
FROM contracts_person person
JOIN contracts_personkey held ON held.person_id = person.id
LEFT JOIN contracts_personresidence home
    ON home.person_id = person.id AND home.voided_at IS NULL AND home.ends_on IS NULL
WHERE person.id_digest = ANY(%s) AND person.voided_at IS NULL AND person.duplicate_of_id IS NULL
"""
SIGNUPS = """
SELECT person_id, id, team_id, signed_on, starts_on, expires_on, auto_renews, terminated_on,
       termination_reason, renewal_of_id
FROM contracts_familydoctorsignup WHERE person_id = ANY(%s) AND voided_at IS NULL
"""
GROUPS = """
SELECT person_id, "group", ends_on FROM contracts_keygroupmembership
WHERE person_id = ANY(%s) AND voided_at IS NULL
"""


@dataclass(slots=True)
class Signup:
    """A sign-up of the register; `line` is that of this sheet which wrote it."""

    id: int
    team_id: int
    signed_on: date
    starts_on: date
    expires_on: date
    auto_renews: bool
    terminated_on: date | None
    termination_reason: str
    renewal_of: int | None = None
    line: int = 0

    @property
    def last_day(self) -> date:
        return last_day(self.expires_on, self.auto_renews, self.terminated_on)


@dataclass(slots=True)
class Known:
    """A person as the register knows them, and their sign-ups by their first day.

    `groups`: until when the person is known to belong to each key group; read only if asked for.
    """

    id: int
    uid: UUID
    name_digest: bytes | None
    name_sealed: bytes | None = None
    phone_sealed: bytes | None = None
    died_on: date | None = None
    wrapped: bytes | None = None
    home_id: int | None = None
    region_id: int | None = None
    home_since: date | None = None
    is_new: bool = False
    phone: str | None = None
    signups: dict[date, Signup] = field(default_factory=dict)
    groups: dict[str, date] = field(default_factory=dict)

    def key(self) -> bytes:
        assert self.wrapped is not None
        return unwrap(self.wrapped, self.uid)

    def phone_known(self) -> str:
        """The phone in the clear, opened once; empty where none is known."""
        if self.phone is None:
            self.phone = self._opened(self.phone_sealed, "phone")
        return self.phone

    def name_known(self) -> str:
        return self._opened(self.name_sealed, "name")

    def _opened(self, sealed: bytes | None, name: str) -> str:
        if sealed is None:
            return ""
        return open_sealed(sealed, data_key=self.key(), table=TABLE, field=name, uid=self.uid)


def known_persons(digests: Iterable[bytes], *, with_groups: bool = False) -> dict[bytes, Known]:
    """The persons under these digests of ID numbers, with all their sign-ups."""
    with connection.cursor() as cursor:
        cursor.execute(PERSONS, [list(digests)])
        found = {bytes(row[2]): _person(row) for row in cursor.fetchall()}
        by_id = {known.id: known for known in found.values()}
        if by_id:
            cursor.execute(SIGNUPS, [list(by_id)])
            for person_id, *signup in cursor.fetchall():
                one = Signup(*signup)
                by_id[person_id].signups[one.starts_on] = one
        if by_id and with_groups:
            cursor.execute(GROUPS, [list(by_id)])
            for person_id, group, ends_on in cursor.fetchall():
                groups, until = by_id[person_id].groups, ends_on or date.max
                groups[group] = max(until, groups.get(group, until))
    return found


def _person(row: tuple[Any, ...]) -> Known:
    person_id, uid, _, name_digest, name, phone, died_on, wrapped, home, region, since = row
    return Known(
        id=person_id,
        uid=UUID(str(uid)),
        name_digest=None if name_digest is None else bytes(name_digest),
        name_sealed=None if name is None else bytes(name),
        phone_sealed=None if phone is None else bytes(phone),
        died_on=died_on,
        wrapped=bytes(wrapped),
        home_id=home,
        region_id=region,
        home_since=since,
    )
