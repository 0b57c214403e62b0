"""Signing in and reading the table in a real browser, without console or policy errors."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connections
from playwright.sync_api import expect

from targets.tests.factories import make_city
from targets.tests.page_scene import DUE_DAY, LATER_DAY, make_scene, store_run
from yiyang.access.roles import Role
from yiyang.access.tests.accounts import PASSWORD, open_user

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def address(live_server: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    """A served portal with a measured city."""
    # 浏览器的长连接会让服务线程一直占着数据库连接，测试库就删不掉。
    monkeypatch.setitem(connections.settings["default"], "CONN_MAX_AGE", 0)
    scene = make_scene(make_city())
    store_run(scene.city.city, DUE_DAY)
    store_run(scene.city.city, LATER_DAY)
    return str(live_server.url)


@pytest.fixture
def screen(chromium: Any) -> Iterator[Any]:
    """A page whose console errors, policy violations included, fail the test."""
    page = chromium.new_page(locale="zh-CN")
    complaints: list[str] = []
    page.on("console", lambda said: complaints.extend([said.text] * (said.type == "error")))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    page.close()
    assert complaints == []


def sign_in(page: Any, address: str) -> None:
    user = open_user(Role.CITY_HEALTH_CLERK)
    page.goto(f"{address}/targets/?as_of={DUE_DAY}")
    page.get_by_label("用户名").fill(user.username)
    page.get_by_label("口令").fill(PASSWORD)
    with page.expect_navigation():
        page.get_by_role("button", name="登录").click()


def test_from_signing_in_to_the_records_behind_a_figure(address: str, screen: Any) -> None:
    sign_in(screen, address)
    expect(screen.get_by_role("heading", name="医养结合目标表")).to_be_visible()
    expect(screen.get_by_text("未达标").first).to_be_visible()
    screen.get_by_role("link", name="目标1").click()
    expect(screen.get_by_role("heading", name="开设老年人绿色通道的医疗机构占比")).to_be_visible()
    screen.locator("#trend-chart svg").wait_for()
    screen.get_by_role("link", name="未计入", exact=True).first.click()
    expect(screen.locator("tbody tr")).to_have_count(2)
    screen.locator("tbody th a").first.click()
    expect(screen.get_by_role("heading", name="变更记录")).to_be_visible()


def test_no_page_is_wider_than_a_phone(address: str, screen: Any) -> None:
    screen.set_viewport_size(PHONE)
    sign_in(screen, address)
    for path in ("/targets/", "/targets/indicators/", "/targets/GC17/", "/account/"):
        screen.goto(f"{address}{path}?as_of={DUE_DAY}")
        assert screen.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], path


def test_the_first_key_leads_past_the_header(address: str, screen: Any) -> None:
    sign_in(screen, address)
    screen.wait_for_selector("table")
    screen.keyboard.press("Tab")
    assert screen.evaluate("document.activeElement.textContent") == "跳到正文"


def test_a_figure_is_copied_and_the_ranking_switched_in_place(address: str, screen: Any) -> None:
    sign_in(screen, address)
    screen.context.grant_permissions(["clipboard-read", "clipboard-write"])
    screen.goto(f"{address}/targets/GC17/?as_of={DUE_DAY}")
    screen.locator(".big-figure .quote summary").click()
    screen.get_by_text("已复制", exact=True).wait_for()
    said = screen.evaluate("navigator.clipboard.readText()")
    assert said.startswith("测试市开设老年人绿色通道的医疗机构占比 66.67%（4/6）")
    assert "截至2017年12月31日" in said
    screen.get_by_role("link", name="不排名次").click()
    screen.get_by_role("columnheader", name="名次").wait_for(state="detached")
    expect(screen).to_have_url(re.compile("rank=off"))
