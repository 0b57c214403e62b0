"""A correction is sealed under the same key, found at once, and refused where it is another's."""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from pytest_django import Settings

from contracts.correction import correct_identity
from contracts.demo.identities import check_character
from contracts.identity import TABLE, data_key_of, open_identity
from contracts.models import Person, PersonKey
from contracts.sealed import flaws, logged_values
from contracts.tests.factories import make_known_person, make_person
from yiyang.audit.models import AuditEvent
from yiyang.changelog.context import SYSTEM
from yiyang.changelog.models import ChangeEntry
from yiyang.lib.crypto import digest, digests, open_sealed

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 1)
BORN = date(1945, 1, 1)
REASON = "本人持身份证申请更正"


def number(sequence: str, born: str = "19450101") -> str:
    return f"150399{born}{sequence}" + check_character(f"150399{born}{sequence}")


@pytest.fixture(autouse=True, params=["AES-256-GCM", "SM4-GCM"])
def cipher(request: pytest.FixtureRequest, settings: Settings) -> None:
    settings.FIELD_CIPHER = request.param


@pytest.fixture
def person() -> Person:
    return make_known_person(
        name="王秀英", id_number=number("002"), phone="15400000001", born_on=BORN
    )


def correct(person: Person, **values: Any) -> None:
    correct_identity(by=SYSTEM, person=person, as_of=DAY, **{"reason": REASON, **values})
    person.refresh_from_db()


def test_what_is_given_is_corrected_and_found(person: Person) -> None:
    correct(person, name="王秀瑛", id_number=number("004"))
    who = open_identity(person)
    assert (who.name, who.id_number, who.phone) == ("王秀瑛", number("004"), "15400000001")
    assert bytes(person.name_digest or b"") == digest("王秀瑛", "name")
    assert bytes(person.id_digest or b"") == digest(number("004"), "id_number")
    assert list(flaws(in_log=True)) == []


def test_history_opens_on_both_sides(person: Person) -> None:
    key = data_key_of(person)
    assert key is not None
    correct(person, name="王秀瑛")
    entry = ChangeEntry.objects.of(TABLE, person.pk).last()
    assert entry is not None
    assert entry.change.reason == REASON

    def names(side: dict[str, Any] | None) -> list[str]:
        return [
            open_sealed(value, data_key=key, table=TABLE, field=field, uid=person.uid)
            for field, value in logged_values(side or {})
            if field == "name"
        ]

    assert (names(entry.before), names(entry.after)) == (["王秀英"], ["王秀瑛"])


def test_number_and_phone_can_be_taken_away(person: Person) -> None:
    correct(person, id_number="", phone="")
    who = open_identity(person)
    assert (who.name, who.id_number, who.phone) == ("王秀英", "", "")
    assert person.id_digest is None


def test_a_birth_date_is_corrected_with_its_number(person: Person) -> None:
    with pytest.raises(ValidationError, match="两项一并更正"):
        correct(person, id_number=number("002", "19460101"))
    correct(person, id_number=number("002", "19460101"), born_on=date(1946, 1, 1))
    assert person.born_on == date(1946, 1, 1)


def test_a_number_of_another_person_is_refused(person: Person) -> None:
    other = make_known_person(name="李桂兰", id_number=number("006"), born_on=BORN)
    with pytest.raises(ValidationError, match=str(other.uid)) as caught:
        correct(person, id_number=number("006"))
    assert number("006") not in str(caught.value)
    assert "请合并" in str(caught.value)
    assert open_identity(person).id_number == number("002")


def test_a_number_under_the_old_search_key_is_refused_too(
    person: Person, settings: Settings
) -> None:
    make_known_person(name="李桂兰", id_number=number("006"), born_on=BORN)
    settings.OLD_DIGEST_KEYS = [settings.DIGEST_KEY]
    settings.DIGEST_KEY = b64encode(b"d" * 32).decode()
    with pytest.raises(ValidationError, match="请合并"):
        correct(person, id_number=number("006"))
    assert Person.objects.filter(id_digest__in=digests(number("006"), "id_number")).count() == 1


def test_the_database_refuses_a_number_registered_meanwhile(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_known_person(name="李桂兰", id_number=number("006"), born_on=BORN)
    monkeypatch.setattr("contracts.correction.refuse_taken", lambda *_: None)
    with pytest.raises(ValidationError, match="刚刚被登记"):
        correct(person, id_number=number("006"))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"name": "  "}, "姓名不能为空"),
        ({"name": "王5"}, "不应有数字"),
        ({"id_number": "150399194501010019"}, "校验位"),
        ({"id_number": "150302450101001"}, "15 位旧"),
        ({"phone": "123"}, "电话须为"),
        ({"name": "王秀瑛", "reason": "改 "}, "请写明理由"),
    ],
)
def test_bad_input_changes_nothing(person: Person, values: dict[str, Any], message: str) -> None:
    before = Person.objects.filter(pk=person.pk).values().get()
    with pytest.raises(ValidationError, match=message):
        correct(person, **values)
    assert Person.objects.filter(pk=person.pk).values().get() == before


def test_someone_registered_without_a_name_gets_one_and_a_key() -> None:
    person = make_person(born_on=BORN)
    correct(person, name="王秀英")
    assert open_identity(person).name == "王秀英"
    assert PersonKey.objects.filter(person=person).exists()


@pytest.mark.parametrize("closed", ["voided", "duplicate"])
def test_a_closed_record_is_not_corrected(person: Person, closed: str) -> None:
    if closed == "voided":
        at = datetime(2020, 1, 1, tzinfo=UTC)
        Person.objects.filter(pk=person.pk).update(voided_at=at, void_reason="录错")
    else:
        Person.objects.filter(pk=person.pk).update(duplicate_of=make_person())
    with pytest.raises(ValidationError, match="所保留的那一条"):
        correct(person, name="王秀瑛")


def test_the_audit_says_which_fields_and_no_values(person: Person) -> None:
    correct(person, name="王秀瑛", phone="15400000001")
    event = AuditEvent.objects.get(subject=f"person:{person.uid}")
    assert (event.kind, event.reason) == ("PERSON_CHANGE", REASON)
    assert event.details == {"fields": "name"}


def test_no_statement_holds_the_plain_text(person: Person) -> None:
    with connection.execute_wrapper(_refuse_plain):
        correct(person, name="王秀瑛", id_number=number("004"), phone="15400000002")


def _refuse_plain(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
    for plain in ("王秀瑛", number("004"), "15400000002"):
        assert plain not in f"{sql} {params}"
    return execute(sql, params, many, context)
