"""Pages timed in one process through Django's own client, then only their SQL."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from typing import Any

from django.db import connection
from django.http import QueryDict
from django.test import Client, RequestFactory
from django.test.utils import setup_test_environment
from django.utils import timezone

from contracts.lists.agreements import AGREEMENTS
from contracts.lists.signups import SIGNUPS
from contracts.lists.teams import TEAMS
from institutions.lists.institutions import INSTITUTIONS
from institutions.lists.reports import BEDS, OCCUPANCIES
from yiyang.access.models import User
from yiyang.access.roles import ROLES, Role
from yiyang.access.scope import Actor
from yiyang.listing.asked import asked_of
from yiyang.listing.paging import ordered
from yiyang.listing.register import Register

WARM_UPS, REPEATS = 2, 7
DEPTH = 99
AS_OF = date(2026, 6, 30)
CLERK = Role.CITY_HEALTH_CLERK
# （名单, 排序, 其余条件）
ASKED: tuple[tuple[Register[Any, Any], str, str], ...] = (
    (INSTITUTIONS, "name", ""),
    (INSTITUTIONS, "name", "side=elderly"),
    (AGREEMENTS, "expires_on", ""),
    (TEAMS, "name", ""),
    (BEDS, "-counted_on", ""),
    (OCCUPANCIES, "-counted_on", ""),
    (SIGNUPS, "", ""),
    (SIGNUPS, "expires_on", ""),
    (SIGNUPS, "-expires_on", "state=in_force"),
)
MORE = (
    """INSERT INTO institutions_institution (id, void_reason, uid, code)
    SELECT i, '', md5('more' || i)::uuid, 'B' || i
    FROM generate_series((SELECT max(id) + 1 FROM institutions_institution), %(number)s) i""",
    """INSERT INTO institutions_institutionprofile (void_reason, starts_on, institution_id, name,
        pinyin, region_id, address, credit_code, status, category, grade, departments,
        elderly_kind, ownership)
    SELECT '', date '2015-01-01', one.id, '机构' || one.id, 'jg' || one.id, like_it.region_id,
        '', '', 'OPERATING', like_it.category, '', '{}', like_it.elderly_kind, 'PUBLIC'
    FROM institutions_institution one
    JOIN institutions_institutionprofile like_it ON like_it.institution_id = 1 + one.id %% 50
    WHERE NOT EXISTS (
        SELECT FROM institutions_institutionprofile had WHERE had.institution_id = one.id)""",
    "UPDATE institutions_institutionprofile SET pinyin = 'jg' || institution_id",
    """SELECT setval(pg_get_serial_sequence('institutions_institution', 'id'), max(id))
    FROM institutions_institution""",
)


def more_institutions(number: int) -> dict[str, Any]:
    """Add institutions until there are so many, and vacuum as the nightly upkeep does."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT setval(pg_get_serial_sequence('institutions_institutionprofile', 'id'),"
            " max(id)) FROM institutions_institutionprofile"
        )
        for statement in MORE:
            cursor.execute(statement, {"number": number})
        cursor.execute("VACUUM ANALYZE institutions_institution")
        cursor.execute("VACUUM ANALYZE institutions_institutionprofile")
    return {}


def timed(peak_mb: Callable[[], float]) -> dict[str, Any]:
    """Each list, its first page and far down: the page's seconds and its SQL's alone."""
    setup_test_environment()
    account = User(
        username="bench",
        display_name="测速账号",
        staff_number="B-1",
        role=CLERK,
        password_set_on=timezone.localdate(),  # noqa: TID251 - 口令过期与否看今天
        must_change_password=False,
    )
    account.set_unusable_password()
    account.save()
    browser = Client()
    browser.force_login(account, backend="yiyang.access.backends.PasswordWithCodeBackend")
    return {"lists": [one for asked in ASKED for one in _list(browser, account, asked, peak_mb)]}


def _list(
    browser: Client,
    account: User,
    asked: tuple[Register[Any, Any], str, str],
    peak_mb: Callable[[], float],
) -> Iterator[dict[str, Any]]:
    register, sort, query = asked
    way = f"{register.place.address}?as_of={AS_OF}&{query}" + (f"&sort={sort}" if sort else "")
    listed, far = _far_down(account, register, way)
    name = "-".join(part for part in (register.code, sort.replace("-", "desc_"), query) if part)
    for suffix, address in (("", way), (".deep", f"{way}&after={far}")):
        seconds = _best(partial(_page, browser, address))
        statements = _statements(browser, address)
        yield {
            "name": f"{name}{suffix}",
            "seconds": seconds,
            "floor_seconds": _best(partial(_run, statements)),
            "queries": len(statements),
            "listed": listed,
            "peak_mb": peak_mb(),
        }


def _far_down(account: User, register: Register[Any, Any], way: str) -> tuple[int, int]:
    """How many rows there are, and the number of the row at 99 % of them."""
    request: Any = RequestFactory().get(way)
    permissions = ROLES[CLERK].permissions
    request.actor = Actor(AS_OF, account.pk, CLERK, permissions, whole_city=True)
    asked = asked_of(request, register, QueryDict(way.partition("?")[2]))
    assert asked.filters.is_valid()
    rows = ordered(asked.rows, asked.order)
    number = rows.count()
    return number, rows.values_list("pk", flat=True)[number * DEPTH // 100]


def _page(browser: Client, address: str) -> None:
    answer = browser.get(address, secure=True)
    assert answer.status_code == 200, answer.status_code  # noqa: PLR2004


def _statements(browser: Client, address: str) -> list[tuple[str, Any]]:
    """What the page reads, as it sends it to the database."""
    found: list[tuple[str, Any]] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.lstrip().upper().startswith("SELECT"):
            found.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        _page(browser, address)
    return found


def _run(statements: list[tuple[str, Any]]) -> None:
    with connection.cursor() as cursor:
        for sql, params in statements:
            cursor.execute(sql, params)
            cursor.fetchall()


def _best(work: Callable[[], Any]) -> float:
    seconds = []
    for _ in range(WARM_UPS + REPEATS):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return round(min(seconds[WARM_UPS:]), 4)
