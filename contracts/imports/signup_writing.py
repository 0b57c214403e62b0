"""A chunk of decided lines written to the registers: COPY for what is new, one UPDATE a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection

from contracts.copying import Cell, copy_rows, escaped, new_uids
from contracts.identity import NAME, PHONE, TABLE, seal_identity
from contracts.imports.signup_deciding import Writes
from contracts.imports.signup_known import Known
from contracts.imports.signup_reading import Wanted
from contracts.models import (
    FamilyDoctorSignup,
    KeyGroupMembership,
    Person,
    PersonKey,
    PersonResidence,
    ResidenceKind,
)
from yiyang.lib.crypto import digest, seal

PERSON = ("id", "uid", "void_reason", "born_on", "sex")
SEALED = ("name_sealed", "name_digest", "id_sealed", "id_digest", "phone_sealed")
HOME = ("person_id", "region_id", "kind", "starts_on", "reason", "void_reason")
SIGNUP = (
    *("id", "uid", "person_id", "team_id", "signed_on", "starts_on", "expires_on"),
    *("auto_renews", "terminated_on", "termination_reason", "void_reason", "renewal_of_id"),
)
GROUP = ("person_id", "group", "starts_on", "void_reason")
ENTERED, MOVED = "导入建档", "导入变更"
CORRECT_NAMES = """
UPDATE contracts_person held SET name_sealed = given.sealed, name_digest = given.digest
FROM unnest(%s::bigint[], %s::bytea[], %s::bytea[]) AS given(id, sealed, digest)
WHERE held.id = given.id
"""
CORRECT_PHONES = """
UPDATE contracts_person held SET phone_sealed = given.sealed
FROM unnest(%s::bigint[], %s::bytea[]) AS given(id, sealed) WHERE held.id = given.id
"""
END_HOMES = """
UPDATE contracts_personresidence held SET ends_on = given.starts_on - 1
FROM unnest(%s::bigint[], %s::date[]) AS given(person_id, starts_on)
WHERE held.person_id = given.person_id AND held.voided_at IS NULL AND held.ends_on IS NULL
"""
CORRECT_SIGNUPS = """
UPDATE contracts_familydoctorsignup held SET
    team_id = given.team_id, signed_on = given.signed_on, expires_on = given.expires_on,
    auto_renews = given.auto_renews, terminated_on = given.terminated_on,
    termination_reason = given.termination_reason
FROM unnest(
    %s::bigint[], %s::bigint[], %s::date[], %s::date[], %s::boolean[], %s::date[], %s::text[]
)
    AS given(id, team_id, signed_on, expires_on, auto_renews, terminated_on, termination_reason)
WHERE held.id = given.id
"""

LINK_RENEWALS = """
UPDATE contracts_familydoctorsignup held SET renewal_of_id = given.renewed
FROM unnest(%s::bigint[], %s::bigint[]) AS given(id, renewed) WHERE held.id = given.id
"""


def write(writes: Writes) -> None:
    """Write it all; corrections go first, so that a new sign-up finds the old one ended."""
    if writes.persons:
        _enter_persons(writes.persons)
    _update(CORRECT_NAMES, [_renamed(*one) for one in writes.names])
    _update(CORRECT_PHONES, [_rephoned(*one) for one in writes.phones])
    _update(END_HOMES, [(known.id, wanted.resides_from) for known, wanted in writes.moves])
    homes = [*((one, ENTERED) for one in writes.persons), *((one, MOVED) for one in writes.moves)]
    if homes:
        copy_rows(PersonResidence, HOME, (_home(*one, reason) for one, reason in homes))
    _update(CORRECT_SIGNUPS, [_corrected(signup) for signup in writes.corrected])
    if writes.signups:
        copy_rows(FamilyDoctorSignup, SIGNUP, _signups(writes))
    _update(LINK_RENEWALS, [(signup.id, signup.renewal_of) for signup in writes.linked])
    if writes.groups:
        copy_rows(KeyGroupMembership, GROUP, (_membership(*one) for one in writes.groups))


def _enter_persons(persons: Sequence[tuple[Known, Wanted]]) -> None:
    keys: list[bytes] = []

    def rows() -> Iterator[tuple[Cell, ...]]:
        for known, wanted in persons:
            identity = seal_identity(
                uid=known.uid, name=wanted.name, id_number=wanted.id_number, phone=wanted.phone
            )
            keys.append(identity.wrapped_key)
            yield (
                *(known.id, str(known.uid), "", wanted.born_on.isoformat(), wanted.sex),
                *(identity.name_sealed, identity.name_digest, identity.id_sealed),
                *(identity.id_digest, identity.phone_sealed),
            )

    copy_rows(Person, (*PERSON, *SEALED), rows())
    ids = (known.id for known, _ in persons)
    copy_rows(PersonKey, ("person_id", "wrapped"), zip(ids, keys, strict=True))


def _home(known: Known, wanted: Wanted, reason: str) -> tuple[Cell, ...]:
    kind = ResidenceKind.USUAL.value
    return known.id, wanted.region_id, kind, wanted.resides_from.isoformat(), reason, ""


def _signups(writes: Writes) -> Iterator[tuple[Cell, ...]]:
    uids = new_uids(len(writes.signups))
    for uid, (known, signup) in zip(uids, writes.signups, strict=True):
        ended = signup.terminated_on
        yield (
            *(signup.id, str(uid), known.id, signup.team_id, signup.signed_on.isoformat()),
            *(signup.starts_on.isoformat(), signup.expires_on.isoformat(), signup.auto_renews),
            ended.isoformat() if ended else None,
            *(escaped(signup.termination_reason), "", signup.renewal_of),
        )


def _membership(known: Known, group: str, wanted: Wanted) -> tuple[Cell, ...]:
    return known.id, group, wanted.starts_on.isoformat(), ""


def _renamed(known: Known, wanted: Wanted) -> tuple[Any, ...]:
    sealed = seal(wanted.name, data_key=known.key(), table=TABLE, field=NAME, uid=known.uid)
    return known.id, sealed, digest(wanted.name, NAME)


def _rephoned(known: Known, wanted: Wanted) -> tuple[Any, ...]:
    sealed = seal(wanted.phone, data_key=known.key(), table=TABLE, field=PHONE, uid=known.uid)
    return known.id, sealed


def _corrected(signup: Any) -> tuple[Any, ...]:
    return (
        *(signup.id, signup.team_id, signup.signed_on, signup.expires_on, signup.auto_renews),
        *(signup.terminated_on, signup.termination_reason),
    )


def _update(statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(statement, [list(column) for column in zip(*rows, strict=True)])
