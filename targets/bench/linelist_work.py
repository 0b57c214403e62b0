"""The csv of the list of sign-ups timed view and all, and the same rows only copied."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from django.db import connection
from django.http import QueryDict
from django.test import RequestFactory
from django.test.utils import setup_test_environment
from django.utils import timezone

from contracts.lists.signups import SIGNUPS
from targets.bench.linelist import BY_ROW, CSV
from yiyang.access.models import User
from yiyang.access.roles import ROLES, Role
from yiyang.access.scope import Actor
from yiyang.listing.asked import asked_of
from yiyang.listing.files import csv_file, lines_of
from yiyang.listing.paging import ordered

AS_OF = date(2026, 6, 30)
REVIEWER = Role.CITY_HEALTH_REVIEWER
WARM_UPS, REPEATS = 1, 3
TOO_MANY_BY_ROW = 100_000  # 一百万行逐行写要几分钟
PLAIN = (
    *("person__uid", "team__name", "team__institution_id", "signed_on", "starts_on"),
    *("expires_on", "auto_renews", "terminated_on"),
)


class Counter:
    """A file that keeps nothing."""

    def __init__(self) -> None:
        self.size = 0

    def write(self, data: bytes) -> None:
        self.size += len(data)


def timed(peak_mb: Callable[[], float]) -> dict[str, Any]:
    """The file first, so that the memory told is its own."""
    setup_test_environment()
    request = _request()
    ours = _best(lambda: _through(csv_file(request, _asked(request))))
    peak = peak_mb()
    floor = _best(lambda: _copied(request))
    found = [{"name": CSV, "seconds": ours, "peak_mb": peak}]
    if _asked(request).rows.count() < TOO_MANY_BY_ROW:
        by_row = _best(lambda: _row_by_row(request), repeats=1)
        found.append({"name": BY_ROW, "seconds": by_row, "peak_mb": peak_mb()})
    return {"lines": [{**line, "floor_seconds": floor} for line in found]}


def _request() -> Any:
    account = User(
        username="bench",
        display_name="测速账号",
        staff_number="B-1",
        role=REVIEWER,
        password_set_on=timezone.localdate(),  # noqa: TID251 - 口令过期与否看今天
        must_change_password=False,
    )
    account.set_unusable_password()
    account.save()
    request: Any = RequestFactory().get("/signups/export.csv")
    permissions = ROLES[REVIEWER].permissions
    request.actor = Actor(AS_OF, account.pk, REVIEWER, permissions, whole_city=True)
    return request


def _asked(request: Any) -> Any:
    asked = asked_of(request, SIGNUPS, QueryDict(f"as_of={AS_OF}"))
    assert asked.filters.is_valid()
    return asked


def _through(blocks: Iterator[str | bytes]) -> int:
    """Read it as the server sends it: encoded, block by block, nothing kept."""
    return sum(len(block.encode() if isinstance(block, str) else block) for block in blocks)


def _row_by_row(request: Any) -> int:
    asked = _asked(request)
    return sum(len(line) for line in lines_of(request, asked, asked.rows))


def _copied(request: Any) -> int:
    """The rows in the list's order with the columns they have, neither words nor names."""
    asked = _asked(request)
    plain = ordered(asked.rows, asked.order).values_list(*PLAIN)
    sql, params = plain.query.sql_with_params()
    counter = Counter()
    with connection.cursor() as cursor:
        query = cursor.mogrify(sql, params).decode()
        cursor.copy_expert(f"COPY ({query}) TO STDOUT (FORMAT csv)", counter)
    return counter.size


def _best(work: Callable[[], int], repeats: int = REPEATS) -> float:
    seconds = []
    for _ in range(WARM_UPS + repeats if repeats > 1 else 1):
        started = time.perf_counter()
        assert work() > 0
        seconds.append(time.perf_counter() - started)
    return round(min(seconds[WARM_UPS:] or seconds), 4)
