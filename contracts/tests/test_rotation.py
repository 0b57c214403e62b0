"""Keys are changed under everyone's records, and a change killed half-way is gone on with."""

from __future__ import annotations

import base64
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from io import StringIO
from random import Random

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from psycopg2.extensions import connection as Connection
from pytest_django import Settings

from contracts.demo.identities import Identities
from contracts.identity import COLUMNS, ID_NUMBER, NAME, Identity, open_identity
from contracts.keys import PERSONS, stale_digests
from contracts.models import Person, PersonKey
from contracts.tests.factories import make_known_person
from yiyang.audit.models import AuditEvent
from yiyang.changelog.models import ChangeEntry
from yiyang.lib.crypto import SealError, digests, wrapped_key_id

OLD, NEW, SEARCH, NEW_SEARCH = (base64.b64encode(bytes([n]) * 32).decode() for n in range(1, 5))
BORN = date(1940, 5, 5)
WAIT_SECONDS = 60.0


@pytest.fixture(autouse=True, params=["AES-256-GCM", "SM4-GCM"])
def old_keys(request: pytest.FixtureRequest, settings: Settings) -> None:
    settings.FIELD_CIPHER = request.param
    settings.FIELD_KEYS, settings.FIELD_KEY_ID = {"k1": OLD, "k2": NEW}, "k1"
    settings.DIGEST_KEY, settings.OLD_DIGEST_KEYS = SEARCH, []


def turn(settings: Settings) -> None:
    """Put the new keys in force, as the system administrator does in the environment."""
    settings.FIELD_KEY_ID = "k2"
    settings.DIGEST_KEY, settings.OLD_DIGEST_KEYS = NEW_SEARCH, [SEARCH]


def register(number: int) -> dict[int, Identity]:
    """Register so many persons; who they are, by primary key."""
    identities, known = Identities(Random(7)), {}
    for _ in range(number):
        name, id_number = identities.name("F"), identities.id_number(BORN, "F")
        who = Identity(name, id_number, identities.phone())
        person = make_known_person(name=name, id_number=id_number, phone=who.phone, born_on=BORN)
        known[person.pk] = who
    return known


def opened() -> dict[int, Identity]:
    return {person.pk: open_identity(person) for person in Person.objects.all()}


def rotate(*arguments: str) -> str:
    output = StringIO()
    call_command("rotate_keys", *arguments, stdout=output)
    return output.getvalue()


def found(field: str, value: str) -> list[int]:
    column = {NAME: "name_digest__in", ID_NUMBER: "id_digest__in"}[field]
    return list(
        Person.objects.filter(**{column: digests(value, field)}).values_list("pk", flat=True)
    )


@pytest.mark.django_db
def test_everyone_is_moved_and_the_old_keys_may_go(settings: Settings) -> None:
    known = register(7)
    turn(settings)
    said = rotate("--batch", "3")
    assert "7 人的数据密钥，7 人的检索值。" in said
    assert "已换 3 / 7 人的数据密钥" in said
    assert "已换 6 / 7 人的检索值" in said
    assert "主密钥 k1 已无人使用，可以从 FIELD_KEYS 移除。" in said
    assert "可以清空 OLD_DIGEST_KEYS" in said
    assert PERSONS.in_use() == {"k2": 7}
    event = AuditEvent.objects.filter(kind="KEY_ROTATION").latest("pk")
    assert (event.subject, event.details) == ("key:k2", {"changed": 14, "left": 0})
    settings.FIELD_KEYS, settings.OLD_DIGEST_KEYS = {"k2": NEW}, []
    assert opened() == known
    for pk, who in known.items():
        assert found(ID_NUMBER, who.id_number) == [pk]
        assert pk in found(NAME, who.name)


@pytest.mark.django_db
def test_a_dry_run_counts_and_changes_nothing(settings: Settings) -> None:
    register(3)
    turn(settings)
    said = rotate("--dry-run")
    assert "3 人的数据密钥，3 人的检索值。" in said
    assert "主密钥 k1 还包裹着 3 人的数据密钥，不得移除。" in said
    assert "OLD_DIGEST_KEYS 不得移除" in said
    assert PERSONS.in_use() == {"k1": 3}
    assert stale_digests().count() == 3


@pytest.mark.django_db
def test_a_second_run_finds_nothing_to_do(settings: Settings) -> None:
    register(3)
    turn(settings)
    rotate()
    kept = list(PersonKey.objects.order_by("pk").values_list("wrapped", flat=True))
    assert "0 人的数据密钥，0 人的检索值。" in rotate()
    assert list(PersonKey.objects.order_by("pk").values_list("wrapped", flat=True)) == kept


@pytest.mark.django_db
def test_a_change_of_cipher_is_a_rotation_too(settings: Settings) -> None:
    known = register(3)
    settings.FIELD_CIPHER = "SM4-GCM" if settings.FIELD_CIPHER == "AES-256-GCM" else "AES-256-GCM"
    assert found(ID_NUMBER, next(iter(known.values())).id_number) == [next(iter(known))]
    assert "3 人的数据密钥，3 人的检索值。" in rotate()
    assert PERSONS.stale().count() == stale_digests().count() == 0
    assert opened() == known


@pytest.mark.django_db
def test_rewrapping_leaves_the_sealed_fields_and_the_change_log_alone(settings: Settings) -> None:
    register(3)
    sealed = list(Person.objects.order_by("pk").values_list(*COLUMNS.values()))
    entries = ChangeEntry.objects.count()
    settings.FIELD_KEY_ID = "k2"
    rotate()
    assert list(Person.objects.order_by("pk").values_list(*COLUMNS.values())) == sealed
    assert ChangeEntry.objects.count() == entries


@pytest.mark.django_db
def test_new_digests_leave_an_entry_that_says_nothing_but_why(settings: Settings) -> None:
    register(3)
    before = ChangeEntry.objects.count()
    settings.DIGEST_KEY, settings.OLD_DIGEST_KEYS = NEW_SEARCH, [SEARCH]
    rotate()
    entries = ChangeEntry.objects.order_by("pk")[before:]
    assert len(entries) == 3
    for entry in entries:
        assert entry.before == entry.after
        assert "name_digest" not in (entry.after or {})
        assert entry.change.reason == "更换检索密钥"


@pytest.mark.django_db
def test_one_key_that_does_not_open_stops_nobody_else(settings: Settings) -> None:
    register(4)
    broken = Person.objects.order_by("pk")[1]
    PersonKey.objects.filter(person=broken).update(wrapped=b"\x01\x01\x02k1" + bytes(60))
    turn(settings)
    with pytest.raises(CommandError, match=str(broken.uid)):
        rotate("--batch", "1")
    assert PERSONS.in_use() == {"k1": 1, "k2": 3}
    assert list(stale_digests()) == [broken]


@pytest.mark.django_db
def test_a_number_registered_twice_meanwhile_is_named_by_uid(settings: Settings) -> None:
    known = register(2)
    number = next(iter(known.values())).id_number
    turn(settings)
    make_known_person(name="李桂兰", id_number=number, born_on=BORN)
    first = Person.objects.order_by("pk")[0]
    with pytest.raises(CommandError, match=f"请先合并：{first.uid}") as caught:
        rotate()
    assert number not in str(caught.value)
    assert list(stale_digests()) == [first]
    assert sorted(found(ID_NUMBER, number)) == sorted([first.pk, Person.objects.latest("pk").pk])


@pytest.mark.django_db
def test_without_its_master_key_nothing_opens(settings: Settings) -> None:
    register(1)
    settings.FIELD_KEYS, settings.FIELD_KEY_ID = {"k2": NEW}, "k2"
    with pytest.raises(SealError, match="k1"):
        opened()
    with pytest.raises(CommandError, match="打不开"):
        rotate()


@contextmanager
def held(owner: Connection, statement: str, person: int) -> Iterator[None]:
    """Hold a row as another transaction, so that the rotation stands still there."""
    owner.autocommit = False
    with owner.cursor() as cursor:
        cursor.execute(statement, [person])
        yield
    owner.rollback()
    owner.autocommit = True


def kill_half_way(environment: dict[str, str], is_half_way: Callable[[], bool]) -> None:
    """Start the rotation as a process of its own and end it without a word when half-way."""
    command = [sys.executable, "manage.py", "rotate_keys", "--batch", "1"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    waited_until = time.monotonic() + WAIT_SECONDS
    while not is_half_way():
        assert process.poll() is None
        assert time.monotonic() < waited_until
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL


@pytest.mark.parametrize("standing", ["keys", "digests"])
def test_a_rotation_killed_half_way_goes_on_and_loses_nobody(
    process_environment: dict[str, str],
    owner_connection: Connection,
    settings: Settings,
    standing: str,
) -> None:
    known = register(10)
    middle = sorted(known)[5]
    turn(settings)
    environment = {
        **process_environment,
        "FIELD_CIPHER": settings.FIELD_CIPHER,
        "FIELD_KEYS": f"k1={OLD},k2={NEW}",
        "FIELD_KEY_ID": "k2",
        "DIGEST_KEY": NEW_SEARCH,
        "OLD_DIGEST_KEYS": SEARCH,
    }
    table, key, stale = {
        "keys": ("contracts_personkey", "person_id", PERSONS.stale),
        "digests": ("contracts_person", "id", stale_digests),
    }[standing]
    lock = f"SELECT 1 FROM {table} WHERE {key} = %s FOR UPDATE"
    with held(owner_connection, lock, middle):
        kill_half_way(environment, lambda: stale().count() == 5)
        # 半途：新旧并存，人人打得开、查得到。
        assert opened() == known
        for pk, who in known.items():
            assert found(ID_NUMBER, who.id_number) == [pk]
    rotate("--batch", "2")
    assert PERSONS.stale().count() == stale_digests().count() == 0
    settings.FIELD_KEYS, settings.OLD_DIGEST_KEYS = {"k2": NEW}, []
    assert opened() == known
    for pk, who in known.items():
        assert found(ID_NUMBER, who.id_number) == [pk]
    assert {wrapped_key_id(key.wrapped) for key in PersonKey.objects.all()} == {"k2"}
    assert not connection.in_atomic_block
