"""The demo city, served on this machine."""

import json
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from yiyang.access.roles import Role
from yiyang.local import processes
from yiyang.local.environment import manage
from yiyang.local.places import ACCOUNTS, DEMO, LocalError, free_port, say
from yiyang.local.services import demo

PREFERRED_PORT = 8000
READY_SECONDS = 60.0

STEPS = (
    ("建表", ("migrate", "--noinput", "--verbosity=0")),
    ("授予应用角色权限", ("grant_app_role",)),
    ("载入节假日", ("load_holidays",)),
    ("载入演示城市", ("load_demo_city",)),
    ("载入政策与目标", ("load_policies",)),
    ("载入季度监测表式", ("load_return_forms",)),
    ("量度各年末、近两年季度末、各同日与昨天", ("take_snapshot", "--history-from", "2015-12-31")),
    ("成稿日报", ("make_reports",)),
    ("准备演示账号", ("demo_accounts",)),
    ("布置任务与督办", ("demo_supervision",)),
    ("布置季度监测", ("demo_returns",)),
    ("登记建议提案", ("demo_proposals",)),
    ("备案统计表，归档一张", ("demo_tables",)),
    ("办一份通报，定一版，订一份日报", ("demo_papers",)),
)


def serve() -> int:
    """Prepare the demo, serve it and print how to sign in; Ctrl-C stops everything."""
    with running() as (address, started):
        say_accounts(address)
        processes.wait_for_any(started, DEMO)
    return 0


@contextmanager
def running() -> Iterator[tuple[str, processes.Started]]:
    """Yield the demo's address and processes, prepared and answering."""
    if processes.are_alive(DEMO / "processes.json"):
        raise LocalError("这份检出的演示已在运行：请用已打开的那个，或先 make stop。")
    with demo() as services:
        env = services.environment(demo=True)
        prepare(env)
        port = free_port(PREFERRED_PORT)
        address = f"http://127.0.0.1:{port}"
        env["PORTAL_URL"] = address
        with processes.running(DEMO / "processes.json", _commands(port), env) as started:
            wait_until_healthy(address)
            yield address, started


def prepare(env: Mapping[str, str]) -> None:
    """Bring tables, rights, policies, demo city and accounts up to date, telling progress."""
    for number, (title, command) in enumerate(STEPS, start=1):
        say(f"[{number}/{len(STEPS)}] {title} …")
        if manage(env, *command):
            raise LocalError(f"「{title}」失败，演示没有起来；原因见上。")


def wait_until_healthy(address: str) -> None:
    """Return when /healthz is green; a demo that never gets there raises."""
    waited_until = time.monotonic() + READY_SECONDS
    answer = "没有应答"
    while time.monotonic() < waited_until:
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=5):
                return
        except urllib.error.HTTPError as error:
            answer = error.read().decode(errors="replace")
            error.close()
        except OSError:
            pass
        time.sleep(0.2)
    raise LocalError(f"门户没有起来：{answer}；日志在 {DEMO}。")


def say_accounts(address: str) -> None:
    """Print the address and one sign-in per role."""
    say(f"\n门户已就绪：{address}    （演示数据·非真实，Ctrl-C 停止）\n")
    for account in json.loads(ACCOUNTS.read_text(encoding="utf-8")):
        second = account.get("totp_secret")
        code = f"  动态口令密钥 {second}" if second else ""
        role = Role(account["role"]).label
        say(f"  {role}\t{account['username']}  {account['password']}{code}".expandtabs(24))
    say(f"\n（同样写在 {ACCOUNTS}，只有本用户可读）")


def manage_demo(arguments: Sequence[str]) -> int:
    """Run a management command against the demo database."""
    with demo() as services:
        return manage(services.environment(demo=True), *arguments)


def _commands(port: int) -> dict[str, list[str]]:
    """Return the web server's command and the worker's, which also keeps the schedule."""
    web = [sys.executable, "-m", "gunicorn", "yiyang.wsgi:application", "--no-control-socket"]
    web += ["--bind", f"127.0.0.1:{port}", "--workers", "2", "--threads", "4"]
    web += ["--worker-tmp-dir", str(DEMO)]
    web += ["--env", "STATEMENT_TIMEOUT_MS=60000"]
    worker = [sys.executable, "-m", "celery", "-A", "yiyang", "worker", "--concurrency", "1"]
    worker += ["--queues", "celery,coordinator,shards,reports"]
    worker += ["--beat", "--schedule", str(DEMO / "beat"), "--loglevel", "INFO"]
    return {"web": web, "worker": worker}
