"""The environment variables the portal's processes read."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from yiyang.local.keys import Keys
from yiyang.local.places import CHECKOUT, DEMO, VAR, make_private
from yiyang.local.postgres import Role

OWNER = "yiyang_owner"
APP = "yiyang_app"

# 迁移与授权由属主角色执行，其余一律用应用角色。
OWNER_COMMANDS = frozenset({"migrate", "grant_app_role"})


def roles(keys: Keys) -> tuple[Role, Role]:
    """Return the owner, who makes databases and tables, and the app, who only uses them."""
    return Role(OWNER, keys.owner_password, "CREATEDB"), Role(APP, keys.app_password)


def environment(
    keys: Keys, *, database_url: str, owner_url: str, app_role: str, redis_url: str, demo: bool
) -> dict[str, str]:
    """Return this process's environment with the portal's settings filled in."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "yiyang.settings",
        "SECRET_KEY": keys.secret_key,
        "FIELD_KEYS": f"k1={keys.field_key}",
        "FIELD_KEY_ID": "k1",
        "DIGEST_KEY": keys.digest_key,
        "AUDIT_KEYS": f"a1={keys.audit_key}",
        "AUDIT_KEY_ID": "a1",
        "AUDIT_ANCHOR_FILE": str(anchor_file(demo=demo)),
        "DATABASE_URL": database_url,
        "OWNER_DATABASE_URL": owner_url,
        "DATABASE_APP_ROLE": app_role,
        "REDIS_URL": redis_url,
        "DEMO": str(int(demo)),
        **(_mail(make_private(DEMO / "mail")) if demo else {}),
        "HTTPS": "0",
        "STATIC_MANIFEST": "0",
        "BUILD_VERSION": build_version(),
        "TMPDIR": str(make_private(VAR / "tmp")),
        "PYTHONUNBUFFERED": "1",
    }


def _mail(folder: Path) -> dict[str, str]:
    """Return the settings that let the demo's mail become files instead of leaving the machine."""
    return {
        "MAIL_HOST": "",
        "MAIL_DIR": str(folder),
        "MAIL_FROM": "yiyang-demo@example.com",
        # 演示的端口起的时候才知道，由 demo.py 写准。
        "PORTAL_URL": "http://127.0.0.1:8000",
    }


def anchor_file(*, demo: bool) -> Path:
    """Return where the audit's heads are anchored: with the demo's data, else this run's own."""
    return DEMO / "audit-anchors.jsonl" if demo else VAR / "tmp" / f"anchors-{os.getpid()}.jsonl"


def build_version() -> str:
    """Return the short commit the checkout stands at, or `dev` without git."""
    command = ["git", "-C", str(CHECKOUT), "rev-parse", "--short", "HEAD"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return "dev"
    return answer.stdout.strip() or "dev"


def as_owner(env: Mapping[str, str]) -> dict[str, str]:
    """Return the environment in which the owner role signs in to the database."""
    return {**env, "DATABASE_URL": env["OWNER_DATABASE_URL"]}


def manage(env: Mapping[str, str], *arguments: str) -> int:
    """Run a management command as the role it needs; return its exit code."""
    acting = as_owner(env) if arguments and arguments[0] in OWNER_COMMANDS else env
    command = [sys.executable, str(Path(CHECKOUT) / "manage.py"), *arguments]
    return subprocess.call(command, cwd=CHECKOUT, env=dict(acting))
