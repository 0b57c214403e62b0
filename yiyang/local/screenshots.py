"""Pictures of the demo's pages: one for README, and every page for people to look at."""

import json
import os
from collections import deque
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from yiyang.access.roles import Role
from yiyang.local.check import Account
from yiyang.local.demo import running
from yiyang.local.environment import environment
from yiyang.local.keys import Keys
from yiyang.local.places import ACCOUNTS, CHECKOUT, LocalError, say

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--lang=zh-CN"]
FOLDER = CHECKOUT / "docs" / "screenshots"
WIDE, PHONE = (1440, 900), (390, 844)
# README 用的一张：（文件名, 地址, 视口）
PICTURES = (("target-table-1440", "/targets/", WIDE),)
# 每页宽屏、手机各一张，供人逐张看；不进版本库。
EVERY_PAGE = CHECKOUT / "var" / "screenshots"
# 谁的眼睛看：先是能打开最多的，再是各管一摊的。
LOOKING = (
    *(Role.CITY_HEALTH_CLERK, Role.CITY_HEALTH_REVIEWER, Role.CITY_CIVIL_AFFAIRS_CLERK),
    *(Role.BUREAU_LIAISON, Role.INSTITUTION_REPORTER, Role.LEADER),
    *(Role.SECURITY_ADMIN, Role.AUDIT_ADMIN, Role.SYSTEM_ADMIN),
)
# 链接到不了、或同一个地址的另一副样子。
BESIDES = (
    ("targets-historical", "/targets/?tab=historical"),
    ("targets-due-day", "/targets/?as_of=2017-12-31"),
    ("indicator-due-day", "/targets/GC17/?as_of=2017-12-31"),
    ("records-excluded", "/targets/GC17/standard/records/?outcome=excluded"),
    ("not-found", "/no-such-page"),
    ("forbidden", "/audit/"),
)
FILES = ("-xlsx", "-csv", "-json", "-svg", "-png", "-docx", "-file", "healthz")


@dataclass
class Walk:
    """Follow links from page to page, each address of the resolver pictured once."""

    page: Any
    address: str
    seen: set[str] = field(default_factory=set)

    def from_home(self, role: str) -> None:
        """Every page that can be reached by links as this role, home first."""
        self.picture(f"home-{role}", "/")
        waiting = deque(self.links())
        while waiting:
            path = waiting.popleft()
            name = name_of(path)
            if not name or name in self.seen or name.endswith(FILES):
                continue
            self.seen.add(name)
            if self.picture(name, path):
                waiting.extend(self.links())

    def links(self) -> list[str]:
        """Where the page now open leads within the portal."""
        found = self.page.eval_on_selector_all("a[href]", "all => all.map((a) => a.href)")
        ways = [urlsplit(urljoin(self.page.url, link)) for link in found]
        here = urlsplit(self.address).netloc
        return [f"{way.path}?{way.query}" for way in ways if way.netloc == here]

    def picture(self, name: str, path: str) -> bool:
        """Take the page whole at both widths; False where there is no page to take."""
        for suffix, (width, height) in (("wide", WIDE), ("phone", PHONE)):
            self.page.set_viewport_size({"width": width, "height": height})
            answer = self._opened(path)
            if answer is None or answer.status == 405:  # noqa: PLR2004
                return False
            self.page.screenshot(path=EVERY_PAGE / f"{name}-{suffix}.png", full_page=True)
        self.page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
        say(f"var/screenshots/{name}　{path}")
        return True

    def _opened(self, path: str) -> Any:
        """The answer, or None where a file came instead of a page."""
        from playwright.sync_api import Error

        try:
            return self.page.goto(f"{self.address}{path}")
        except Error as error:
            if "Download is starting" not in str(error):
                raise
            return None


def take() -> int:
    """Serve the demo; README's pictures go to docs/screenshots, every page to var/screenshots."""
    if not CHROMIUM.exists() or find_spec("playwright") is None:
        raise LocalError("截图需要 Chromium：apt-get install chromium fonts-noto-cjk")
    FOLDER.mkdir(parents=True, exist_ok=True)
    EVERY_PAGE.mkdir(parents=True, exist_ok=True)
    know_the_addresses()
    with running() as (address, _):
        _take(address)
    return 0


def know_the_addresses() -> None:
    """Let this process resolve paths to names; no database is asked."""
    # 只有截图用到 Django 本身。
    import django

    os.environ.update(
        environment(
            Keys(), database_url="postgres:///", owner_url="", app_role="", redis_url="", demo=True
        )
    )
    django.setup()


def name_of(path: str) -> str:
    """The name of the address, or nothing where the portal has no such page."""
    from django.urls import Resolver404, resolve

    try:
        return resolve(urlsplit(path).path).url_name or ""
    except Resolver404:
        return ""


def names() -> set[str]:
    """The name of every address."""
    from django.urls import get_resolver

    return {str(name) for name in get_resolver().reverse_dict if isinstance(name, str)}


def _take(address: str) -> None:
    # 只有截图用到，演示环境不装。
    from playwright.sync_api import sync_playwright

    by_role = {row["role"]: Account(**row) for row in json.loads(ACCOUNTS.read_text("utf-8"))}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        seen: set[str] = set()
        for role in LOOKING:
            page = browser.new_page(locale="zh-CN")
            walk = Walk(page, address, seen)
            if role is LOOKING[0]:
                walk.picture("sign-in", "/account/sign-in")
            _sign_in(page, address, by_role[role])
            if role is LOOKING[0]:
                _take_for_readme(page, address)
                for name, path in BESIDES:
                    walk.picture(name, path)
            walk.from_home(role)
            page.close()
        browser.close()
    unseen = sorted(name for name in names() - seen if not name.endswith(FILES))
    say(f"链接走不到、没有截图的地址：{'、'.join(unseen)}")


def _sign_in(page: Any, address: str, account: Account) -> None:
    page.context.clear_cookies()
    page.goto(f"{address}/account/sign-in")
    page.fill("input[name=username]", account.username)
    page.fill("input[name=password]", account.password)
    if account.code:
        page.fill("input[name=otp_token]", account.code)
    with page.expect_navigation():
        page.click("main button[type=submit]")


def _take_for_readme(page: Any, address: str) -> None:
    for name, path, (width, height) in PICTURES:
        page.set_viewport_size({"width": width, "height": height})
        page.goto(f"{address}{path}")
        page.screenshot(path=FOLDER / f"{name}.png")
        say(f"docs/screenshots/{name}.png")
