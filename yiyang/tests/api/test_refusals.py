"""What a call may not ask, and how it is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.db import OperationalError
from django.test import RequestFactory

from targets.tests.factories import make_city
from yiyang.api.errors import BY_CODE, Refusal
from yiyang.api.resources import Farewell, all_resources
from yiyang.api.views import ListView
from yiyang.audit.kinds import EventKind
from yiyang.audit.models import AuditEvent
from yiyang.tests.api.callers import Caller, make_caller

pytestmark = pytest.mark.django_db


@pytest.fixture
def caller() -> Caller:
    make_city()
    return make_caller()


@pytest.mark.parametrize(
    ("query", "code", "parameter"),
    [
        ("colour=red", "unknown_parameter", "colour"),
        ("as_of=2026-13-01", "invalid", "as_of"),
        ("as_of=1999-12-31", "invalid", "as_of"),
        ("region=000000000000", "invalid", "region"),
        ("status=OPEN", "invalid", "status"),
        ("q=%00", "invalid", "q"),
        ("q=%1b", "invalid", "q"),
        ("q=" + "a" * 61, "invalid", "q"),
        ("limit=0", "invalid", "limit"),
        ("limit=1001", "invalid", "limit"),
        ("limit=1e3", "invalid", "limit"),
        ("after=-1", "invalid", "after"),
        ("after=9223372036854775808", "invalid", "after"),
        ("after=%D9%A1", "invalid", "after"),
        ("fields=", "invalid", "fields"),
        ("fields=code,secret", "invalid", "fields"),
        ("fields=institution__voided_at", "invalid", "fields"),
        ("q=a&q=b", "invalid", "q"),
    ],
)
def test_a_wrong_parameter_is_named(caller: Caller, query: str, code: str, parameter: str) -> None:
    answer = caller.get(f"institutions/?{query}")
    told = answer.json()
    assert (answer.status_code, told["code"]) == (400, code)
    assert [one["parameter"] for one in told["errors"]] == [parameter]
    assert told["type"] == f"/api/docs/errors/#{code}"
    assert told["request_id"] == answer["X-Request-ID"]


def test_bytes_that_are_no_text_are_answered(caller: Caller) -> None:
    assert caller.get("institutions/?q=%ff%fe").status_code in {200, 400}
    assert caller.get("institutions/%ff/").status_code == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"])
def test_a_list_takes_no_other_verb(caller: Caller, method: str) -> None:
    answer = caller.send(method, "runs/", {})
    assert answer.status_code in {403, 405}
    assert answer["Content-Type"] == "application/problem+json"


def test_a_format_we_do_not_speak_is_told(caller: Caller) -> None:
    answer = caller.get("institutions/", Accept="application/xml")
    assert (answer.status_code, answer.json()["code"]) == (406, "not_acceptable")
    assert caller.get("institutions/1/", Accept="text/csv").status_code == 406


def test_an_address_that_is_none_is_told_as_a_problem(caller: Caller) -> None:
    for path in ("nowhere/", "institutions", "institutions/a/b/"):
        answer = caller.get(path)
        assert answer.status_code == 404, path
        assert answer.json()["code"] == "no_such_address", path


def test_a_failure_tells_nothing_of_the_inside(caller: Caller, monkeypatch: Any) -> None:
    def broken(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("select * from secrets")

    monkeypatch.setattr("yiyang.api.views.asked_of", broken)
    answer = caller.get("institutions/")
    assert (answer.status_code, answer.json()["code"]) == (500, "server_error")
    assert "secrets" not in answer.content.decode()


def test_a_failure_of_the_answer_to_a_failure_is_recorded(caller: Caller, monkeypatch: Any) -> None:
    def broken(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("no answer to give")

    monkeypatch.setattr("yiyang.api.problems.problem", broken)
    answer = caller.get("institutions/?colour=red")
    event = AuditEvent.objects.get(kind=EventKind.FAILED)
    assert answer.status_code == 500
    assert answer["X-Request-ID"] == event.request_id
    assert (event.subject, event.details["status"]) == ("page:api.institutions-list", 500)


def test_a_record_asks_for_nothing_but_its_fields_and_its_day(caller: Caller) -> None:
    code = caller.get("regions/").json()["results"][0]["code"]
    for asked in ("limit=1", "after=1", "q=a", "region=150300000000"):
        assert caller.get(f"regions/{code}/?{asked}").json()["code"] == "unknown_parameter"
    assert caller.get(f"regions/{code}/?as_of=2026-13-01").status_code == 400
    one = caller.get(f"regions/{code}/?fields=code&as_of=2026-01-01")
    assert one.json() == {"code": code}


def test_no_two_refusals_share_a_code() -> None:
    assert len(BY_CODE) == len(Refusal)
    assert all(400 <= one.status < 600 for one in BY_CODE.values())


def test_what_is_to_end_says_so_in_every_answer(caller: Caller) -> None:
    runs = next(one for one in all_resources() if one.code == "runs")
    leaving = replace(runs, farewell=Farewell(date(2027, 1, 1), date(2028, 1, 1)))
    request = RequestFactory(SERVER_NAME="127.0.0.1").get(
        "/", headers={"Authorization": f"Bearer {caller.text}"}
    )
    answer = ListView.as_view(resource=leaving)(request)
    assert answer["Deprecation"] == "@1798761600"
    assert answer["Sunset"] == "Sat, 01 Jan 2028 00:00:00 GMT"
    assert "/api/docs/#versions" in answer["Link"]
    assert "Sunset" not in caller.get("runs/")


def test_a_deadlock_is_told_as_worth_trying_again(caller: Caller, monkeypatch: Any) -> None:
    def stuck(*args: Any, **kwargs: Any) -> None:
        raise OperationalError("deadlock detected")

    monkeypatch.setattr("yiyang.api.views.asked_of", stuck)
    answer = caller.get("institutions/")
    assert (answer.status_code, answer.json()["code"]) == (503, "busy")
    assert answer["Retry-After"] == "1"
