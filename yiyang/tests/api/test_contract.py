"""docs/openapi.yaml is fresh, and the API keeps what it says, whatever is sent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from django.conf import settings
from django.core.management import call_command
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck
from hypothesis import settings as effort

from yiyang.tests.api.callers import Caller
from yiyang.tests.api.scene import make_api_scene
from yiyang.wsgi import application

DOCUMENT = Path(settings.BASE_DIR) / "docs" / "openapi.yaml"
AT = "/openapi.yaml"


def with_its_schema(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """The portal, with its description at an address that asks for no account."""
    if environ["PATH_INFO"] != AT:
        return application(environ, start_response)
    start_response("200 OK", [("Content-Type", "application/yaml")])
    return [DOCUMENT.read_bytes()]


schema = schemathesis.openapi.from_wsgi(AT, with_its_schema)


def test_the_description_is_fresh() -> None:
    made = StringIO()
    call_command("spectacular", stdout=made)
    assert made.getvalue() == DOCUMENT.read_text(encoding="utf-8"), (
        "接口变了：请重新生成 docs/openapi.yaml（manage.py spectacular --file docs/openapi.yaml）。"
    )


@pytest.fixture
def caller(db: None, settings: Any) -> Iterator[Caller]:
    """One that may read and write everything, as often as it likes, in the test's transaction."""
    settings.API_CALLS_PER_MINUTE = 10**6
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield make_api_scene()
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@schema.parametrize()
@effort(
    max_examples=10,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
def test_every_operation_keeps_its_contract(case: Any, caller: Caller) -> None:
    case.headers["Authorization"] = f"Bearer {caller.text}"
    case.call_and_validate()
