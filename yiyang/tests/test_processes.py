"""Real Chromium and real worker processes see the same database and Redis as the test."""

from typing import Any

import pytest
from pytest_django.live_server_helper import LiveServer

from yiyang.celery import app


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_chromium_opens_the_portal(live_server: LiveServer, chromium: Any) -> None:
    page = chromium.new_page()
    answer = page.goto(f"{live_server.url}/healthz")
    assert (answer.status, answer.json()["database"]) == (200, "ok")
    page.close()


@pytest.mark.celery
@pytest.mark.django_db(transaction=True)
def test_two_worker_processes_answer(celery_worker_process: Any) -> None:
    celery_worker_process()
    celery_worker_process()
    answers = app.control.inspect(timeout=10.0, limit=2).ping()
    assert sorted(answers or {}) == ["w0@localhost", "w1@localhost"]
