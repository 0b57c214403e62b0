"""A private PostgreSQL cluster of this checkout."""

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from yiyang.local.account import ServerAccount
from yiyang.local.places import LocalError, free_port

BOOTSTRAP = "bootstrap"
START_ATTEMPTS = 5
# 此版起自带 C.UTF-8，不靠操作系统的区域设置。
BUILTIN_LOCALE_SINCE = 17

# 出错的语句与 DETAIL 里会带个人信息，不写进服务器日志。
SETTINGS = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 60
log_min_error_statement = panic
log_error_verbosity = terse
"""
# 测试用完即弃，断电丢失也无妨；自动清扫以超级用户连着时，属主删不掉测试库。
THROWAWAY = """
fsync = off
autovacuum = off
full_page_writes = off
synchronous_commit = off
"""


@dataclass(frozen=True)
class Role:
    """A database role that can sign in with a password; never a superuser."""

    name: str
    password: str
    options: str = ""

    @property
    def statement(self) -> str:
        """Return the statement that makes the role."""
        return (
            f"CREATE ROLE {self.name} LOGIN NOSUPERUSER {self.options} PASSWORD '{self.password}';"
        )


@dataclass(frozen=True)
class Cluster:
    """One data folder with the programs that serve it."""

    home: Path
    programs: Path
    account: ServerAccount | None
    durable: bool = True

    @property
    def data(self) -> Path:
        """Return the data folder; it exists only when the cluster is complete."""
        return self.home / "data"

    @property
    def log(self) -> Path:
        """Return the server's log file."""
        return self.home / "postgres.log"

    @cached_property
    def major(self) -> int:
        """Return the server's major version."""
        answer = self.run("postgres", "--version").stdout
        found = re.search(r"(\d+)\.\d+", answer)
        if found is None:
            raise LocalError(f"认不出 PostgreSQL 的版本：{answer.strip()}")
        return int(found[1])

    @property
    def is_running(self) -> bool:
        """Say whether the server of this data folder is up."""
        return self.data.exists() and self._call("pg_ctl", "-D", self.data, "status") == 0

    @property
    def port(self) -> int:
        """Return the port the running server listens on."""
        return int((self.data / "postmaster.pid").read_text().splitlines()[3])

    def url(self, role: Role, database: str = "postgres") -> str:
        """Return the address a role signs in at."""
        return f"postgres://{role.name}:{role.password}@127.0.0.1:{self.port}/{database}"

    def create(self, roles: Sequence[Role], database: str) -> None:
        """Make the data folder with these roles; the first owns the database.

        It is complete or not there at all.

        The bootstrap superuser gets no password and no way in: its one use is the single-user
        session that makes the roles, so nothing running later holds its rights.
        """
        half = self.home / "data.half"
        shutil.rmtree(half, ignore_errors=True)
        self._prepare_home()
        self.run("initdb", "--pgdata", half, *self._initdb_options())
        with (half / "postgresql.conf").open("a", encoding="utf-8") as settings:
            settings.write(SETTINGS if self.durable else SETTINGS + THROWAWAY)
        statements = "\n".join(role.statement for role in roles)
        statements += f"\nCREATE DATABASE {database} OWNER {roles[0].name};\n"
        statements += f"ALTER ROLE {BOOTSTRAP} NOLOGIN;\n"
        self.run("postgres", "--single", "-D", half, "postgres", lines=statements)
        half.replace(self.data)

    def start(self) -> None:
        """Start the server on a free port of 127.0.0.1, unless it runs already."""
        if self.is_running:
            return
        for _ in range(START_ATTEMPTS):
            options = f"-p {free_port()}"
            command = ("-D", self.data, "-l", self.log, "-w", "-t", "60", "-o", options, "start")
            # 端口可能在探测之后被别人占走，换一个再来。
            if self._call("pg_ctl", *command) == 0:
                return
        raise LocalError(f"PostgreSQL 没有起来，原因见日志：{self.log}")

    def stop(self) -> None:
        """Stop the server and wait until it is down."""
        if self.is_running:
            self.run("pg_ctl", "-D", self.data, "-m", "fast", "-w", "stop")

    def destroy(self) -> None:
        """Stop the server and remove its folder."""
        self.stop()
        shutil.rmtree(self.home, ignore_errors=True)

    def run(
        self, program: str, *arguments: str | Path, lines: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """Run one of the server's programs as the server's user; a failure raises."""
        result = subprocess.run(
            [self.programs / program, *arguments],
            input=lines,
            capture_output=True,
            text=True,
            check=False,
            cwd=self.home,
            env=self._environment(),
            user=self.account.uid if self.account else None,
            group=self.account.gid if self.account else None,
            extra_groups=[] if self.account else None,
        )
        if result.returncode:
            raise LocalError(f"{program} 失败：{(result.stderr or result.stdout).strip()}")
        return result

    def _call(self, program: str, *arguments: str | Path) -> int:
        """Run a program whose exit code is the answer.

        Its output is not captured: the server it may leave running would hold the pipe open.
        """
        return subprocess.call(
            [self.programs / program, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self.home,
            env=self._environment(),
            user=self.account.uid if self.account else None,
            group=self.account.gid if self.account else None,
            extra_groups=[] if self.account else None,
        )

    def _initdb_options(self) -> list[str]:
        options = [f"--username={BOOTSTRAP}", "--encoding=UTF8"]
        options += ["--auth-local=reject", "--auth-host=scram-sha-256"]
        if self.major >= BUILTIN_LOCALE_SINCE:
            options += ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        else:
            options.append("--locale=C.UTF-8")
        return options if self.durable else [*options, "--no-sync"]

    def _prepare_home(self) -> None:
        for folder in (self.home, self.home / "tmp"):
            folder.mkdir(mode=0o700, exist_ok=True)
            if self.account:
                os.chown(folder, self.account.uid, self.account.gid)

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(self.home),
            "TMPDIR": str(self.home / "tmp"),
            "LC_ALL": "C",
            "TZ": "UTC",
        }
