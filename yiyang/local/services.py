"""PostgreSQL and Redis for the length of a command."""

import fcntl
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from yiyang.local.account import open_home, server_account, server_programs
from yiyang.local.environment import APP, anchor_file, environment, roles
from yiyang.local.keys import Keys
from yiyang.local.places import DEMO, VAR, make_private, say, server_home
from yiyang.local.postgres import Cluster, Role
from yiyang.local.redis_server import RedisServer

DATABASE = "yiyang"


@dataclass(frozen=True)
class Services:
    """The two servers and the keys they were made with."""

    cluster: Cluster
    redis: RedisServer
    keys: Keys

    def environment(self, *, demo: bool) -> dict[str, str]:
        """Return the environment of processes that use these servers."""
        owner, app = roles(self.keys)
        return environment(
            self.keys,
            database_url=self.cluster.url(app, DATABASE),
            owner_url=self.cluster.url(owner, DATABASE),
            app_role=APP,
            redis_url=self.redis.url,
            demo=demo,
        )

    def start(self) -> None:
        """Start whichever of the two is down."""
        if not self.cluster.data.exists():
            self.cluster.create(roles(self.keys), DATABASE)
        self.cluster.start()
        self.redis.start()

    def stop(self) -> None:
        """Stop both."""
        self.redis.stop()
        self.cluster.stop()


@contextmanager
def throwaway() -> Iterator[Services]:
    """Yield both servers started from nothing, removed afterwards."""
    keys = Keys()
    with throwaway_redis(keys) as redis, throwaway_cluster(roles(keys)) as cluster:
        yield Services(cluster, redis, keys)


@contextmanager
def throwaway_redis(keys: Keys) -> Iterator[RedisServer]:
    """Yield a Redis of this process alone."""
    make_private(VAR)
    _remove_orphans()
    redis = RedisServer(make_private(VAR / f"redis-{os.getpid()}"), keys.redis_password)
    try:
        redis.start()
        yield redis
    finally:
        redis.stop()
        shutil.rmtree(redis.home, ignore_errors=True)


@contextmanager
def throwaway_cluster(made: Sequence[Role], programs: Path | None = None) -> Iterator[Cluster]:
    """Yield a PostgreSQL of this process alone, with these roles; the first owns the database."""
    make_private(VAR)
    programs, account = programs or server_programs(), server_account()
    cluster = Cluster(open_home() / f"test-{os.getpid()}", programs, account, durable=False)
    try:
        cluster.create(made, DATABASE)
        cluster.start()
        yield cluster
    finally:
        cluster.destroy()


@contextmanager
def demo() -> Iterator[Services]:
    """Yield the demo's servers, started by the first to need them, stopped by the last to leave."""
    make_private(DEMO)
    with (DEMO / "gate.lock").open("w") as gate, (DEMO / "users.lock").open("w") as users:
        fcntl.flock(gate, fcntl.LOCK_EX)
        fcntl.flock(users, fcntl.LOCK_SH)
        services = demo_services()
        services.start()
        fcntl.flock(gate, fcntl.LOCK_UN)
        try:
            yield services
        finally:
            fcntl.flock(gate, fcntl.LOCK_EX)
            if _is_last(users.fileno()):
                services.stop()


def demo_services() -> Services:
    """Return the demo's servers, running or not; without its keys old data is removed."""
    make_private(DEMO)
    cluster = Cluster(server_home() / "demo-postgres", server_programs(), server_account())
    keys = DEMO / "keys.json"
    if cluster.data.exists() and not keys.exists():
        say("演示密钥已不在，旧的演示数据无法再读，重新生成。")
        cluster.destroy()
        anchor_file(demo=True).unlink(missing_ok=True)
    kept = Keys.kept_in(keys)
    return Services(cluster, RedisServer(make_private(DEMO / "redis"), kept.redis_password), kept)


def _is_last(users: int) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _remove_orphans() -> None:
    """Stop and remove what killed test runs have left behind."""
    for folder in server_home().glob("test-*"):
        if not _is_alive(folder.name):
            Cluster(folder, server_programs(), server_account(), durable=False).destroy()
    for folder in VAR.glob("redis-*"):
        if not _is_alive(folder.name):
            RedisServer(folder, _password(folder)).stop()
            shutil.rmtree(folder, ignore_errors=True)


def _is_alive(name: str) -> bool:
    try:
        os.kill(int(name.rpartition("-")[2]), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _password(folder: Path) -> str:
    """Return the password the killed run had given its server."""
    config = folder / "redis.conf"
    lines = config.read_text(encoding="utf-8").splitlines() if config.exists() else []
    return next((line.split()[1] for line in lines if line.startswith("requirepass ")), "")
