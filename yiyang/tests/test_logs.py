"""Log lines are JSON and carry nothing a person could be known by."""

import json
import logging
import sys

import pytest

from yiyang.lib.logs import JsonFormatter


def line(message: str, *args: object, **extra: object) -> dict[str, object]:
    record = logging.LogRecord("yiyang", logging.INFO, "", 0, message, args, None)
    record.__dict__.update(extra)
    entry: dict[str, object] = json.loads(JsonFormatter().format(record))
    return entry


@pytest.mark.parametrize(
    ("message", "logged"),
    [
        ('"GET /persons/?name=张三&page=2 HTTP/1.1" 200', '"GET /persons/?… HTTP/1.1" 200'),
        ("Not Found: /persons/?id_number=1503", "Not Found: /persons/?…"),
        ("快照完成？是", "快照完成？是"),
        ("GET /targets/", "GET /targets/"),
    ],
)
def test_query_strings_are_cut(message: str, logged: str) -> None:
    assert line(message)["message"] == logged


def test_query_strings_in_arguments_are_cut() -> None:
    assert line("Not Found: %s", "/persons/?name=张三")["message"] == "Not Found: /persons/?…"


def test_ids_are_kept_and_other_extras_are_not() -> None:
    entry = line("快照完成", run=7, batch=3, name="张三")
    assert (entry["run"], entry["batch"]) == (7, 3)
    assert "name" not in entry


def test_an_error_shows_its_place_and_not_its_text() -> None:
    try:
        raise ValueError("证件号码 150302195001010000")
    except ValueError:
        record = logging.LogRecord("yiyang", logging.ERROR, "", 0, "失败", (), sys.exc_info())
    text = JsonFormatter().format(record)
    assert "150302195001010000" not in text
    assert json.loads(text)["error"] == "ValueError"
    assert "\n" not in text
