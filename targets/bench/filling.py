"""The generated registers, written by COPY into an empty, migrated database."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from django.db import connection

from institutions.ingest.regions import load_regions
from yiyang.changelog.context import SYSTEM

REGISTERS = Path(__file__).with_name("registers.sql")
REGIONS = Path(__file__).resolve().parents[2] / "institutions" / "data"
FIRST_DAY = date(2015, 1, 1)

# 各登记与签约数的比例：每五个签约四个人；七百万签约两万家机构。
PERSONS_PER_ROW = (4, 5)
ROWS_PER_INSTITUTION = 350
ROWS_PER_TEAM = 700
FEWEST_INSTITUTIONS = 60

PREPARE = """
CREATE FUNCTION bench_pick(i bigint, salt bigint, n bigint) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT (hashint8extended(i, salt) % n + n) % n $$;
CREATE TABLE bench_community AS
    SELECT row_number() OVER (ORDER BY code) - 1 AS n, id AS region_id
    FROM institutions_region WHERE level = 'COMMUNITY';
ANALYZE bench_community;
SET maintenance_work_mem = '512MB';
SET synchronous_commit = off
"""
TYPES = """
SELECT attname, format_type(atttypid, NULL) FROM pg_attribute
WHERE attrelid = %s::regclass AND attnum > 0
"""
# 外键、唯一与排他约束、索引：装完再建，一次排序快过逐行维护。主键留着。
CONSTRAINTS = """
SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE conrelid = %s::regclass AND contype IN ('f', 'u', 'x') ORDER BY contype = 'f'
"""
INDEXES = """
SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i
WHERE i.indrelid = %s::regclass
  AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)
"""


def fill(*, rows: int, regions: str) -> None:
    """Fill every register in proportion to `rows` sign-ups over a shipped region tree."""
    content = (REGIONS / f"{regions}.csv").read_bytes()
    load_regions(by=SYSTEM, content=content, starts_on=FIRST_DAY, batch="bench")
    with connection.cursor() as cursor:
        cursor.execute(PREPARE)
        sizes = _sizes(cursor, rows)
        registers = list(_registers())
        with _bare([table for table, _ in registers]):
            for table, sql in registers:
                _copy(table, cursor.mogrify(sql, sizes).decode())
        for table, _ in registers:
            cursor.execute(f"VACUUM ANALYZE {table}")
        cursor.execute("ANALYZE")


def _sizes(cursor: Any, rows: int) -> dict[str, int]:
    cursor.execute("SELECT count(*) FROM bench_community")
    part, whole = PERSONS_PER_ROW
    persons = max(1, rows * part // whole)
    return {
        "rows": rows,
        "persons": persons if persons % 7919 else persons + 1,  # 与步长互质，一人不落
        "institutions": max(FEWEST_INSTITUTIONS, rows // ROWS_PER_INSTITUTION),
        "teams": max(1, rows // ROWS_PER_TEAM),
        "communities": cursor.fetchone()[0],
    }


def _registers() -> Iterator[tuple[str, str]]:
    """Each table of registers.sql with the query that makes its rows."""
    text = REGISTERS.read_text(encoding="utf-8")
    parts = re.split(r"^-- table (\w+)\n", text, flags=re.MULTILINE)[1:]
    yield from zip(parts[::2], parts[1::2], strict=True)


@contextmanager
def _bare(tables: list[str]) -> Iterator[None]:
    """Take triggers, foreign keys and indexes away from the tables, then put them back."""
    with connection.cursor() as cursor:
        restore: list[str] = []
        foreign: list[str] = []
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            _take_away(cursor, table, restore, foreign)
        yield
        for statement in (*restore, *foreign):
            cursor.execute(statement)
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def _take_away(cursor: Any, table: str, restore: list[str], foreign: list[str]) -> None:
    cursor.execute(CONSTRAINTS, [table])
    for name, definition in cursor.fetchall():
        kept = foreign if definition.startswith("FOREIGN KEY") else restore
        kept.append(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')
        cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    cursor.execute(INDEXES, [table])
    for name, definition in cursor.fetchall():
        restore.append(definition)
        cursor.execute(f"DROP INDEX {name}")


def _copy(table: str, query: str) -> None:
    """Stream the query's rows into the table: COPY out on one connection, COPY in on another."""
    target = connection.connection
    columns = _columns(table, query)
    casts = ", ".join(f'"{name}"::{kind}' for name, kind in columns)
    names = ", ".join(f'"{name}"' for name, _ in columns)
    read_end, write_end = os.pipe()
    source = connection.copy()
    source.ensure_connection()

    def pour() -> None:
        with os.fdopen(write_end, "wb") as pipe, source.connection.cursor() as cursor:
            cursor.copy_expert(
                f"COPY (SELECT {casts} FROM ({query}) made) TO STDOUT (FORMAT binary)", pipe
            )

    pouring = threading.Thread(target=pour)
    pouring.start()
    with os.fdopen(read_end, "rb") as pipe, target.cursor() as cursor:
        cursor.copy_expert(f"COPY {table} ({names}) FROM STDIN (FORMAT binary)", pipe)
    pouring.join()
    source.close()


def _columns(table: str, query: str) -> list[tuple[str, str]]:
    """The query's columns with the types the table gives them."""
    with connection.cursor() as cursor:
        cursor.execute(TYPES, [table])
        types = dict(cursor.fetchall())
        cursor.execute(f"SELECT * FROM ({query}) made LIMIT 0")
        return [(column.name, types[column.name]) for column in cursor.description]
