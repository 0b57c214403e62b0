"""Every answer carries the headers that close what the portal never uses, and none it was sent."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import pytest
from django.conf import settings
from pytest_django import DjangoDbBlocker

from yiyang.access.roles import Role
from yiyang.tests.attacks.addresses import ADDRESSES
from yiyang.tests.attacks.scene import Scene, taken_back

CLOSING = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "connect-src": "'self'",
    "font-src": "'self'",
    "img-src": "'self' data:",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
TOLD_NOBODY = ("Server", "X-Powered-By", "X-Runtime", "Via", "Access-Control-Allow-Origin")


@dataclass(frozen=True, slots=True)
class Answered:
    """What is looked at of an answer, by every test of this module alike."""

    name: str
    status: int
    headers: Mapping[str, str]
    page: str


@pytest.fixture(scope="module")
def answers(made_scene: Scene, django_db_blocker: DjangoDbBlocker) -> list[Answered]:
    """Every answer, asked for once."""
    with django_db_blocker.unblock(), taken_back():
        return [_looked_at(name, answer) for name, answer in every_answer(made_scene)]


def _looked_at(name: str, answer: Any) -> Answered:
    is_page = answer.headers.get("Content-Type", "").startswith("text/html")
    page = answer.content.decode().lower() if is_page else ""
    answer.close()
    return Answered(name, answer.status_code, answer.headers, page)


def every_answer(scene: Scene) -> Iterator[tuple[str, Any]]:
    """One answer of each kind from each address: opened, refused, to a stranger, to no token."""
    for address in ADDRESSES:
        for role in (min(address.open_to, default=None), Role.SYSTEM_ADMIN, None):
            browser = scene.browser(role, enforce_csrf_checks=True)
            yield address.name, browser.get(address.way(scene))
            if address.is_post:
                yield address.name, browser.post(address.way(scene))
    browser = scene.browser(Role.LEADER)
    for way in ("/nowhere/", "/static/nowhere.js", "/static/portal.css", "/targets", "/%00"):
        yield way, browser.get(way)
    yield "host", browser.get("/", headers={"host": "evil.example"})


def test_every_answer_closes_what_is_never_used(answers: list[Answered]) -> None:
    for answer in answers:
        where = (answer.name, answer.status)
        assert {key: answer.headers.get(key) for key in CLOSING} == CLOSING, where
        assert "camera=()" in answer.headers["Permissions-Policy"], where
        directives = dict(
            part.strip().split(" ", 1)
            for part in answer.headers["Content-Security-Policy"].split(";")
            if part.strip()
        )
        assert directives == POLICY, where
        assert not [header for header in TOLD_NOBODY if header in answer.headers], where


def test_nothing_but_static_files_is_kept_by_a_browser(answers: list[Answered]) -> None:
    for answer in answers:
        is_static = answer.name.startswith("/static/") and answer.status == HTTPStatus.OK
        assert ("no-store" in answer.headers["Cache-Control"]) != is_static, answer.name


def test_no_page_holds_what_the_policy_forbids(answers: list[Answered]) -> None:
    """Inline scripts, styles and handlers would be dead under the policy, or ask to soften it."""
    for answer in answers:
        for forbidden in ("<script>", "<style", " style=", " onclick=", " onload=", "http://"):
            assert forbidden not in answer.page, (answer.name, forbidden)


PRODUCTION = """
    SECURE_SSL_REDIRECT SECURE_HSTS_SECONDS SECURE_HSTS_INCLUDE_SUBDOMAINS SECURE_HSTS_PRELOAD
    SESSION_COOKIE_SECURE CSRF_COOKIE_SECURE SESSION_COOKIE_HTTPONLY CSRF_COOKIE_HTTPONLY
    SESSION_COOKIE_SAMESITE CSRF_COOKIE_SAMESITE SESSION_COOKIE_NAME CSRF_COOKIE_NAME DEBUG
""".split()  # noqa: SIM905 - 一行一行读得清楚


def in_production(*arguments: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "HTTPS": "1", "STATIC_MANIFEST": "1", "DEBUG": "0", "DEMO": "0"}
    # 浏览器测试在本进程里放开了异步保护（conftest.py）；生产没有这个变量。
    env.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=settings.BASE_DIR,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )


def test_production_sends_cookies_over_tls_only() -> None:
    code = (
        "import json, yiyang.settings as s;"
        f"print(json.dumps({{n: getattr(s, n) for n in {PRODUCTION!r}}}))"
    )
    assert json.loads(in_production("-c", code).stdout) == {
        "SECURE_SSL_REDIRECT": True,
        "SECURE_HSTS_SECONDS": 31536000,
        "SECURE_HSTS_INCLUDE_SUBDOMAINS": True,
        "SECURE_HSTS_PRELOAD": True,
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "SESSION_COOKIE_HTTPONLY": True,
        "CSRF_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "CSRF_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_NAME": "__Host-sessionid",
        "CSRF_COOKIE_NAME": "__Host-csrftoken",
        "DEBUG": False,
    }


def test_the_deployment_check_has_nothing_to_say() -> None:
    checked = in_production("manage.py", "check", "--deploy", "--fail-level=INFO")
    assert checked.returncode == 0, checked.stderr
