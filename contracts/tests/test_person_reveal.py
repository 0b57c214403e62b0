"""Looking at one field in plain: who may, why, how often, for how long, and what stays behind."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.utils import ProgrammingError
from django.test import Client
from pytest_django import Settings

from contracts.models import Person, Reveal, RevealField, RevealReason
from contracts.persons import reveals
from contracts.persons.reveals import reveal
from contracts.tests.factories import make_known_person
from contracts.tests.persons import (
    ID_NUMBER,
    NAME,
    PHONE,
    City,
    browse_as,
    events_after,
    last_event_id,
    make_lan_zhi,
)
from yiyang.access.roles import ROLES, Permission, Role
from yiyang.access.scope import Actor, known_actor
from yiyang.access.tests.accounts import open_user
from yiyang.audit.kinds import EventKind, Outcome

ASKED = {"field": "phone", "reason": "contact", "note": "通知上门体检"}
REVEALERS = [role for role in Role if Permission.REVEAL_PERSON in ROLES[role].permissions]
AT = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


@pytest.fixture
def city(db: None) -> City:
    return City.make()


def ask(browser: Client, person: Person, **changed: str) -> Any:
    answer: Any = browser.post(f"/persons/{person.uid}/reveal/", {**ASKED, **changed})
    assert answer.status_code == 403 or "no-store" in answer["Cache-Control"]
    return answer


def reviewer() -> Actor:
    user = open_user(Role.CITY_HEALTH_REVIEWER)
    return known_actor(user.pk, user.role, date(2026, 11, 22))


@pytest.mark.parametrize("role", Role)
def test_only_roles_that_may_reveal_do(city: City, role: Role) -> None:
    answer = ask(browse_as(role, city.east), make_lan_zhi(city.community))
    assert answer.status_code == (200 if role in REVEALERS else 403)
    assert (PHONE in answer.content.decode()) is (role in REVEALERS)


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", NAME), ("id_number", ID_NUMBER), ("phone", PHONE), ("born_on", "1940-03-07")],
)
def test_one_field_is_shown_and_no_other(city: City, field: str, value: str) -> None:
    person = make_lan_zhi(city.community, born_on=date(1940, 3, 7))
    page = ask(browse_as(Role.CITY_HEALTH_REVIEWER), person, field=field).content.decode()
    plain = {NAME, ID_NUMBER, PHONE, "1940-03-07"}
    assert {one for one in plain if one in page} == {value}


def test_the_value_stands_in_one_answer_for_the_set_time(city: City, settings: Settings) -> None:
    settings.REVEAL_SECONDS = 45
    person, browser = make_lan_zhi(city.community), browse_as(Role.CITY_HEALTH_REVIEWER)
    answer = ask(browser, person)
    assert answer["Refresh"] == f"45; url=/persons/{person.uid}/"
    row = Reveal.objects.get()
    assert row.until - row.at == timedelta(seconds=45)
    assert PHONE not in browser.get(f"/persons/{person.uid}/").content.decode()
    assert PHONE not in browser.get(f"/persons/{person.uid}/reveal/").content.decode()
    assert PHONE not in str(dict(browser.session))
    assert PHONE not in repr(getattr(cache, "_cache", ""))


def test_the_row_and_the_event_say_whose_which_why_and_when(city: City) -> None:
    person, before = make_lan_zhi(city.community), last_event_id()
    ask(browse_as(Role.CITY_HEALTH_REVIEWER), person)
    row = Reveal.objects.get()
    assert (row.person, row.field, row.reason, row.note) == (
        person,
        RevealField.PHONE,
        RevealReason.CONTACT,
        "通知上门体检",
    )
    (event,) = events_after(before, EventKind.REVEAL)
    assert (event.subject, event.outcome) == (f"person:{person.uid}", Outcome.ALLOWED)
    assert event.actor_id == row.by_id
    assert event.details == {"field": "phone"}
    assert event.reason == "联系本人：上门、随访、体检通知：通知上门体检"


def test_both_are_committed_before_the_value_is_opened(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    person, before, seen = make_lan_zhi(city.community), last_event_id(), []

    def open_and_look(person: Person, field: str) -> str:
        seen.append((Reveal.objects.count(), len(events_after(before, EventKind.REVEAL))))
        return PHONE

    monkeypatch.setattr(reveals, "open_field", open_and_look)
    ask(browse_as(Role.CITY_HEALTH_REVIEWER), person)
    assert seen == [(1, 1)]


def test_nothing_is_shown_where_the_audit_cannot_be_written(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**event: object) -> int:
        raise ProgrammingError("审计写不进去")

    person, browser = make_lan_zhi(city.community), browse_as(Role.CITY_HEALTH_REVIEWER)
    browser.raise_request_exception = False
    monkeypatch.setattr(reveals, "record", refuse)
    answer = ask_anything(browser, person)
    assert answer.status_code == 500
    assert PHONE not in answer.content.decode()


def ask_anything(browser: Client, person: Person) -> Any:
    return browser.post(f"/persons/{person.uid}/reveal/", ASKED)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"reason": ""}, "请选择理由"),
        ({"reason": "curious"}, "请选择理由"),
        ({"note": ""}, "请写明具体事由"),
        ({"note": "看看"}, "至少 4 个字"),
        ({"note": "　 　 "}, "请写明具体事由"),
        ({"note": f"打电话 {PHONE}"}, "不要写身份证号、电话"),
        ({"note": "打电话 154-0000-1234"}, "不要写身份证号、电话"),
        ({"note": f"核对 {ID_NUMBER}"}, "不要写身份证号、电话"),
        ({"field": ""}, "请选择要看的一项"),
        ({"field": "name_sealed"}, "请选择要看的一项"),
    ],
)
def test_without_a_proper_reason_nothing_is_shown(
    city: City, changed: dict[str, str], words: str
) -> None:
    answer = ask(browse_as(Role.CITY_HEALTH_REVIEWER), make_lan_zhi(city.community), **changed)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert words in page
    assert 'class="big-figure' not in page
    assert not Reveal.objects.exists()


@pytest.mark.parametrize(
    "note", ["通知 2026-11-25 上门体检", "2026年11月25日 8 点体检", "第 3 次随访"]
)
def test_a_day_may_stand_in_a_reason(city: City, note: str) -> None:
    answer = ask(browse_as(Role.CITY_HEALTH_REVIEWER), make_lan_zhi(city.community), note=note)
    assert answer.status_code == 200


def test_beyond_the_days_number_it_is_refused_in_words_and_recorded(
    city: City, settings: Settings
) -> None:
    settings.REVEALS_PER_DAY = 2
    person, browser = make_lan_zhi(city.community), browse_as(Role.CITY_HEALTH_REVIEWER)
    before = last_event_id()
    answers = [ask(browser, person) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    refused = answers[2].content.decode()
    assert "今天查看明文已满 2 次" in refused
    assert PHONE not in refused
    assert Reveal.objects.count() == 2
    outcomes = [event.outcome for event in events_after(before, EventKind.REVEAL)]
    assert outcomes == [Outcome.ALLOWED, Outcome.ALLOWED, Outcome.DENIED]
    assert ask(browse_as(Role.CITY_HEALTH_REVIEWER), person).status_code == 200


def test_the_day_ends_at_midnight_in_shanghai(city: City, settings: Settings) -> None:
    settings.REVEALS_PER_DAY = 1
    person, by = make_lan_zhi(city.community), reviewer()
    last_second = datetime(2026, 11, 22, 15, 59, 59, tzinfo=UTC)  # 上海 23:59:59
    look(by, person, last_second)
    with pytest.raises(ValidationError, match="已满 1 次"):
        look(by, person, last_second)
    look(by, person, last_second + timedelta(seconds=1))


def look(by: Actor, person: Person, at: datetime) -> str:
    return reveal(
        by=by,
        person=person,
        field=RevealField.NAME,
        reason=RevealReason.VERIFY,
        note="核对户口簿",
        at=at,
    ).value


def test_a_field_that_is_not_known_costs_no_look(city: City) -> None:
    person = make_known_person(city.community, phone="")
    answer = ask(browse_as(Role.CITY_HEALTH_REVIEWER), person)
    assert answer.status_code == 422
    assert "没有登记这一项" in answer.content.decode()
    assert not Reveal.objects.exists()


def test_a_damaged_value_is_not_shown_and_the_look_stays(city: City) -> None:
    person = make_lan_zhi(city.community)
    Person.objects.filter(pk=person.pk).update(phone_sealed=b"\x01\x01broken")
    answer = ask(browse_as(Role.CITY_HEALTH_REVIEWER), person)
    assert answer.status_code == 422
    assert "密文打不开" in answer.content.decode()
    assert Reveal.objects.count() == 1


def test_the_action_itself_refuses_those_who_may_not(city: City) -> None:
    user = open_user(Role.CITY_HEALTH_CLERK)
    by = known_actor(user.pk, user.role, date(2026, 11, 22))
    with pytest.raises(PermissionDenied):
        look(by, make_lan_zhi(city.community), AT)
    assert not Reveal.objects.exists()


def test_a_plain_value_never_prints_itself(city: City) -> None:
    shown = reveal(
        by=reviewer(),
        person=make_lan_zhi(city.community),
        field=RevealField.NAME,
        reason=RevealReason.VERIFY,
        note="核对户口簿",
        at=AT,
    )
    assert shown.value == NAME
    assert NAME not in repr(shown)


def test_the_register_of_looks_is_only_added_to(city: City) -> None:
    look(reviewer(), make_lan_zhi(city.community), AT)
    for statement in (
        "UPDATE contracts_reveal SET note = '改了改了'",
        "DELETE FROM contracts_reveal",
    ):
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


def test_the_database_refuses_a_look_without_reason(city: City) -> None:
    person, user = make_lan_zhi(city.community), open_user(Role.CITY_HEALTH_REVIEWER)
    kept = {"field": "name", "reason": "verify", "note": "核对户口簿", "until": AT}
    for changed in ({"field": "all"}, {"reason": "x"}, {"note": "好"}, {"until": AT}):
        row: dict[str, Any] = {**kept, "until": AT + timedelta(seconds=60), **changed}
        with pytest.raises(IntegrityError), transaction.atomic():
            Reveal.objects.create(person=person, by=user, at=AT, **row)


@pytest.mark.django_db(transaction=True)
def test_a_look_outlives_the_failure_of_its_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(person: Person, field: str) -> str:
        raise MemoryError

    person, browser = make_lan_zhi(City.make().community), browse_as(Role.CITY_HEALTH_REVIEWER)
    browser.raise_request_exception = False
    monkeypatch.setattr(reveals, "open_field", fail)
    assert ask_anything(browser, person).status_code == 500
    assert Reveal.objects.count() == 1
