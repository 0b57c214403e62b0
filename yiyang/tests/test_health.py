"""/healthz says what an operator must act on."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from institutions.models import Region, RegionLevel
from targets.models import IndicatorRun, RunStatus


@pytest.mark.django_db
def test_before_any_run_the_portal_is_healthy(client: Client) -> None:
    response = client.get("/healthz")
    assert response.status_code == 200
    body = response.json()
    assert (body["database"], body["cache"], body["run"]) == ("ok", "ok", "no_run")


@pytest.mark.django_db
def test_health_is_never_cached_and_names_no_address(client: Client) -> None:
    response = client.get("/healthz")
    assert response["Cache-Control"] == "no-store"
    assert "127.0.0.1" not in response.content.decode()


@pytest.mark.django_db
def test_a_cache_that_does_not_answer_is_not_healthy(client: Client, settings: Settings) -> None:
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
        }
    }
    response = client.get("/healthz")
    assert response.status_code == 503
    assert response.json()["cache"] == "unreachable"


def test_health_is_asked_not_told(client: Client) -> None:
    assert client.post("/healthz").status_code == 405


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("finished_ago", "state", "status"),
    [(timedelta(hours=1), "ok", 200), (timedelta(hours=27), "stale", 503)],
)
def test_the_last_finished_run_must_be_recent(
    client: Client, finished_ago: timedelta, state: str, status: int
) -> None:
    finished = timezone.now() - finished_ago
    city = Region.objects.create(code="150300000000", name="乌海市", level=RegionLevel.CITY)
    IndicatorRun.objects.create(
        as_of=date(2017, 12, 31),
        region=city,
        status=RunStatus.DONE,
        started_at=finished,
        heartbeat_at=finished,
        finished_at=finished,
        seen_number=0,
    )
    response = client.get("/healthz")
    assert (response.json()["run"], response.status_code) == (state, status)
