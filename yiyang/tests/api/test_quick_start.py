"""What the other office's developer is told to run does run, and a generated client works."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from yiyang.tests.api.callers import Caller
from yiyang.tests.api.scene import make_api_scene

BASE = Path(settings.BASE_DIR)
BIN = Path(sys.executable).parent
USING_THE_CLIENT = """
import os
from yiyang_client import AuthenticatedClient
from yiyang_client.api.institutions import institutions_list, institutions_retrieve
from yiyang_client.api.values import values_list

client = AuthenticatedClient(base_url=os.environ["YIYANG_URL"], token=os.environ["YIYANG_TOKEN"])
page = institutions_list.sync(client=client, limit=2)
print(len(page.results), page.after is not None)
print(institutions_retrieve.sync(key=page.results[0].code, client=client).name)
print(values_list.sync(client=client, limit=1).results[0].run)
"""


@pytest.fixture
def caller(transactional_db: None) -> Caller:
    return make_api_scene()


def run(command: list[str], where: Path, server: Any, caller: Caller) -> str:
    env = {
        **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
        "YIYANG_URL": server.url,
        "YIYANG_TOKEN": caller.text,
        "MYPY_CACHE_DIR": str(where / "mypy"),
    }
    done = subprocess.run(command, cwd=where, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_quick_starts_run_as_they_stand(
    tmp_path: Path, live_server: Any, caller: Caller
) -> None:
    shell = run(["bash", str(BASE / "static/api/quick_start.sh")], tmp_path, live_server, caller)
    first, lines, last, *_ = shell.splitlines()
    assert len(json.loads(first)["results"]) == 3
    assert int(lines) == len((tmp_path / "beds.ndjson").read_text().splitlines()) == 2
    assert json.loads(last)["results"][0]["judgements"]
    python = [sys.executable, str(BASE / "static/api/quick_start.py")]
    assert run(python, tmp_path, live_server, caller).startswith("机构概况 4 段，读到变更 ")


def test_a_generated_client_type_checks_and_works(
    tmp_path: Path, live_server: Any, caller: Caller
) -> None:
    document = BASE / "docs" / "openapi.yaml"
    generate = ["generate", "--path", str(document), "--output-path", "yiyang_client"]
    run(
        [str(BIN / "openapi-python-client"), *generate, "--meta", "none"],
        tmp_path,
        live_server,
        caller,
    )
    run(
        [sys.executable, "-m", "mypy", "--config-file=", "yiyang_client"],
        tmp_path,
        live_server,
        caller,
    )
    (tmp_path / "use.py").write_text(USING_THE_CLIENT, encoding="utf-8")
    told = run([sys.executable, "use.py"], tmp_path, live_server, caller).splitlines()
    assert told[0] == "2 True"
    assert told[1]
    assert int(told[2]) > 0
