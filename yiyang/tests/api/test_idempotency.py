"""A call sent twice is done once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from institutions.models import Institution, InstitutionProfile
from targets.tests.factories import City, make_city
from yiyang.api.idempotency import clear_answers
from yiyang.api.models import ApiAnswer
from yiyang.tests.api.callers import Caller, make_caller

BULK = "institutions/bulk/"


@pytest.fixture
def city() -> City:
    return make_city()


@pytest.fixture
def caller(city: City) -> Caller:
    return make_caller(writes=["institutions"])


def rows(city: City, name: str = "东区养护中心") -> dict[str, Any]:
    return {
        "rows": [
            {
                "code": "MZ-1",
                "starts_on": "2026-03-01",
                "name": name,
                "region": city.east_street.code,
                "status": "OPERATING",
                "elderly_kind": "CARE_HOME",
            }
        ]
    }


@pytest.mark.django_db
def test_the_same_key_is_answered_alike_and_done_once(caller: Caller, city: City) -> None:
    first = caller.send("POST", BULK, rows(city), Idempotency_Key="key-1")
    again = caller.send("POST", BULK, rows(city), Idempotency_Key="key-1")
    assert again.content == first.content
    assert "new" in first.content.decode()
    assert (again["Idempotency-Replayed"], first.has_header("Idempotency-Replayed")) == (
        "true",
        False,
    )
    assert InstitutionProfile.objects.count() == 1


@pytest.mark.django_db
def test_a_single_write_is_replayed_with_its_headers(caller: Caller, city: City) -> None:
    [body] = rows(city)["rows"]
    first = caller.send("PUT", "institutions/MZ-1/", body, Idempotency_Key="key-1")
    again = caller.send("PUT", "institutions/MZ-1/", body, Idempotency_Key="key-1")
    assert (again.status_code, again["ETag"], again["Location"]) == (
        *(201, first["ETag"]),
        first["Location"],
    )


@pytest.mark.django_db
@pytest.mark.parametrize("change", ["body", "path", "query"])
def test_a_key_is_of_one_content(caller: Caller, city: City, change: str) -> None:
    caller.send("POST", BULK, rows(city), Idempotency_Key="key-1")
    body = rows(city, "另一个名称") if change == "body" else rows(city)
    path = f"{BULK}?mode=rows" if change == "query" else BULK
    if change == "path":
        path, body = "institutions/MZ-1/", body["rows"][0]
    method = "PUT" if change == "path" else "POST"
    answer = caller.send(method, path, body, Idempotency_Key="key-1")
    assert (answer.status_code, answer.json()["code"]) == (422, "key_reused")


@pytest.mark.django_db
def test_a_key_is_of_one_token(caller: Caller, city: City) -> None:
    caller.send("POST", BULK, rows(city), Idempotency_Key="key-1")
    other = make_caller(writes=["institutions"])
    answer = other.send("POST", BULK, rows(city, "另一个名称"), Idempotency_Key="key-1")
    assert answer.status_code == 200


@pytest.mark.django_db
def test_a_refused_call_may_be_mended_under_its_key(caller: Caller, city: City) -> None:
    refused = caller.send("POST", BULK, rows(city, ""), Idempotency_Key="key-1")
    assert refused.status_code == 422
    assert caller.send("POST", BULK, rows(city), Idempotency_Key="key-1").status_code == 200


@pytest.mark.django_db
def test_a_dry_run_takes_no_key(caller: Caller, city: City) -> None:
    caller.send("POST", f"{BULK}?dry_run=1", rows(city), Idempotency_Key="key-1")
    assert not ApiAnswer.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", " ", "k" * 101, "é", "a\tb"])
def test_a_key_is_plain_text(caller: Caller, city: City, key: str) -> None:
    answer = caller.send("POST", BULK, rows(city), Idempotency_Key=key)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


@pytest.mark.django_db
@pytest.mark.parametrize(("hours", "kept"), [(7 * 24 - 1, 1), (7 * 24, 0)])
def test_answers_are_forgotten_after_a_week(
    caller: Caller, city: City, hours: int, kept: int
) -> None:
    caller.send("POST", BULK, rows(city), Idempotency_Key="key-1")
    stored = ApiAnswer.objects.get().stored_at
    clear_answers(at=stored + timedelta(hours=hours))
    assert ApiAnswer.objects.count() == kept


@pytest.mark.django_db
def test_an_answer_past_its_days_is_not_given_again(caller: Caller, city: City) -> None:
    caller.send("POST", BULK, rows(city), Idempotency_Key="key-1")
    ApiAnswer.objects.update(stored_at=timezone.now() - timedelta(days=7))
    answer = caller.send("POST", BULK, rows(city), Idempotency_Key="key-1")
    assert answer.json()["counts"]["unchanged"] == 1
    assert ApiAnswer.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("key", ["key-1", ""])
def test_two_at_once_write_once(key: str) -> None:
    """With a key both get one answer; without, the later finds what the first has written."""
    city = make_city()
    caller = make_caller(writes=["institutions"])
    headers = {"Idempotency_Key": key} if key else {}

    def send(_: int) -> Any:
        try:
            mine = Caller(caller.token, caller.text)
            return mine.send("POST", BULK, rows(city), **headers)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(send, range(4)))
    assert {one.status_code for one in answers} == {200}
    new = [one.json()["counts"]["new"] for one in answers]
    assert sorted(new) == ([1, 1, 1, 1] if key else [0, 0, 0, 1])
    assert (Institution.objects.count(), InstitutionProfile.objects.count()) == (1, 1)
