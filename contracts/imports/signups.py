"""The engine of the sign-ups: lines read, decided and written a chunk at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import islice

import psycopg2
from django.db import DatabaseError, transaction

from contracts.copying import new_uids, reserve_ids
from contracts.identity import ID_NUMBER
from contracts.imports.signup_deciding import Decider
from contracts.imports.signup_known import Known, known_persons
from contracts.imports.signup_reading import Reader, Wanted
from contracts.imports.signup_renewals import link_renewals
from contracts.imports.signup_writing import write
from contracts.models import FamilyDoctorSignup, Person
from institutions.imports.lines import Checked, Line
from institutions.imports.registry import Sending
from institutions.ingest.registers import Fault
from institutions.models import RowKind
from yiyang.lib.crypto import digests

CHUNK = 5000
# 一行，和它要登记的内容或者错处。
Read = tuple[Line, Wanted | tuple[Fault, ...]]


def take_signups(sending: Sending, lines: Iterator[Line]) -> Iterator[Checked]:
    """Enter persons, homes and sign-ups set by set; memory holds two chunks.

    The next chunk is read beside the database's work on this one: reading asks it nothing.
    """
    reader = Reader(sending)
    (first_own,) = reserve_ids(FamilyDoctorSignup, 1)
    with ThreadPoolExecutor(1) as beside:
        ahead = beside.submit(_read, reader, tuple(islice(lines, CHUNK)))
        while read := ahead.result():
            ahead = beside.submit(_read, reader, tuple(islice(lines, CHUNK)))
            yield from _taken(reader, read, first_own)


def _read(reader: Reader, chunk: tuple[Line, ...]) -> list[Read]:
    return [(line, reader.read(line)) for line in chunk]


def _taken(reader: Reader, read: list[Read], first_own: int) -> list[Checked]:
    wanted = [one for _, one in read if isinstance(one, Wanted)]
    persons = _known(wanted, reader)
    new = len({one.digest for one in wanted} - set(persons))
    person_ids = zip(reserve_ids(Person, new), new_uids(new), strict=True)
    signup_ids = iter(reserve_ids(FamilyDoctorSignup, len(wanted)))
    decider = Decider(
        reader.places,
        persons,
        new_person=lambda: next(person_ids),
        new_signup=lambda: next(signup_ids),
        first_own=first_own,
        unsaid=reader.unsaid,
    )
    checked = [
        decider.decide(one) if isinstance(one, Wanted) else Checked(line, RowKind.ERROR, faults=one)
        for line, one in read
    ]
    told = link_renewals(decider.writes, first_own)
    try:
        with transaction.atomic():
            write(decider.writes)
    # copy_expert 的错误 Django 不转译，原样出来。
    except (DatabaseError, psycopg2.Error) as error:
        first, last = read[0][0].number, read[-1][0].number
        why = str(error).split("\n", 1)[0]
        raise ValueError(f"第 {first}—{last} 行之间写不进登记：{why}") from None
    if not told:
        return checked
    return [replace(one, note=told.get(one.line.number, "")) for one in checked]


def _known(wanted: Sequence[Wanted], reader: Reader) -> dict[bytes, Known]:
    """The persons of a chunk by the digest now in force; while keys change, by older ones too."""
    persons = known_persons({one.digest for one in wanted}, with_groups=reader.has_groups)
    if not reader.is_rotating:
        return persons
    older = {
        old: one.digest
        for one in wanted
        if one.digest not in persons
        for old in digests(one.id_number, ID_NUMBER)[1:]
    }
    found = known_persons(older, with_groups=reader.has_groups)
    return persons | {older[digest]: known for digest, known in found.items()}
