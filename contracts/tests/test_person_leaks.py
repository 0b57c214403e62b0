"""Name, ID number and phone reach no log, error page, mail, task, cache key or address."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from celery.app.task import Task
from django.core import mail
from django.core.cache import cache
from django.core.cache.backends.locmem import LocMemCache
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from contracts.models import Person
from contracts.tests.factories import make_known_person, make_signup, make_team
from contracts.tests.persons import ID_NUMBER, NAME, PHONE, City, browse_as, make_lan_zhi
from contracts.views import persons as views
from institutions.tests.factories import make_health
from yiyang.access.roles import Role
from yiyang.lib.logs import JsonFormatter
from yiyang.listing.shown import PAGE_SIZE

PLAIN = (NAME, ID_NUMBER, PHONE)
CACHE = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
AGREED = re.compile(r'name="agreed" value="([^"]+)"')
WORDS = {"reason": "verify", "note": "核对户口簿"}


@pytest.fixture
def city(db: None) -> City:
    return City.make()


@pytest.fixture
def reviewer(settings: Settings) -> Client:
    """The browser of the role that may most, where an error is answered instead of raised."""
    settings.DEBUG = False
    settings.ADMINS = [("值班", "duty@example.gov.cn")]
    settings.CACHES = CACHE
    client = browse_as(Role.CITY_HEALTH_REVIEWER)
    client.raise_request_exception = False
    return client


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything any logger says, down to the SQL, as the portal writes it."""
    text = io.StringIO()
    handler = logging.StreamHandler(text)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    levels = {name: logging.getLogger(name).level for name in ("", "django", "celery", "axes")}
    for name in levels:
        logging.getLogger(name).setLevel(logging.DEBUG)
    root.addHandler(handler)
    yield text
    root.removeHandler(handler)
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


@pytest.fixture
def tasks(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Whatever would be sent to a worker."""
    sent: list[object] = []

    def remember(task: Any, *arguments: object, **named: object) -> None:
        sent.append((task.name, arguments, named))

    monkeypatch.setattr(Task, "apply_async", remember)
    return sent


@pytest.fixture
def cache_keys(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Every key and value given to the cache, whatever the verb."""
    asked: list[object] = []
    for verb in ("get", "add", "set", "incr", "touch", "delete"):
        original = getattr(LocMemCache, verb)

        def spied(backend: Any, *given: Any, _do: Any = original, **named: Any) -> Any:
            asked.append((given, named))
            return _do(backend, *given, **named)

        monkeypatch.setattr(LocMemCache, verb, spied)
    return asked


def holds_plain(text: object) -> list[str]:
    return [plain for plain in (*PLAIN, "兰芝") if plain in str(text)]


def walk(reviewer: Client, person: Person) -> list[HttpResponse]:
    """Everything a clerk does with a person: find, open, look, take away; each kind of refusal."""
    place = f"/persons/{person.uid}/"
    answers: list[Any] = [
        *(reviewer.post("/persons/search/", {"term": term}) for term in (*PLAIN, NAME + "错")),
        *(reviewer.get(address) for address in ("/persons/", place, f"{place}reveal/")),
        *(
            reviewer.post(f"{place}reveal/", {"field": field, **WORDS})
            for field in ("name", "id_number", "phone", "born_on")
        ),
        reviewer.post(f"{place}reveal/", {"field": NAME, "reason": ID_NUMBER, "note": PHONE}),
    ]
    form = {"columns": ["name", "id_number", "phone"], "purpose": "核对年度体检名单"}
    first: Any = reviewer.post("/persons/export/", form)
    found = AGREED.search(first.content.decode())
    assert found is not None
    file: Any = reviewer.post("/persons/export/file/", {"agreed": found[1]})
    assert len(b"".join(file.streaming_content)) > 1000
    return [*answers, first, file]


def test_a_days_work_leaves_no_plain_text_behind(
    city: City,
    reviewer: Client,
    log: io.StringIO,
    tasks: list[object],
    cache_keys: list[object],
) -> None:
    cache.clear()
    person = make_lan_zhi(city.community, born_on=date(1940, 3, 7))
    with CaptureQueriesContext(connection):  # 连 SQL 也写进日志
        answers = walk(reviewer, person)
    assert sum(NAME in str(answer.content) for answer in answers[:-1] if answer.content) == 0
    assert holds_plain(log.getvalue()) == []
    assert "contracts_person" in log.getvalue()
    assert holds_plain(cache_keys) == []
    assert cache_keys
    assert tasks == []
    assert mail.outbox == []
    assert holds_plain(dict(reviewer.session)) == []
    for answer in answers:
        assert holds_plain(dict(answer.headers)) == []
        assert holds_plain(answer.cookies) == []


def test_no_table_keeps_plain_text(city: City, reviewer: Client) -> None:
    walk(reviewer, make_lan_zhi(city.community))
    assert [table for table in tables() if holds_plain(content_of(table))] == []


def tables() -> list[str]:
    return connection.introspection.table_names()


def content_of(table: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege(%s, 'SELECT')", [table])
        if not cursor.fetchone()[0]:
            return ""
        cursor.execute(f"SELECT string_agg(t::text, E'\\n') FROM {table} t")
        (text,) = cursor.fetchone()
        return text or ""


@pytest.mark.parametrize("error", [RuntimeError, ValueError, KeyError, LookupError])
def test_an_error_that_quotes_a_person_is_neither_shown_mailed_nor_logged(
    city: City,
    reviewer: Client,
    log: io.StringIO,
    monkeypatch: pytest.MonkeyPatch,
    error: type[Exception],
) -> None:
    def fail(term: str, **_: object) -> list[Person]:
        raise error(f"{NAME} {ID_NUMBER} {PHONE} {term}")

    monkeypatch.setattr(views, "find_persons", fail)
    answer = reviewer.post("/persons/search/", {"term": NAME})
    assert answer.status_code == 500
    assert "系统出错" in answer.content.decode()
    assert holds_plain(answer.content.decode()) == []
    assert holds_plain(log.getvalue()) == []
    assert error.__name__ in log.getvalue()
    assert mail.outbox == []


@pytest.mark.parametrize(
    ("method", "place", "status"),
    [
        ("get", f"/persons/{NAME}/", 404),
        ("get", f"/persons/{ID_NUMBER}/", 404),
        ("get", f"/persons/?after={PHONE}{PHONE}", 404),
        ("get", f"/persons/?region={NAME}", 400),
        ("get", f"/persons/search/?term={NAME}", 405),
        ("get", f"/persons/disclosures/?month={NAME}", 403),
        ("post", f"/persons/?term={NAME}", 405),
    ],
)
def test_a_refused_request_says_nothing_back_and_logs_no_query(
    city: City, reviewer: Client, log: io.StringIO, method: str, place: str, status: int
) -> None:
    make_lan_zhi(city.community)
    answer = getattr(reviewer, method)(place)
    assert answer.status_code == status
    assert holds_plain(answer.content.decode()) == []
    if "?" in place:
        assert holds_plain(log.getvalue()) == []


def test_a_post_without_its_token_is_refused_and_repeats_nothing(
    city: City, reviewer: Client, log: io.StringIO
) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = reviewer.cookies
    answer = strict.post("/persons/search/", {"term": NAME})
    assert answer.status_code == 403
    assert holds_plain(answer.content.decode()) == []
    assert holds_plain(log.getvalue()) == []


def test_a_list_of_any_length_opens_no_identity(
    city: City, reviewer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*arguments: object, **named: object) -> bytes:
        raise AssertionError("名单不解密")

    team = make_team(make_health(city.street))
    for _ in range(PAGE_SIZE):
        make_signup(make_known_person(city.community, name=NAME), team, auto_renews=True)
    monkeypatch.setattr("yiyang.lib.crypto.unwrap", refuse)
    monkeypatch.setattr("contracts.identity.unwrap", refuse)
    monkeypatch.setattr("contracts.persons.opening.unwrap", refuse)
    assert reviewer.get("/persons/").status_code == 200
    assert reviewer.post("/persons/search/", {"term": NAME}).status_code == 200
