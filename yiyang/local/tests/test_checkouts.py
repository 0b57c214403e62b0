"""Each checkout starts its own servers, wherever it lies and whoever else does."""

import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from yiyang.local.places import CHECKOUT

ASK = """
import sys, psycopg2, redis
from yiyang.local.services import throwaway
with throwaway() as services:
    env = services.environment(demo=False)
    with psycopg2.connect(env["DATABASE_URL"]) as app, app.cursor() as cursor:
        cursor.execute("SELECT current_user, rolsuper FROM pg_roles WHERE rolname = current_user")
        print(*cursor.fetchone(), flush=True)
    redis.Redis.from_url(env["REDIS_URL"]).ping()
    sys.stdin.read()
"""
ANSWER = "yiyang_app False"

Checkout = Callable[[str], Path]


@pytest.fixture
def checkout_in(tmp_path: Path) -> Iterator[Checkout]:
    """Yield a function that copies the local commands into a folder only this user can enter."""
    made: list[Path] = []

    def copy(name: str) -> Path:
        closed = tmp_path / name
        closed.mkdir(mode=0o700)
        checkout = closed / "checkout"
        ignored = shutil.ignore_patterns("__pycache__", "tests")
        shutil.copytree(CHECKOUT / "yiyang", checkout / "yiyang", ignore=ignored)
        made.append(checkout)
        return checkout

    yield copy
    for checkout in made:
        command = [sys.executable, "-m", "yiyang.local", "clean"]
        subprocess.run(command, cwd=checkout, check=True, stdout=subprocess.DEVNULL)


def ask(checkout: Path) -> "subprocess.Popen[str]":
    """Start both servers of a checkout in a process that keeps them until its input ends."""
    return subprocess.Popen(
        [sys.executable, "-c", ASK],
        cwd=checkout,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def first_line(process: "subprocess.Popen[str]") -> str:
    assert process.stdout
    return process.stdout.readline().strip()


def modes(folder: Path) -> dict[Path, int]:
    return {one: stat.S_IMODE(one.stat().st_mode) for one in (folder, *folder.parents)}


def test_no_parent_folder_is_opened(checkout_in: Checkout) -> None:
    checkout = checkout_in("closed")
    before = {**modes(checkout), **modes(Path("/var/lib"))}
    process = ask(checkout)
    assert first_line(process) == ANSWER
    process.communicate()
    assert process.returncode == 0
    assert {folder: stat.S_IMODE(folder.stat().st_mode) for folder in before} == before
    assert before[checkout.parent] == 0o700


def test_two_checkouts_run_at_once(checkout_in: Checkout) -> None:
    both = [ask(checkout_in("one")), ask(checkout_in("two"))]
    assert [first_line(process) for process in both] == [ANSWER, ANSWER]
    for process in both:
        process.communicate()
    assert [process.returncode for process in both] == [0, 0]


def test_nothing_is_left_behind(checkout_in: Checkout) -> None:
    checkout = checkout_in("tidy")
    process = ask(checkout)
    first_line(process)
    process.communicate()
    left = [path.name for path in (checkout / "var").iterdir()]
    assert not [name for name in left if name.startswith(("redis-", "test-"))]


def test_what_a_killed_run_left_is_removed_by_the_next(checkout_in: Checkout) -> None:
    checkout = checkout_in("killed")
    process = ask(checkout)
    first_line(process)
    process.kill()
    process.communicate()
    orphan = checkout / "var" / f"redis-{process.pid}"
    assert orphan.exists()
    following = ask(checkout)
    assert first_line(following) == ANSWER
    assert not orphan.exists()
    following.communicate()


@pytest.mark.skipif(os.geteuid() != 0, reason="只有 root 的数据在检出之外")
def test_root_keeps_the_data_outside_the_checkout(checkout_in: Checkout) -> None:
    checkout = checkout_in("root")
    process = ask(checkout)
    first_line(process)
    assert not list((checkout / "var").glob("test-*"))
    process.communicate()
