"""Every service of compose.yaml starts with the very command line written there."""

import json
import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from redis import Redis

from yiyang.local.places import free_port

ROOT = Path(settings.BASE_DIR)
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, Any] = COMPOSE["services"]
PORTAL_SERVICES = ("migrate", "web", "worker", "coordinator", "reports", "beat")
START_SECONDS = 60.0
VARIABLE = re.compile(r"\$\{(\w+)(?::-([^}]*)|:\?[^}]*)?\}")

Process = subprocess.Popen[bytes]
Start = Callable[..., tuple[Process, Path]]


def command_line(service: str, values: dict[str, str]) -> list[str]:
    """Return the service's command with its variables filled in as compose does."""
    return [
        VARIABLE.sub(lambda found: values.get(found[1], found[2] or ""), word)
        for word in SERVICES[service]["command"]
    ]


def eventually(is_so: Callable[[], bool], process: Process, log: Path) -> None:
    """Return once it is so; a process that ends or never gets there fails with its log."""
    waited_until = time.monotonic() + START_SECONDS
    while time.monotonic() < waited_until:
        if is_so():
            return
        if process.poll() is not None:
            break
        time.sleep(0.1)
    pytest.fail(f"退出码 {process.poll()}：\n{log.read_text(errors='replace')}")


def health(port: str) -> tuple[int, dict[str, str]]:
    """Return status and body of /healthz; 0 while nobody listens."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)
    except OSError:
        return 0, {}


@pytest.fixture
def start(process_environment: dict[str, str], tmp_path: Path) -> Iterator[Start]:
    """Yield a function that starts a service as a plain process; all end with the test."""
    started: list[Process] = []
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"

    def run(service: str, **values: str) -> tuple[Process, Path]:
        log = tmp_path / f"{service}-{len(started)}.log"
        env = {**process_environment, "PATH": programs, **values}
        with log.open("wb") as output:
            process = subprocess.Popen(
                command_line(service, values), cwd=ROOT, env=env, stdout=output, stderr=output
            )
        started.append(process)
        return process, log

    yield run
    for process in started:
        process.terminate()
    for process in started:
        process.wait(timeout=START_SECONDS)


@pytest.fixture
def port() -> str:
    return str(free_port())


@pytest.mark.django_db(transaction=True)
def test_web_starts_until_healthz_is_green(start: Start, port: str) -> None:
    process, log = start("web", WEB_PORT=port)
    eventually(lambda: health(port)[0] == 200, process, log)
    assert health(port)[1]["database"] == "ok"


@pytest.mark.django_db(transaction=True)
def test_web_without_a_database_says_so(start: Start, port: str) -> None:
    nobody = f"postgres://yiyang_app:x@127.0.0.1:{free_port()}/yiyang"
    process, log = start("web", WEB_PORT=port, DATABASE_URL=nobody)
    eventually(lambda: health(port)[0] == 503, process, log)
    assert health(port)[1]["database"] == "unreachable"


@pytest.mark.celery
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("service", ["worker", "coordinator", "reports"])
def test_worker_starts(start: Start, service: str) -> None:
    process, log = start(service)
    eventually(lambda: b" ready." in log.read_bytes(), process, log)


@pytest.mark.celery
@pytest.mark.django_db(transaction=True)
def test_beat_starts(start: Start, tmp_path: Path, redis_url: str) -> None:
    process, log = start("beat", BEAT_SCHEDULE=str(tmp_path / "beat"))
    eventually(lambda: b"beat: Starting" in log.read_bytes(), process, log)
    with Redis.from_url(redis_url) as redis:
        assert redis.ping()


@pytest.mark.django_db(transaction=True)
def test_migrate_runs_as_the_owner_and_can_run_again(start: Start, empty_database: str) -> None:
    for _ in range(2):
        process, log = start("migrate", DATABASE_URL=empty_database)
        assert process.wait(timeout=START_SECONDS) == 0, log.read_text(errors="replace")
        assert "权限" in log.read_text(encoding="utf-8")


@pytest.mark.parametrize("service", PORTAL_SERVICES)
def test_only_migrations_sign_in_as_the_owner(service: str) -> None:
    role = SERVICES[service]["environment"]["DATABASE_URL"].split(":")[1].removeprefix("//")
    assert role == ("yiyang_owner" if service == "migrate" else "yiyang_app")


def test_every_variable_is_in_the_example() -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    known = set(re.findall(r"^(\w+)=", example, re.MULTILINE))
    compose = set(re.findall(r"\$\{(\w+)", (ROOT / "compose.yaml").read_text(encoding="utf-8")))
    files = ("settings.py", "mail_settings.py")
    source = "".join((ROOT / "yiyang" / name).read_text(encoding="utf-8") for name in files)
    read = set(re.findall(r'env\.\w+\(\s*"(\w+)"', source))
    assert compose <= known
    assert read - known <= {"DATABASE_URL", "REDIS_URL", "DEMO_MARK"}
