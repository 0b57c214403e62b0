"""测试所用的真实数据库（以应用角色连接）、Redis、工作进程与浏览器。"""

import gc
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
import psycopg2
import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.management import call_command
from django.db import connection, connections
from django.db.backends.postgresql.operations import DatabaseOperations
from psycopg2.extensions import connection as Connection
from pytest_django import DjangoDbBlocker
from whitenoise.middleware import WhiteNoiseMiddleware

from yiyang.audit.recording import close_own_connection

CHROMIUM = Path("/usr/bin/chromium")
WORKER_READY_SECONDS = 60.0

if "OWNER_DATABASE_URL" not in os.environ:
    raise pytest.UsageError('测试自带数据库与 Redis，请用：make test ARGS="…"')

# 按默认的次数回收，CPU 的四分之一花在反复查看同一批活着的对象上。
gc.set_threshold(50_000, 20, 20)

OWNER = environ.Env.db_url_config(os.environ["OWNER_DATABASE_URL"])
SIGN_IN = ("USER", "PASSWORD", "HOST", "PORT")


def pytest_collection_finish() -> None:
    """Set aside what stays alive anyway, so that no later collection looks through it."""
    gc.collect()
    gc.freeze()


def connect_as_owner(database: str) -> Connection:
    """Return an autocommitting connection of the role that owns the tables."""
    owner = psycopg2.connect(
        dbname=database,
        user=OWNER["USER"],
        password=OWNER["PASSWORD"],
        host=OWNER["HOST"],
        port=OWNER["PORT"],
    )
    owner.autocommit = True
    return owner


@contextmanager
def signed_in_as_owner() -> Iterator[None]:
    """Let Django's own connection be the owner's for as long as the block lasts."""
    place = connections.settings["default"]
    app = {key: place[key] for key in SIGN_IN}
    connection.close()
    place.update({key: OWNER[key] for key in SIGN_IN})
    try:
        yield
    finally:
        connection.close()
        place.update(app)


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """Make a database as its owner; the tests then sign in as the application role."""
    place = connections.settings["default"]
    server, name = OWNER["NAME"], f"test_yiyang_{os.getpid()}"
    with django_db_blocker.unblock():
        make_database(server, name)
        place["NAME"] = name
        with signed_in_as_owner():
            call_command("migrate", verbosity=0, interactive=False)
            call_command("grant_app_role", verbosity=0, stdout=StringIO())
        # 迁移用过的成千个模型互相牵着，趁早清掉。
        gc.collect()
        with flush_by_the_owner():
            yield
        connections.close_all()
        close_own_connection()
        end_sessions_of_the_application(server, name)
        drop_database(server, name)


def make_database(server: str, name: str) -> None:
    """Make an empty database; the server is asked through the one named in the address."""
    owner = connect_as_owner(server)
    with owner.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
    owner.close()


def end_sessions_of_the_application(server: str, name: str) -> None:
    """End what threads of a finished server left open; the owner may not end another role's."""
    place = connections.settings["default"]
    app = psycopg2.connect(
        dbname=server,
        user=place["USER"],
        password=place["PASSWORD"],
        host=place["HOST"],
        port=place["PORT"],
    )
    with app, app.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = %s AND usename = current_user",
            [name],
        )
    app.close()


def drop_database(server: str, name: str) -> None:
    """Drop a test database, whoever still holds it open."""
    owner = connect_as_owner(server)
    with owner.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
    owner.close()


@contextmanager
def flush_by_the_owner() -> Iterator[None]:
    """Send the TRUNCATE after a transactional test over the owner's connection.

    The application role may not truncate, and that is one of the things under test.
    """

    def execute(operations: DatabaseOperations, statements: list[str]) -> None:
        owner = connect_as_owner(operations.connection.settings_dict["NAME"])
        with owner.cursor() as cursor:
            cursor.execute("SET lock_timeout = '30s'")
            for statement in statements:
                cursor.execute(statement)
        owner.close()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "execute_sql_flush", execute)
        yield


@pytest.fixture(scope="session", autouse=True)
def static_files_found_once() -> Iterator[None]:
    """Let every browser's middleware share the static files the first one found.

    Each test client loads the middleware anew, and looking through the folder took as long as
    the request.
    """
    found: dict[tuple[object, ...], dict[str, Any]] = {}
    look = WhiteNoiseMiddleware.add_files_from_finders

    def look_once(middleware: WhiteNoiseMiddleware) -> None:
        said = (middleware.static_prefix, middleware.allow_all_origins, middleware.max_age)
        if said not in found:
            look(middleware)
            found[said] = dict(middleware.files)
        middleware.files.update(found[said])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoiseMiddleware, "add_files_from_finders", look_once)
        yield


@pytest.fixture(scope="session", autouse=True)
def passwords_hashed_cheaply() -> Iterator[None]:
    """Let Argon2 take as little work as it can: most tests open accounts, few are about them.

    It stays Argon2; the cost in production is Django's own, which no setting of ours lowers.
    """
    with pytest.MonkeyPatch.context() as patch:
        for cost, least in (("time_cost", 1), ("memory_cost", 8), ("parallelism", 1)):
            patch.setattr(Argon2PasswordHasher, cost, least)
        yield


@pytest.fixture
def owner_connection(db: None) -> Iterator[Connection]:
    """Yield the owner's connection, to show what the application role may not do."""
    owner = connect_as_owner(connection.settings_dict["NAME"])
    yield owner
    owner.close()


@pytest.fixture
def empty_database() -> Iterator[str]:
    """Yield the owner's address of a database without tables, dropped after the test."""
    server, name = OWNER["NAME"], f"test_empty_{os.getpid()}"
    make_database(server, name)
    yield urlsplit(os.environ["OWNER_DATABASE_URL"])._replace(path=f"/{name}").geturl()
    drop_database(server, name)


@pytest.fixture(scope="session")
def redis_url() -> str:
    """Return the address of the real Redis of this run."""
    return os.environ["REDIS_URL"]


@pytest.fixture
def process_environment(transactional_db: None, redis_url: str) -> dict[str, str]:
    """Return the environment in which a process sees the same database and Redis as the test."""
    address = urlsplit(os.environ["DATABASE_URL"])
    address = address._replace(path=f"/{connection.settings_dict['NAME']}")
    return {**os.environ, "DATABASE_URL": address.geturl(), "REDIS_URL": redis_url}


EVERY_QUEUE = "celery,coordinator,shards,reports"
StartWorker = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def celery_worker_process(
    process_environment: dict[str, str], tmp_path: Path
) -> Iterator[StartWorker]:
    """Yield a function that starts a real worker process; all of them end with the test."""
    started: list[subprocess.Popen[bytes]] = []

    def start(*arguments: str) -> subprocess.Popen[bytes]:
        log = tmp_path / f"worker-{len(started)}.log"
        command = [sys.executable, "-m", "celery", "-A", "yiyang", "worker", "--loglevel=INFO"]
        command += ["--concurrency=1", f"--hostname=w{len(started)}@localhost"]
        command += arguments or [f"--queues={EVERY_QUEUE}"]
        with log.open("wb") as output:
            process = subprocess.Popen(
                command, env=process_environment, stdout=output, stderr=output
            )
        started.append(process)
        wait_until_ready(process, log)
        return process

    yield start
    for process in started:
        process.terminate()
    for process in started:
        process.wait(timeout=WORKER_READY_SECONDS)


def wait_until_ready(process: "subprocess.Popen[bytes]", log: Path) -> None:
    """Return when the worker says it takes tasks; one that never does fails with its log."""
    waited_until = time.monotonic() + WORKER_READY_SECONDS
    while time.monotonic() < waited_until and process.poll() is None:
        if "ready." in log.read_text(errors="replace"):
            return
        time.sleep(0.1)
    pytest.fail(f"工作进程没有起来：\n{log.read_text(errors='replace')}")


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Launch the system's Chromium; where it is absent, browser tests are skipped."""
    if not CHROMIUM.exists():
        if os.environ.get("CI"):
            pytest.fail("CI 须装有 Chromium：浏览器测试不许跳过。")
        pytest.skip(f"没有 {CHROMIUM}：浏览器测试需要 Chromium（apt-get install chromium）")
    # 同步的 Playwright 在本线程里开着事件循环，Django 会误以为查询发自异步代码。
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    flags += ["--disable-component-update", "--disable-sync", "--no-first-run"]
    return {"executable_path": str(CHROMIUM), "args": flags}


@pytest.fixture(scope="session")
def chromium(browser_type_launch_args: dict[str, Any], browser: Any) -> Any:
    """Return the running Chromium (a Playwright Browser); `page` comes from it too."""
    return browser
