"""Pictures of the demo's pages, as README shows them."""

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from yiyang.access.roles import Role
from yiyang.local.check import Account
from yiyang.local.demo import running
from yiyang.local.places import ACCOUNTS, CHECKOUT, LocalError, say

CHROMIUM = Path("/usr/bin/chromium")
FOLDER = CHECKOUT / "docs" / "screenshots"
WIDE, PHONE = (1440, 900), (390, 844)
# README 用的一张：（文件名, 地址, 视口）
PICTURES = (("target-table-1440", "/targets/", WIDE),)
# 每页宽屏、手机各一张，供人逐张看；不进版本库。
EVERY_PAGE = CHECKOUT / "var" / "screenshots"
RECORDS = "/targets/GC17/standard/records/"
PAGES = (
    ("targets", "/targets/"),
    ("targets-historical", "/targets/?tab=historical"),
    ("targets-due-day", "/targets/?as_of=2017-12-31"),
    ("indicators", "/targets/indicators/"),
    ("indicator", "/targets/GC17/?as_of=2017-12-31"),
    ("indicator-persons", "/targets/FD17/"),
    ("records-counted", RECORDS),
    ("records-excluded", f"{RECORDS}?outcome=excluded"),
    ("account", "/account/"),
    ("not-found", "/no-such-page"),
)


def take() -> int:
    """Serve the demo; README's pictures go to docs/screenshots, every page to var/screenshots."""
    if not CHROMIUM.exists() or find_spec("playwright") is None:
        raise LocalError("截图需要 Chromium：apt-get install chromium fonts-noto-cjk")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with running() as (address, _):
        _take(address, clerk())
    return 0


def clerk() -> Account:
    """Return the city's clerk, who opens every page pictured and needs no second factor."""
    accounts = [Account(**row) for row in json.loads(ACCOUNTS.read_text(encoding="utf-8"))]
    return next(account for account in accounts if account.role == Role.CITY_HEALTH_CLERK)


def _take(address: str, account: Account) -> None:
    # 只有截图用到，演示环境不装。
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        page = browser.new_page(locale="zh-CN")
        page.goto(f"{address}/targets/")
        page.fill("input[name=username]", account.username)
        page.fill("input[name=password]", account.password)
        if account.code:
            page.fill("input[name=otp_token]", account.code)
        page.click("button[type=submit]")
        page.wait_for_load_state()
        for name, path, (width, height) in PICTURES:
            page.set_viewport_size({"width": width, "height": height})
            page.goto(f"{address}{path}")
            page.screenshot(path=FOLDER / f"{name}.png")
            say(f"docs/screenshots/{name}.png")
        _take_every_page(page, address)
        browser.close()


def _take_every_page(page: Any, address: str) -> None:
    """Take each page whole, at both widths, signed in; then the sign-in page."""
    EVERY_PAGE.mkdir(parents=True, exist_ok=True)
    page.goto(f"{address}{RECORDS}")
    links = page.locator("tbody th a")
    found = [("institution", links.first.get_attribute("href"))] if links.count() else []
    for name, path in (*PAGES, *found):
        _take_page(page, name, f"{address}{path}")
    page.context.clear_cookies()
    _take_page(page, "sign-in", f"{address}/account/sign-in")


def _take_page(page: Any, name: str, place: str) -> None:
    for suffix, (width, height) in (("wide", WIDE), ("phone", PHONE)):
        page.set_viewport_size({"width": width, "height": height})
        page.goto(place)
        page.screenshot(path=EVERY_PAGE / f"{name}-{suffix}.png", full_page=True)
    say(f"var/screenshots/{name}")
