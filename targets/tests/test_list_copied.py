"""A list the database writes is the very list that is written row by row."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DataError, connection
from django.db.models import F, Value
from django.http import QueryDict
from django.test import RequestFactory

from contracts.lists.signups import SIGNUPS
from contracts.models import FamilyDoctorSignup
from contracts.tests.factories import make_person, make_signup, make_team
from institutions.models import Region, RegionLevel
from institutions.tests.factories import LONG_AGO, make_health, make_region
from targets.tests.factories import DAY, City, make_city
from targets.tests.page_scene import browse_as
from yiyang.access.roles import ROLES, Role
from yiyang.access.scope import Actor
from yiyang.lib.sheets import safe_cell
from yiyang.listing.asked import Asked, asked_of
from yiyang.listing.copied import BLOCK_BYTES, BLOCKS_AHEAD, Written, copied
from yiyang.listing.files import lines_of
from yiyang.listing.paging import Order

REVIEWER = Role.CITY_HEALTH_REVIEWER
EVERY_COLUMN = "&".join(f"col={column.key}" for column in SIGNUPS.columns)
ODD_NAMES = ("=1+1", "＝甲", "@队", "-5%", '甲,"乙"', "甲\n乙", " =2", "甲\x07乙")
Line = list[str]


def asked_for(query: str) -> tuple[Any, Asked[Any, Any]]:
    request: Any = RequestFactory().get("/signups/")
    request.actor = Actor(DAY, 1, REVIEWER, ROLES[REVIEWER].permissions, whole_city=True)
    asked = asked_of(request, SIGNUPS, QueryDict(query))
    assert asked.filters.is_valid()
    return request, asked


def by_database(asked: Asked[Any, Any]) -> list[Line]:
    written = [column.written for column in asked.columns if column.written]
    blocks = copied(asked.rows, written, asked.order, asked.filters.day)
    return list(csv.reader(io.StringIO(b"".join(blocks).decode(), newline="")))


def row_by_row(request: Any, asked: Asked[Any, Any]) -> list[Line]:
    return [[safe_cell(str(one)) for one in line] for line in lines_of(request, asked, asked.rows)]


@pytest.fixture
def registered(db: None) -> City:
    """每个状态一份，团队与机构的名称里有表格程序会当作公式、分隔、换行的字。"""
    city = make_city()
    spans: tuple[dict[str, Any], ...] = (
        {"expires_on": DAY},
        {"expires_on": DAY - timedelta(days=1)},
        {"expires_on": DAY - timedelta(days=1), "auto_renews": True},
        {"starts_on": DAY + timedelta(days=1), "expires_on": DAY + timedelta(days=400)},
        {"terminated_on": DAY, "expires_on": DAY + timedelta(days=9)},
        {"terminated_on": DAY + timedelta(days=1), "expires_on": DAY + timedelta(days=9)},
    )
    for number, name in enumerate(ODD_NAMES):
        hospital = make_health(city.east_street, name=f"{name}医院")
        team = make_team(hospital, city.east_community)
        type(team).objects.filter(pk=team.pk).update(name=name)
        span = {"starts_on": date(2015, 1, 1)} | spans[number % len(spans)]
        make_signup(make_person(city.east_community), team, signed_on=span["starts_on"], **span)
    return city


@pytest.mark.parametrize(
    "query",
    [
        "",
        EVERY_COLUMN,
        f"{EVERY_COLUMN}&sort=expires_on",
        f"{EVERY_COLUMN}&sort=-expires_on",
        f"as_of={LONG_AGO}&{EVERY_COLUMN}",
        f"as_of={DAY}&state=in_force",
        "q=甲",
        "q=没有",
    ],
)
def test_the_database_writes_what_is_written_row_by_row(registered: City, query: str) -> None:
    request, asked = asked_for(query)
    assert by_database(asked) == row_by_row(request, asked)


def test_every_column_says_how_it_is_written() -> None:
    assert not [column.key for column in SIGNUPS.columns if column.written is None]


def test_the_file_has_mark_note_headings_and_every_row(registered: City) -> None:
    answer = browse_as(REVIEWER).get(f"/signups/export.csv?as_of={DAY}")
    content = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    rows = list(csv.reader(io.StringIO(content, newline="")))
    assert rows[2][:3] == ["档案编号", "签约团队", "团队所在机构"]
    assert len(rows) == 3 + len(ODD_NAMES)
    assert {row[1] for row in rows[3:]} >= {"'=1+1", "'＝甲", "'@队", "-5%", "' =2", "甲乙"}


def test_what_the_database_refuses_reaches_the_reader(registered: City) -> None:
    nonsense = Written(lambda _: F("pk") / Value(0))
    with pytest.raises(DataError):
        list(copied(FamilyDoctorSignup.objects.all(), [nonsense], Order(), DAY))


@pytest.mark.django_db(transaction=True)
def test_nobody_reading_on_stops_the_database_and_frees_the_connection() -> None:
    for number in range(2 * BLOCKS_AHEAD + 4):
        make_region(f"区{number}", RegionLevel.DISTRICT)
    wide = Written(lambda _: Value("字" * BLOCK_BYTES))
    blocks = copied(Region.objects.all(), [wide], Order(), date(2026, 1, 1))
    assert len(next(blocks)) >= BLOCK_BYTES
    blocks.close()  # type: ignore[attr-defined]
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        [(shown,)] = cursor.fetchall()
    assert shown != "30min"
