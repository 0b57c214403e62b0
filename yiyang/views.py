"""The health answer that operators and load balancers poll."""

from django.conf import settings
from django.core.cache import cache
from django.db import Error as DatabaseError
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe
from redis.exceptions import RedisError

from targets.mailing.state import standing_at
from targets.runs.silence import is_silent, last_finished

GREEN = frozenset({"ok", "no_run"})


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Answer 200 when database, cache and nightly run are in order, otherwise 503."""
    states = {"database": database_state(), "cache": cache_state()}
    states["run"] = run_state() if states["database"] == "ok" else "unknown"
    status = 200 if set(states.values()) <= GREEN else 503
    told = {**states, "mail": mail_numbers(), "version": settings.BUILD_VERSION}
    response = JsonResponse(told, status=status)
    response["Cache-Control"] = "no-store"
    return response


def database_state() -> str:
    """Say whether the database answers a query."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "unreachable"
    return "ok"


def cache_state() -> str:
    """Say whether the cache gives back what it was given."""
    try:
        cache.set("healthz", "ok", timeout=60)
        return "ok" if cache.get("healthz") == "ok" else "forgetful"
    except RedisError:
        return "unreachable"


def run_state() -> str:
    """Say whether the last finished nightly run is recent enough; before any run, `no_run`."""
    try:
        last = last_finished()
    except DatabaseError:
        return "unreachable"
    if last is None or last.finished_at is None:
        return "no_run"
    return "stale" if is_silent(last.finished_at, timezone.now()) else "ok"


def mail_numbers() -> dict[str, int]:
    """How many mails wait or are in trouble; they take no web server out of service."""
    try:
        return standing_at(timezone.now()).numbers
    except DatabaseError:
        return {}
