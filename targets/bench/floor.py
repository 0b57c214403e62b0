"""The least the database could do: bare counts of the facts and joins a measurement reads."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db import connection, transaction

from targets.runs.frozen import read_much

# 每张事实表按它所在的区划（没有区划的按机构、团队）分组计数一次。
GROUPED = {
    "institutions_institutionprofile": "region_id",
    "institutions_licence": "institution_id",
    "institutions_greenchannel": "institution_id",
    "institutions_careservice": "institution_id",
    "institutions_bedcount": "institution_id",
    "institutions_occupancy": "institution_id",
    "institutions_population": "region_id",
    "institutions_pilotproject": "region_id",
    "contracts_partnershipagreement": "elderly_id",
    "contracts_doctorteam": "institution_id",
    "contracts_teamarea": "region_id",
    "contracts_person": "sex",
    "contracts_personresidence": "region_id",
    "contracts_keygroupmembership": '"group"',
    "contracts_familydoctorsignup": "team_id",
    "contracts_healthmanagement": "institution_id",
    "contracts_homesickbed": "institution_id",
    "contracts_signupaggregate": "region_id",
}


def _held(fact: str, day: str = "%(day)s") -> str:
    return (
        f"{fact}.voided_at IS NULL AND {fact}.starts_on <= {day}"
        f" AND ({fact}.ends_on IS NULL OR {fact}.ends_on >= {day})"
    )


def _at_home(facts: str, day: str = "%(day)s", where: str = "") -> str:
    return (
        f"{facts} fact JOIN contracts_person person ON person.id = fact.person_id {where}"
        f" JOIN contracts_personresidence home ON home.person_id = fact.person_id"
        f" AND {_held('home', day)}"
    )


def _exams(year: str) -> str:
    where = f"AND fact.year = extract(year FROM %(day)s::date) - {year}"
    return _at_home("contracts_healthmanagement", "fact.exam_on", where)


def _seat(of: str, alias: str = "home") -> str:
    return (
        f" JOIN institutions_institutionprofile {alias}"
        f" ON {alias}.institution_id = {of} AND {_held(alias)}"
    )


# 与量度和夜间检查相同的连接，只数行。
_LATER = """ LEFT JOIN contracts_familydoctorsignup later
    ON later.person_id = fact.person_id AND later.voided_at IS NULL
    AND later.starts_on > fact.starts_on AND later.starts_on <= %(day)s
    AND (later.terminated_on IS NULL OR later.terminated_on > later.starts_on)
    WHERE later.id IS NULL"""
_SIGNED_UP = """ LEFT JOIN contracts_familydoctorsignup signup
    ON signup.person_id = person.id AND signup.voided_at IS NULL
    AND signup.starts_on <= %(day)s AND (signup.auto_renews OR signup.expires_on >= %(day)s)
    AND (signup.terminated_on IS NULL OR signup.terminated_on > %(day)s)"""
JOINED = (
    _at_home("contracts_familydoctorsignup") + _LATER,
    _exams("1"),
    _exams("0"),
    _at_home("contracts_homesickbed"),
    f"""contracts_personresidence home JOIN contracts_person person
        ON person.id = home.person_id AND {_held("home")} {_SIGNED_UP}""",
    f"contracts_doctorteam team {_seat('team.institution_id')}",
    f"""contracts_partnershipagreement fact
        {_seat("fact.elderly_id")} {_seat("fact.medical_id", "medical")}""",
)
WITHIN = """home.region_id = ANY(
    ARRAY(SELECT institutions_subtree(ARRAY[%(region)s]::bigint[], %(day)s)))"""


def statements(*, is_whole: bool) -> Iterator[str]:
    """The floor's queries: over everything, or only over the rows of one region."""
    for table, column in GROUPED.items():
        if is_whole:
            yield f"SELECT {column}, count(*) FROM {table} GROUP BY 1"
        elif column == "region_id":
            yield f"SELECT {column}, count(*) FROM {table} home WHERE {WITHIN} GROUP BY 1"
    for joined in JOINED:
        narrowed = f" {'AND' if 'WHERE' in joined else 'WHERE'} {WITHIN}"
        yield f"SELECT count(*) FROM {joined}" + ("" if is_whole else narrowed)


def run(*, day: date, region: int, is_whole: bool) -> None:
    """Run every query of the floor, under the settings of a run, and fetch what it returns."""
    given: dict[str, Any] = {"day": day, "region": region}
    with transaction.atomic(), connection.cursor() as cursor:
        read_much(cursor)
        # 与量度同样的设置；不关嵌套循环，下限会因规划器估错而虚高。
        cursor.execute(f"SET LOCAL enable_nestloop = {'off' if is_whole else 'on'}")
        for statement in statements(is_whole=is_whole):
            cursor.execute(statement, given)
            cursor.fetchall()
