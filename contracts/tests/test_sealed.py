"""A sealed value moved to another row, column or table is found out, however it got there."""

from __future__ import annotations

from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django import Settings

from contracts.copying import copy_rows
from contracts.identity import ID_NUMBER, NAME, TABLE, data_key_of, open_identity, seal_identity
from contracts.models import Person, PersonKey
from contracts.sealed import (
    DIGEST_WRONG,
    KEY_MISSING,
    KEY_NOT_OPENING,
    LOGGED_NOT_OPENING,
    NOT_OPENING,
    Flaw,
    flaws,
)
from contracts.tests.factories import make_known_person
from yiyang.changelog.context import SYSTEM, recorded
from yiyang.changelog.models import ChangeEntry
from yiyang.lib.crypto import SealError, digest, new_data_key, open_sealed, seal

pytestmark = pytest.mark.django_db
FIRST: dict[str, Any] = {
    "name": "王秀英",
    "id_number": "150399194501010018",
    "phone": "15400000001",
}
SECOND: dict[str, Any] = {
    "name": "李桂兰",
    "id_number": "150399194602020026",
    "phone": "15400000002",
}


@pytest.fixture(autouse=True, params=["AES-256-GCM", "SM4-GCM"])
def cipher(request: pytest.FixtureRequest, settings: Settings) -> None:
    settings.FIELD_CIPHER = request.param


@pytest.fixture
def first() -> Person:
    return make_known_person(**FIRST)


@pytest.fixture
def second() -> Person:
    return make_known_person(**SECOND)


def test_untouched_records_have_no_flaw(first: Person, second: Person) -> None:
    make_known_person(name="没有证件号", id_number="")
    assert list(flaws(in_log=True)) == []


@pytest.mark.parametrize(
    ("column", "field"),
    [("name_sealed", "name"), ("id_sealed", "id_number"), ("phone_sealed", "phone")],
)
def test_a_value_moved_to_another_row_is_found(
    first: Person, second: Person, column: str, field: str
) -> None:
    Person.objects.filter(pk=second.pk).update(**{column: getattr(first, column)})
    assert list(flaws()) == [Flaw(second.uid, NOT_OPENING, field)]
    second.refresh_from_db()
    with pytest.raises(SealError, match="挪到别的记录"):
        open_identity(second)


def test_a_value_moved_to_another_column_is_found(first: Person) -> None:
    Person.objects.filter(pk=first.pk).update(phone_sealed=first.name_sealed)
    assert list(flaws()) == [Flaw(first.uid, NOT_OPENING, "phone")]


def test_a_value_from_another_table_is_found(first: Person) -> None:
    key = data_key_of(first)
    assert key is not None
    elsewhere = seal(FIRST["name"], data_key=key, table="other", field=NAME, uid=first.uid)
    Person.objects.filter(pk=first.pk).update(name_sealed=elsewhere)
    assert list(flaws()) == [Flaw(first.uid, NOT_OPENING, "name")]


def test_a_whole_identity_moved_with_its_key_is_found(first: Person, second: Person) -> None:
    columns = ("name_sealed", "name_digest", "id_sealed", "phone_sealed")
    Person.objects.filter(pk=second.pk).update(**{c: getattr(first, c) for c in columns})
    key = PersonKey.objects.get(person=first).wrapped
    PersonKey.objects.filter(person=second).update(wrapped=key)
    assert list(flaws()) == [Flaw(second.uid, KEY_NOT_OPENING)]


def test_a_digest_that_finds_somebody_else_is_found(first: Person, second: Person) -> None:
    Person.objects.filter(pk=first.pk).update(id_digest=digest("150399194702020023", ID_NUMBER))
    Person.objects.filter(pk=second.pk).update(name_digest=None)
    expected = [Flaw(first.uid, DIGEST_WRONG, "id_number"), Flaw(second.uid, DIGEST_WRONG, "name")]
    assert list(flaws()) == expected


def test_values_without_their_key_are_found(first: Person, second: Person) -> None:
    first_only = Person.objects.create(born_on=first.born_on, name_sealed=first.name_sealed)
    assert list(flaws()) == [Flaw(first_only.uid, KEY_MISSING)]


def test_an_altered_value_in_the_log_is_found(first: Person) -> None:
    with recorded(by=SYSTEM):
        Person.objects.filter(pk=first.pk).update(phone_sealed=first.name_sealed)
        Person.objects.filter(pk=first.pk).update(phone_sealed=first.phone_sealed)
    assert list(flaws()) == []
    assert set(flaws(in_log=True)) == {Flaw(first.uid, LOGGED_NOT_OPENING, "phone")}


def test_the_command_names_uids_and_nothing_else(first: Person, second: Person) -> None:
    Person.objects.filter(pk=second.pk).update(name_sealed=first.name_sealed)
    output, errors = StringIO(), StringIO()
    with pytest.raises(CommandError, match="核对 2 人，1 处不符"):
        call_command("verify_sealed", stdout=output, stderr=errors)
    assert str(second.uid) in errors.getvalue()
    for plain in (*FIRST.values(), *SECOND.values()):
        assert plain not in output.getvalue() + errors.getvalue()


def test_the_command_takes_a_sample(first: Person, second: Person) -> None:
    output = StringIO()
    call_command("verify_sealed", "--sample", "1", "--log", stdout=output)
    assert "核对 1 人，密文与检索值全部相符。" in output.getvalue()
    with pytest.raises(CommandError, match="正整数"):
        call_command("verify_sealed", "--sample", "0")


UPSERT = """
INSERT INTO contracts_person (uid, born_on, sex, void_reason, name_sealed, name_digest, id_sealed,
    id_digest, phone_sealed) VALUES (%s, '1945-01-01', 'F', '', %s, %s, %s, %s, %s)
ON CONFLICT (uid) DO UPDATE SET name_sealed = excluded.name_sealed,
    name_digest = excluded.name_digest, id_sealed = excluded.id_sealed,
    id_digest = excluded.id_digest, phone_sealed = excluded.phone_sealed
RETURNING id
"""


def test_sealed_values_go_through_an_upsert() -> None:
    uid, key = uuid4(), new_data_key()
    with connection.cursor() as cursor:
        for name in ("王秀英", "王秀瑛"):
            one = seal_identity(uid=uid, name=name, id_number=FIRST["id_number"], data_key=key)
            values = (one.name_sealed, one.name_digest, one.id_sealed, one.id_digest, None)
            cursor.execute(UPSERT, [uid, *values])
            (person_id,) = cursor.fetchone()
            PersonKey.objects.get_or_create(
                person_id=person_id, defaults={"wrapped": one.wrapped_key}
            )
    assert open_identity(Person.objects.get(uid=uid)).name == "王秀瑛"
    assert list(flaws(in_log=True)) == []


def test_sealed_values_go_through_copy() -> None:
    uid = uuid4()
    one = seal_identity(uid=uid, **FIRST)
    sealed = ("name_sealed", "name_digest", "id_sealed", "id_digest", "phone_sealed")
    row = (str(uid), "1945-01-01", "F", "", *(getattr(one, column) for column in sealed))
    copy_rows(Person, ("uid", "born_on", "sex", "void_reason", *sealed), [row])
    person = Person.objects.get(uid=uid)
    PersonKey.objects.create(person=person, wrapped=one.wrapped_key)
    who = open_identity(person)
    assert (who.name, who.id_number, who.phone) == tuple(FIRST.values())
    assert list(flaws(in_log=True)) == []


def test_history_opens_with_the_persons_key(first: Person) -> None:
    key = data_key_of(first)
    assert key is not None
    again = seal("王秀瑛", data_key=key, table=TABLE, field=NAME, uid=first.uid)
    Person.objects.filter(pk=first.pk).update(name_sealed=again)
    entry = ChangeEntry.objects.of(TABLE, first.pk).last()
    assert entry is not None

    def opened(side: dict[str, str] | None) -> str:
        value = bytes.fromhex((side or {})["name_sealed"].removeprefix("\\x"))
        return open_sealed(value, data_key=key, table=TABLE, field=NAME, uid=first.uid)

    assert (opened(entry.before), opened(entry.after)) == ("王秀英", "王秀瑛")
