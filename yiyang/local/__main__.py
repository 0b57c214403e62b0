"""`python -m yiyang.local 命令`：Makefile 背后的命令。"""

import shutil
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType

from yiyang.local import check, demo, screenshots, testing
from yiyang.local.account import remove_account
from yiyang.local.places import DEMO, VAR, LocalError, say, server_home
from yiyang.local.processes import stop_recorded
from yiyang.local.services import demo_services

INTERRUPTED = 130


def stop(arguments: Sequence[str]) -> int:
    """Stop the demo of this checkout, whoever started it."""
    if not (DEMO / "keys.json").exists():
        say("演示没有在运行。")
        return 0
    stop_recorded(DEMO / "processes.json")
    demo_services().stop()
    say("演示已停止，数据保留。")
    return 0


def clean(arguments: Sequence[str]) -> int:
    """Stop the demo, then remove all it keeps: data, keys, accounts, the server's user."""
    stop([])
    if server_home() != VAR:
        shutil.rmtree(server_home(), ignore_errors=True)
    shutil.rmtree(VAR, ignore_errors=True)
    remove_account()
    say("演示数据已清除。")
    return 0


def on_postgres(arguments: Sequence[str]) -> int:
    """Run a command with DATABASE_URL on the PostgreSQL whose programs are in a folder."""
    return testing.on_other_postgres(Path(arguments[0]), arguments[1:])


COMMANDS: dict[str, Callable[[Sequence[str]], int]] = {
    "demo": lambda _: demo.serve(),
    "demo-check": lambda _: check.demo_check(),
    "manage": demo.manage_demo,
    "test": testing.test,
    "bench": testing.bench,
    "check": lambda _: testing.check_deploy(),
    "types": lambda _: testing.types(),
    "screenshots": lambda _: screenshots.take(),
    "on-postgres": on_postgres,
    "stop": stop,
    "clean": clean,
}


def main(arguments: Sequence[str]) -> int:
    """Run the command named first; an error is one Chinese message."""
    command = COMMANDS.get(arguments[0]) if arguments else None
    if command is None:
        say(f"用法：python -m yiyang.local {'|'.join(COMMANDS)}")
        return 2
    signal.signal(signal.SIGTERM, _leave)
    try:
        return command(arguments[1:])
    except LocalError as error:
        print(f"错误：{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        say("\n已停止。")
        return 0 if arguments[0] == "demo" else INTERRUPTED


def _leave(number: int, frame: FrameType | None) -> None:
    """End as Ctrl-C does, so that what was started is stopped."""
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
