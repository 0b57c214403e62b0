"""No key, password or token stands in a tracked file, in an image or on a command line."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import environ
import psutil
import pytest
from django.conf import settings

BASE = Path(settings.BASE_DIR)
KEY_LIKE = {
    "私钥": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    "云服务密钥": re.compile(r"\b(?:AKIA|ASIA|LTAI|AKID)[0-9A-Za-z]{12,}\b"),
    "访问令牌": re.compile(r"\b(?:gh[pousr]_|glpat-|xox[abp]-|sk-)[0-9A-Za-z_-]{20,}"),
    "签名令牌": re.compile(r"\beyJ[0-9A-Za-z_-]{10,}\.[0-9A-Za-z_-]{10,}\."),
    "32 字节密钥": re.compile(r"(?<![0-9A-Za-z+/=_-])[0-9A-Za-z+/_-]{43}=(?![0-9A-Za-z=])"),
    "十六进制密钥": re.compile(r"(?<![0-9A-Za-z:-])[0-9a-f]{64}(?![0-9A-Za-z])"),
    "带口令的地址": re.compile(r"\b[a-z]+://[^\s/:@\"'<>{}$]+:[^\s/:@\"'<>{}$…]{4,}@"),
    "写死的密码": re.compile(
        r"(?i)\b\w*(?:secret|passw(?:or)?d|api_?key|token)\w*\s*[:=]\s*[\"'][0-9A-Za-z+/_=-]{20,}[\"']"
    ),
}
# 依赖的校验和、第三方文件的校验和不是密钥。
NOT_SECRET = ("requirements.lock", "static/vendor/", "docs/screenshots/")
# 打镜像时 collectstatic 要有这些变量，填的是这个假值，不进最后的环境。
BUILD_ONLY = {"build", "build=build"}
SECRET_NAMES = (
    *("SECRET_KEY", "FIELD_KEYS", "DIGEST_KEY", "OLD_DIGEST_KEYS", "AUDIT_KEYS"),
    *("DATABASE_URL", "OWNER_DATABASE_URL", "REDIS_URL"),
)


def tracked_files() -> list[Path]:
    """Every file the repository keeps; none outside a checkout."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=BASE, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.skip("不是 git 检出，没有“仓库里的文件”可查。")
    return [BASE / name for name in listed.stdout.split("\0") if name]


def found_in(text: str) -> list[str]:
    return [kind for kind, pattern in KEY_LIKE.items() if pattern.search(text)]


def test_no_tracked_file_holds_a_key() -> None:
    held = {
        f"{path.relative_to(BASE)}：{'、'.join(kinds)}"
        for path in tracked_files()
        if path.is_file() and not str(path.relative_to(BASE)).startswith(NOT_SECRET)
        for kinds in [found_in(path.read_text(encoding="utf-8", errors="replace"))]
        if kinds
    }
    assert not held


@pytest.mark.parametrize(
    "text",
    [
        "-----BEGIN RSA " + "PRIVATE KEY-----",
        "A" * 43 + "=",
        "0123456789abcdef" * 4,
        "postgres://owner:" + "hunter22@db/yiyang",
        "AKIA" + "ABCDEFGHIJKLMNOP",
        "API_TOKEN = '" + "x" * 24 + "'",
    ],
)
def test_a_key_would_be_found(text: str) -> None:
    assert found_in(text)


def test_the_files_that_hold_keys_are_never_tracked() -> None:
    ignored = subprocess.run(
        ["git", "check-ignore", ".venv/x", "var/demo/keys.json", "staticfiles/x"],
        cwd=BASE,
        capture_output=True,
        text=True,
        check=False,
    )
    assert len(ignored.stdout.split()) == 3
    assert not [path for path in tracked_files() if path.name in {".env", "keys.json"}]


def test_the_example_of_settings_has_no_secret_filled_in() -> None:
    example = (BASE / ".env.example").read_text(encoding="utf-8")
    for name in ("SECRET_KEY", "DIGEST_KEY", "FIELD_KEYS", "AUDIT_KEYS"):
        filled = re.search(rf"^{name}=(.*)$", example, re.MULTILINE)
        assert filled is not None
        assert not found_in(filled[1])


def secrets_of_this_run() -> set[str]:
    """The real keys and passwords with which this very portal runs."""
    secrets: set[str] = set()
    for name in SECRET_NAMES:
        value = os.environ.get(name, "")
        if "://" in value:
            secrets.add(urlsplit(value).password or "")
        elif name.endswith("KEYS"):
            secrets |= {part for part in environ.Env.parse_value(value, dict).values() if part}
        else:
            secrets.add(value)
    return {secret for secret in secrets if len(secret) >= 8}


def test_no_secret_stands_on_any_command_line() -> None:
    secrets = secrets_of_this_run()
    assert secrets
    told = set()
    for process in psutil.process_iter(["cmdline"]):
        line = " ".join(process.info["cmdline"] or ())
        told |= {process.pid for secret in secrets if secret in line}
    assert not told


def test_containers_get_secrets_by_environment_only() -> None:
    """A build argument or a command would stay in the image or in the process list."""
    for name in ("Containerfile", "compose.yaml"):
        for line in (BASE / name).read_text(encoding="utf-8").splitlines():
            if re.match(r"\s*(?:ARG|ENV|command:|entrypoint:|CMD|RUN|ENTRYPOINT)\b", line):
                filled = re.findall(r"(?:SECRET|PASSWORD|KEYS?|TOKEN)\w*=(\S+)", line)
                assert set(filled) <= BUILD_ONLY, line
