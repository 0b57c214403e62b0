"""The pieces of the benchmark `import`, each done in a process of its own."""

from __future__ import annotations

import csv
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from celery import current_app
from django.db import connection
from django.utils import timezone
from xlsxwriter import Workbook

from contracts.models import DoctorTeam
from institutions.imports.actions import confirm_import, match_columns, receive_sheet
from institutions.imports.matching import suggest
from institutions.imports.registry import register_named
from institutions.models import ImportBatch, Region
from yiyang.access.models import User
from yiyang.access.roles import Role
from yiyang.access.scope import known_actor
from yiyang.lib.identifiers import check_digit

DAY = date(2026, 6, 30)
HEADER = (
    *("身份证号", "姓名", "联系电话", "居住地区划代码", "团队编码", "签约日期", "到期日期"),
    "期满自动续约",
)
SURNAMES, GIVEN = "王李张刘陈杨赵黄周吴", "秀英兰芝桂珍玉梅淑华建国志强德福永贵"
BIRTHS, BORN_FROM = 9000, date(1932, 1, 1)
SIGNUPS = "contracts_familydoctorsignup"
TWINS = {
    "contracts_person": "id_digest IS NOT NULL",
    "contracts_personkey": "true",
    "contracts_personresidence": "reason = '导入建档'",
    "contracts_familydoctorsignup": "person_id IN (SELECT person_id FROM contracts_personkey)",
}


def write_sheet(rows: int, path: Path) -> None:
    """A sheet of so many persons nobody knows yet, as csv or xlsx by the name of the file."""
    if path.suffix == ".csv":
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows(_lines(rows))
        return
    with Workbook(str(path), {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, line in enumerate(_lines(rows)):
            for column, cell in enumerate(line):
                sheet.write_string(number, column, cell)


def _lines(rows: int) -> Iterator[tuple[str, ...]]:
    communities = list(
        Region.objects.filter(level="COMMUNITY").order_by("code").values_list("code", flat=True)
    )
    teams = list(DoctorTeam.objects.order_by("code").values_list("code", flat=True))
    yield HEADER
    for number in range(rows):
        born = BORN_FROM + timedelta(days=number % BIRTHS)
        stem = f"15039{number // (BIRTHS * 1000) + 1}{born:%Y%m%d}{number // BIRTHS % 1000:03d}"
        signed = date(2025, 1, 1) + timedelta(days=number % 360)
        yield (
            stem + check_digit(stem),
            SURNAMES[number % 10] + GIVEN[number % 16] + GIVEN[number // 16 % 16],
            f"154{number:08d}",
            communities[number % len(communities)],
            teams[number % len(teams)],
            signed.isoformat(),
            (signed + timedelta(days=730)).isoformat(),
            "是" if number % 3 else "否",
        )


RESUME = """
SELECT setval(pg_get_serial_sequence(%s, 'id'), (SELECT coalesce(max(id), 1) FROM {table}))
"""


def _resume_numbering() -> None:
    """The generated registers took ids without asking the sequences, and digests of no key."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE contracts_person SET name_digest = NULL, id_digest = NULL")
        for table in ("contracts_person", "contracts_personresidence", SIGNUPS):
            cursor.execute(RESUME.format(table=table), [table])


def take(path: Path) -> dict[str, Any]:
    """Upload, check and import the sheet; the seconds of the checking and of the importing."""
    _resume_numbering()
    current_app.conf.task_always_eager = True
    user = User.objects.create(
        username="bench", display_name="测速", staff_number="B-1", role=Role.CITY_HEALTH_CLERK
    )
    batch = _sent(user, path)
    # 任务当场就做：对应列即检查，确认即导入。
    seconds = {"check": _timed(lambda: _matched(user, batch))}
    batch.refresh_from_db()
    sender = known_actor(user.pk, user.role, DAY)
    at = timezone.now()
    seconds["import"] = _timed(lambda: confirm_import(by=sender, batch=batch, at=at))
    batch.refresh_from_db()
    if batch.state != "DONE":
        raise RuntimeError(f"导入没有完成：{batch.state} {batch.message} {batch.counts}")
    return seconds


def _sent(user: User, path: Path) -> ImportBatch:
    register, actor = register_named("signups"), known_actor(user.pk, user.role, DAY)
    assert register is not None
    with path.open("rb") as file:
        return receive_sheet(
            by=actor, register=register, file=file, name=path.name, at=timezone.now()
        )


def _matched(user: User, batch: ImportBatch) -> None:
    register, actor = register_named("signups"), known_actor(user.pk, user.role, DAY)
    assert register is not None
    columns = suggest(register.sheet, batch.header, actor).columns
    match_columns(by=actor, batch=batch, columns=columns, is_whole=False, at=timezone.now())


def copy_bare(folder: Path) -> dict[str, Any]:
    """The finished rows and their log rows, copied once more into twins with the same indexes."""
    seconds = 0.0
    with connection.cursor() as cursor:
        for table, where in (*TWINS.items(), ("yiyang_changeentry", "true")):
            cursor.execute(f"CREATE TABLE bench_{table} (LIKE {table} INCLUDING ALL)")
            path = folder / f"{table}.copy"
            with path.open("wb") as file:
                cursor.copy_expert(
                    f"COPY (SELECT * FROM {table} WHERE {where}) TO STDOUT (FORMAT binary)", file
                )
            seconds += _timed(lambda: _copied(cursor, table, path))  # noqa: B023 - 当场就用
    return {"seconds": round(seconds, 4)}


def _copied(cursor: Any, table: str, path: Path) -> None:
    with path.open("rb") as file:
        cursor.copy_expert(f"COPY bench_{table} FROM STDIN (FORMAT binary)", file)


def _timed(work: Any) -> float:
    started = time.perf_counter()
    work()
    return round(time.perf_counter() - started, 4)
