"""The benchmark's own database: made, filled, kept when asked, and dropped."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg2

from targets.bench.filling import REGIONS, REGISTERS

CHECKOUT = Path(__file__).resolve().parents[2]


class BenchError(Exception):
    """Why a benchmark cannot run and what to do, in Chinese."""


@dataclass(frozen=True)
class BenchDatabase:
    """A filled database, reached by child processes only."""

    url: str
    root: str

    def run(self, work: str, **given: str | int) -> dict[str, Any]:
        """Do a piece of work in its own process; what it printed."""
        pairs = [f"{name}={value}" for name, value in given.items()]
        printed = self._python("-m", "targets.bench.child", work, *pairs).splitlines()
        result: dict[str, Any] = json.loads(printed[-1])
        return result

    def migrate(self) -> None:
        """Bring the empty database to the present schema."""
        self._python("manage.py", "migrate", "--noinput", "--verbosity=0")

    def _python(self, *arguments: str) -> str:
        environment = {**os.environ, "DATABASE_URL": self.url, "PORTAL_REGION": self.root}
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=CHECKOUT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise BenchError(f"{' '.join(arguments)} 失败：\n{done.stderr.strip()}")
        return done.stdout


def root_of(regions: str) -> str:
    """The code of the region the benchmark measures: the top of the tree, or Wuhai's city."""
    path = REGIONS / f"{regions}.csv"
    if not path.exists():
        known = "、".join(sorted(file.stem for file in REGIONS.glob("*.csv")))
        raise BenchError(f"没有区划文件 {regions}，可选：{known}。")
    lines = path.read_text(encoding="utf-8").splitlines()[1:]
    tops = [line.split(",")[0] for line in lines if line.endswith(",")]
    cities = [line.split(",")[0] for line in lines if ",city," in line]
    return cities[0] if len(cities) == 1 else tops[0]


def part_of(regions: str, level: str) -> str:
    """The code of the first region of a level in the tree, measured on demand."""
    lines = (REGIONS / f"{regions}.csv").read_text(encoding="utf-8").splitlines()
    return next(line.split(",")[0] for line in lines if line.split(",")[2] == level)


@contextmanager
def bench_database(*, rows: int, regions: str, keep: bool) -> Iterator[BenchDatabase]:
    """Yield a filled database; a kept one is used again while schema and data are the same."""
    address, root = _owner_address(), root_of(regions)
    name = f"yiyang_bench_{regions}_{rows}" if keep else f"yiyang_bench_{os.getpid()}"
    database = BenchDatabase(address._replace(path=f"/{name}").geturl(), root)
    server = _connect(address.geturl())
    mark = fingerprint()
    try:
        if not (keep and _mark_of(server, name) == mark):
            _execute(server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            _execute(server, f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
            database.migrate()
            database.run("fill", rows=rows, regions=regions)
            _execute(server, f"COMMENT ON DATABASE {name} IS '{mark}'")
        yield database
    finally:
        if not keep:
            _execute(server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        server.close()


def fingerprint() -> str:
    """What a kept database must have been made from: this data, this schema."""
    made_of = [REGISTERS, REGISTERS.with_name("filling.py")]
    made_of += sorted(CHECKOUT.glob("*/migrations/0*.py"))
    digest = hashlib.sha256()
    for path in made_of:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def facts_about(database: BenchDatabase, query: str) -> list[tuple[Any, ...]]:
    """What the server answers about itself."""
    server = _connect(database.url)
    with server.cursor() as cursor:
        cursor.execute(query)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    server.close()
    return rows


def _owner_address() -> Any:
    return urlsplit(os.environ.get("OWNER_DATABASE_URL") or os.environ["DATABASE_URL"])


def _connect(url: str) -> Any:
    try:
        server = psycopg2.connect(url)
    except psycopg2.OperationalError as error:
        raise BenchError(f"连不上数据库，请核对 DATABASE_URL：{str(error).strip()}") from error
    server.autocommit = True
    return server


def _mark_of(server: Any, name: str) -> str | None:
    with server.cursor() as cursor:
        cursor.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s",
            [name],
        )
        found = cursor.fetchone()
    return found[0] if found else None


def _execute(server: Any, statement: str) -> None:
    try:
        with server.cursor() as cursor:
            cursor.execute(statement)
    except psycopg2.errors.InsufficientPrivilege as error:
        raise BenchError(
            "测速须由能建库的属主角色运行：请给它 CREATEDB 权限，或在 OWNER_DATABASE_URL 写明属主。"
        ) from error
