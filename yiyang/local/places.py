"""Where this checkout keeps what it starts."""

import hashlib
import os
import socket
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
VAR = CHECKOUT / "var"
DEMO = VAR / "demo"
ACCOUNTS = VAR / "demo-accounts.json"


class LocalError(Exception):
    """A message in Chinese that tells the person at the terminal what to do next."""


def server_home() -> Path:
    """Return the folder of the database server's data and, for root, of its program.

    PostgreSQL will not run as root, and its own user may be unable to enter the checkout's
    parent folders; opening them would give every user on the machine a way in.
    """
    if os.geteuid() != 0:
        return VAR
    mark = hashlib.sha256(os.fsencode(CHECKOUT)).hexdigest()[:12]
    return Path("/var/lib") / f"yiyang-{mark}"


def make_private(folder: Path) -> Path:
    """Make the folder, and those missing above it, for this user alone."""
    missing = [folder, *(parent for parent in folder.parents if not parent.exists())]
    try:
        for one in reversed(missing):
            one.mkdir(mode=0o700, exist_ok=True)
    except PermissionError as error:
        raise LocalError(f"建不了 {folder}：请由检出本仓库的用户运行，或另检出一份。") from error
    return folder


def write_private(path: Path, text: str) -> None:
    """Write a file only this user may read, whole or not at all."""
    make_private(path.parent)
    half = path.with_name(f"{path.name}.{os.getpid()}.half")
    descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    half.replace(path)


def free_port(preferred: int = 0) -> int:
    """Return the preferred port of 127.0.0.1 when nobody listens there, else any free one."""
    for candidate in (preferred, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", candidate))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise LocalError("127.0.0.1 上没有空闲端口：请关闭一些程序后重试。")


def say(message: str) -> None:
    """Print one line of progress at once."""
    print(message, flush=True)
