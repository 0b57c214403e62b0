"""The long-running processes of the demo."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from yiyang.local.places import CHECKOUT, LocalError, write_private

Started = dict[str, subprocess.Popen[bytes]]

STOP_SECONDS = 20.0
POLL_SECONDS = 0.5


@contextmanager
def running(
    record: Path, commands: Mapping[str, list[str]], env: Mapping[str, str]
) -> Iterator[Started]:
    """Yield these commands as processes, each with its log; they end with the block."""
    started: Started = {}
    try:
        for name, command in commands.items():
            started[name] = _start(command, env, record.parent / f"{name}.log")
        write_private(record, json.dumps([_mark(os.getpid()), *map(_mark, _pids(started))]))
        yield started
    finally:
        for process in started.values():
            _stop(process)
        record.unlink(missing_ok=True)


def wait_for_any(started: Started, logs: Path) -> None:
    """Return never: one of the processes ending by itself raises."""
    while True:
        for name, process in started.items():
            if process.poll() is not None:
                raise LocalError(f"{name} 意外停止（退出码 {process.returncode}），日志在 {logs}。")
        time.sleep(POLL_SECONDS)


def are_alive(record: Path) -> bool:
    """Say whether any process of the record still runs."""
    return bool(_alive(record))


def stop_recorded(record: Path) -> None:
    """End the processes a record names, also when whoever started them was killed."""
    alive = _alive(record)
    for process in alive:
        with suppress(psutil.NoSuchProcess):
            process.terminate()
    for process in psutil.wait_procs(alive, timeout=STOP_SECONDS)[1]:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    record.unlink(missing_ok=True)


def _start(command: list[str], env: Mapping[str, str], log: Path) -> subprocess.Popen[bytes]:
    # 另开会话：终端的 Ctrl-C 只到本进程，由它依次停止。
    with log.open("ab") as output:
        return subprocess.Popen(
            command,
            cwd=CHECKOUT,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _pids(started: Started) -> list[int]:
    return [process.pid for process in started.values()]


def _mark(pid: int) -> tuple[int, float]:
    """Return number and start time: a number alone may be somebody else's later."""
    return pid, psutil.Process(pid).create_time()


def _alive(record: Path) -> list[psutil.Process]:
    if not record.exists():
        return []
    found = [_recorded(*mark) for mark in json.loads(record.read_text(encoding="utf-8"))]
    return [process for process in found if process]


def _recorded(pid: int, created: float) -> psutil.Process | None:
    try:
        process = psutil.Process(pid)
    except psutil.NoSuchProcess:
        return None
    return process if process.create_time() == created else None
