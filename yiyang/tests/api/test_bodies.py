"""Bodies that are no body: told with a 4xx problem, never a failure of ours."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import override_settings

from targets.tests.factories import make_city
from yiyang.tests.api.callers import API, Caller, make_caller

pytestmark = pytest.mark.django_db
BULK = "beds/bulk/"


@pytest.fixture
def caller() -> Caller:
    make_city()
    return make_caller(writes=["institutions", "beds"])


def send(caller: Caller, body: bytes, kind: str = "application/json", **headers: str) -> Any:
    return caller.client.generic(
        "POST",
        f"{API}{BULK}",
        body,
        content_type=kind,
        headers={"Authorization": f"Bearer {caller.text}", **headers},
    )


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b" ", 400, "malformed"),
        (b"{", 400, "malformed"),
        (b"\xff\xfe{\x00}\x00", 400, "malformed"),
        (b'{"rows": [{"name": "\xd6\xd0"}]}', 400, "malformed"),
        (b'{"rows": NaN}', 400, "malformed"),
        (b'{"rows": [1e999]}', 422, "rows_refused"),
        (b'{"rows": -Infinity}', 400, "malformed"),
        (b'{"rows": [' + b"9" * 5000 + b"]}", 400, "malformed"),
        (b"[" * 100_000 + b"]" * 100_000, 400, "malformed"),
        (b'{"rows": ' * 30 + b"1" + b"}" * 30, 400, "malformed"),
        (b'{"rows": [], "rows": [{}]}', 400, "malformed"),
        (b'{"rows": [{"total": 1, "total": 2}]}', 400, "malformed"),
        (b'{"rows": ["\\ud800"]}', 400, "malformed"),
        (b'{"\\u0000": 1}', 400, "malformed"),
        (b'{"rows": [{"\\u0007": 1}]}', 400, "malformed"),
        (b"null", 400, "invalid"),
        (b"[]", 400, "invalid"),
        (b'"rows"', 400, "invalid"),
        (b'{"rows": {}}', 400, "invalid"),
        (b'{"rows": []}', 400, "invalid"),
        (b'{"rows": [{}], "mode": "rows"}', 400, "invalid"),
        (b'{"rows": [null, 5, "x", [], {}]}', 422, "rows_refused"),
        (b'{"rows": [{"institution": ["x"], "counted_on": {}}]}', 422, "rows_refused"),
        (b'{"rows": [' + b"{}," * 1000 + b"{}]}", 413, "too_large"),
        (b" " * 3_000_000 + b"{}", 413, "too_large"),
    ],
)
def test_an_unreadable_body_is_told(caller: Caller, body: bytes, status: int, code: str) -> None:
    answer = send(caller, body)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.content[:500]
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("kind", "headers"),
    [
        ("text/plain", {}),
        ("application/x-www-form-urlencoded", {}),
        ("multipart/form-data; boundary=x", {}),
        ("application/json; charset=gbk", {}),
        ("", {}),
        ("application/json", {"Content-Encoding": "gzip"}),
    ],
)
def test_another_kind_of_content_is_told(
    caller: Caller, kind: str, headers: dict[str, str]
) -> None:
    answer = send(caller, b'{"rows": [{}]}', kind, **headers)
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


@override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=100)
def test_the_limit_is_a_setting(caller: Caller) -> None:
    assert send(caller, b'{"rows": [{}]}').status_code == 422
    assert send(caller, b'{"rows": [{"x": "' + b"y" * 100 + b'"}]}').status_code == 413


@pytest.mark.parametrize(
    ("query", "code"),
    [("dry_run=2", "invalid"), ("mode=some", "invalid"), ("dryrun=1", "unknown_parameter")],
)
def test_a_wrong_switch_writes_nothing(caller: Caller, query: str, code: str) -> None:
    answer = caller.send("POST", f"{BULK}?{query}", {"rows": [{}]})
    assert (answer.status_code, answer.json()["code"]) == (400, code)
