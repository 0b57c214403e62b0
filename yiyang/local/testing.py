"""The test suite, the benchmarks and the deployment checks on servers started from nothing."""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from secrets import randbelow

from yiyang.local.borrowed import borrowed_roles
from yiyang.local.environment import APP, environment, manage, roles
from yiyang.local.keys import Keys
from yiyang.local.places import CHECKOUT, say
from yiyang.local.postgres import Role
from yiyang.local.services import DATABASE, throwaway, throwaway_cluster, throwaway_redis

NO_TESTS_COLLECTED = 5
SYSTEM_POSTGRES = Path("/usr/lib/postgresql")


def test(arguments: Sequence[str]) -> int:
    """Run pytest with these arguments; return its exit code."""
    with test_environment() as env:
        # 同时跑的几个进程要收集到同样次序的测试，所以共用一个散列种子，每次不同。
        env |= {"PYTHONHASHSEED": str(randbelow(2**32))}
        command = [sys.executable, "-m", "pytest", *_processes(arguments), *arguments]
        code = subprocess.call(command, cwd=CHECKOUT, env=env)
    if code == NO_TESTS_COLLECTED:
        say("没有选中任何测试：请检查 ARGS。")
    return code


def _processes(arguments: Sequence[str]) -> list[str]:
    """One process per core for the whole suite; a test named by its path runs in this one."""
    is_named = any((CHECKOUT / argument.split("::")[0]).exists() for argument in arguments)
    if is_named:
        return []
    return ["-p", "yiyang.local.own_redis", "--numprocesses=logical", "--dist=loadfile"]


@contextmanager
def test_environment() -> Iterator[dict[str, str]]:
    """Yield the settings of a test run: DATABASE_URL when given, else our own PostgreSQL."""
    given = os.environ.get("DATABASE_URL")
    if not given:
        with throwaway() as services:
            yield services.environment(demo=False)
        return
    say("使用 DATABASE_URL 指定的 PostgreSQL。")
    keys = Keys()
    with throwaway_redis(keys) as redis, borrowed_roles(given) as (owner_url, app_url, app_role):
        yield environment(
            keys,
            database_url=app_url,
            owner_url=owner_url,
            app_role=app_role,
            redis_url=redis.url,
            demo=False,
        )


@contextmanager
def migrated() -> Iterator[dict[str, str]]:
    """Yield the environment of a fresh, migrated database that is thrown away afterwards."""
    with throwaway() as services:
        env = services.environment(demo=False)
        for step in (["migrate", "--noinput", "--verbosity=0"], ["grant_app_role"]):
            if code := manage(env, *step):
                raise SystemExit(code)
        yield env


def bench(arguments: Sequence[str]) -> int:
    """Measure in databases of the benchmark's own, on a server that is not the demo's."""
    with bench_environment() as env:
        return manage(env, "bench", *arguments)


@contextmanager
def bench_environment() -> Iterator[dict[str, str]]:
    """Yield settings that reach a server as one who may make databases there.

    DATABASE_URL when given; else the system's PostgreSQL, else our own, thrown away afterwards.
    """
    keys, given = Keys(), os.environ.get("DATABASE_URL")
    with ExitStack() as stack:
        if not given:
            owner, app = roles(keys)
            cluster = stack.enter_context(throwaway_cluster([owner, app], _system_postgres()))
            # 标准输出留给一项一行的 JSON。
            print(f"在临时的 PostgreSQL {cluster.major} 上测速（fsync 关）", file=sys.stderr)
            given = cluster.url(owner, DATABASE)
        yield environment(
            keys, database_url=given, owner_url=given, app_role=APP, redis_url="", demo=False
        )


def _system_postgres() -> Path | None:
    """Return the folder of the newest PostgreSQL that the system has installed, if any."""
    installed = SYSTEM_POSTGRES.glob("*/bin")
    return max(installed, key=lambda folder: float(folder.parent.name), default=None)


def check_deploy() -> int:
    """Check the settings production has, and that no migration is missing."""
    with migrated() as env:
        production = {**env, "HTTPS": "1", "STATIC_MANIFEST": "1"}
        deploy = manage(production, "check", "--deploy", "--fail-level=WARNING")
        return deploy or manage(env, "makemigrations", "--check", "--dry-run")


def on_other_postgres(programs: Path, command: Sequence[str]) -> int:
    """Run a command with DATABASE_URL on a throwaway cluster of another PostgreSQL."""
    administrator = Role("yiyang_ci", Keys().owner_password, "CREATEDB CREATEROLE")
    with throwaway_cluster([administrator], programs) as cluster:
        say(f"PostgreSQL {cluster.major}：{' '.join(command)}")
        url = cluster.url(administrator, DATABASE)
        return subprocess.call(command, cwd=CHECKOUT, env={**os.environ, "DATABASE_URL": url})


def types() -> int:
    """Check types; mypy's Django plugin reads the settings, which must find their variables."""
    env = environment(
        Keys(), database_url="postgres:///", owner_url="", app_role="", redis_url="", demo=False
    )
    return subprocess.call([sys.executable, "-m", "mypy"], cwd=CHECKOUT, env=env)
