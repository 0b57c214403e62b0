"""What an analyst would pick: the registers exported to DuckDB and counted there.

Timed beside ours. Only the persons' figures, without the records behind them, exclusions by
institution or region reform.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from django.db import connection

KEPT = "WHERE voided_at IS NULL"
EXPORTED: Mapping[str, tuple[str, str]] = {
    "person": ("id born_on died_on duplicate_of_id voided_at", "contracts_person"),
    "home": (
        "person_id region_id kind institution_id starts_on ends_on",
        f"contracts_personresidence {KEPT}",
    ),
    "signup": (
        "person_id starts_on expires_on auto_renews terminated_on",
        f"contracts_familydoctorsignup {KEPT}",
    ),
    "member": ("person_id starts_on ends_on", f"contracts_keygroupmembership {KEPT}"),
    "managed": (
        "person_id year record_on exam_on guided_on form_completed_on",
        f"contracts_healthmanagement {KEPT}",
    ),
}
# 人活着、没有重复、常住，在统计日所在的社区。
AT_HOME = """
CREATE TABLE resident AS
SELECT person.id, person.born_on, home.region_id, home.institution_id
FROM person JOIN home ON home.person_id = person.id
WHERE person.duplicate_of_id IS NULL AND person.voided_at IS NULL
  AND (person.died_on IS NULL OR person.died_on > $day) AND home.kind = 'USUAL'
  AND home.starts_on <= $day AND (home.ends_on IS NULL OR home.ends_on >= $day)
"""
SIGNED_UP = """
SELECT region_id, count(*), count(*) FILTER (WHERE born_on <= $of_65),
    count(*) FILTER (WHERE born_on <= $of_65 OR id IN (SELECT person_id FROM member
        WHERE starts_on <= $day AND (ends_on IS NULL OR ends_on >= $day)))
FROM resident JOIN signup ON signup.person_id = resident.id
WHERE starts_on <= $day AND (auto_renews OR expires_on >= $day)
  AND (terminated_on IS NULL OR terminated_on > $day) AND born_on <= $of_60
GROUP BY 1
"""
MANAGED = """
SELECT resident.region_id, count(*) FROM managed JOIN resident ON resident.id = managed.person_id
WHERE year = $year AND record_on <= $day AND exam_on <= $day AND guided_on <= $day
  AND form_completed_on <= $day AND born_on <= $of_65
GROUP BY 1
"""
SERVED = """
SELECT region_id, count(*), count(*) FILTER (WHERE id IN (SELECT person_id FROM signup
    WHERE starts_on <= $day AND (auto_renews OR expires_on >= $day)
      AND (terminated_on IS NULL OR terminated_on > $day))
    OR id IN (SELECT person_id FROM managed WHERE year = $year AND form_completed_on <= $day))
FROM resident WHERE institution_id IS NULL AND born_on <= $of_60 GROUP BY 1
"""


def run(day: date) -> dict[str, float]:
    """The seconds it takes to export the persons' registers, to load them and to count them."""
    import duckdb

    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        _export(Path(folder))
        exported = time.perf_counter()
        base = duckdb.connect()
        for name, (columns, _) in EXPORTED.items():
            # 日期列可能全空，读的一方猜不出类型。
            dates = {column: "DATE" for column in columns.split() if column.endswith("_on")}
            file = f"{folder}/{name}.csv"
            base.execute(f"CREATE TABLE {name} AS FROM read_csv('{file}', types = {dates})")
        loaded = time.perf_counter()
        _count(base, day)
        counted = time.perf_counter()
    return {
        "seconds": round(counted - started, 4),
        "export_seconds": round(exported - started, 4),
        "load_seconds": round(loaded - exported, 4),
        "count_seconds": round(counted - loaded, 4),
    }


def _export(folder: Path) -> None:
    with connection.cursor() as cursor:
        for name, (columns, rows) in EXPORTED.items():
            query = f"SELECT {', '.join(columns.split())} FROM {rows}"
            with (folder / f"{name}.csv").open("wb") as file:
                cursor.copy_expert(f"COPY ({query}) TO STDOUT (FORMAT csv, HEADER)", file)


def _count(base: Any, day: date) -> None:
    given = {"day": day, "of_60": day.replace(year=day.year - 60)}
    given |= {"of_65": day.replace(year=day.year - 65)}
    base.execute(AT_HOME, {"day": day})
    base.execute(SIGNED_UP, given).fetchall()
    for year in (day.year - 1, day.year):
        counted = {"day": day, "of_65": given["of_65"], "year": year}
        base.execute(MANAGED, counted).fetchall()
    served = {"day": day, "of_60": given["of_60"], "year": day.year}
    base.execute(SERVED, served).fetchall()
