"""Desks at which people of the office sit: a served portal, one signed-in window each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.conf import settings
from django.db import connections

from contracts.tests.persons import browser_of
from yiyang.access.models import User
from yiyang.tests.browsing import WIDE, Window

# 浏览器里一步最多等这么久；等不到就是坏了。
PATIENCE_MS = 15_000


class Desk(Window):
    """A window of one person, at the address of the served portal."""

    address: str

    def go(self, path: str) -> None:
        self.page.goto(f"{self.address}{path}")

    def press(self, name: str) -> None:
        """Press the button and wait for the page it leads to."""
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=name).click()

    def follow(self, name: str) -> None:
        """Follow the first link of that name to the page it leads to."""
        with self.page.expect_navigation():
            self.page.get_by_role("link", name=name).first.click()

    def fill(self, **fields: str) -> None:
        """Fill fields by the label a clerk reads."""
        for label, value in fields.items():
            self.page.get_by_label(label, exact=True).fill(value)

    def pick(self, label: str, name: str) -> None:
        """Search by name in a picker and take the institution found."""
        self.page.get_by_role("combobox", name=label).fill(name)
        self.page.get_by_role("option", name=name).first.click()

    def reads(self, text: str) -> bool:
        """Whether the page says so."""
        return text in self.page.inner_text("main")


OpenDesk = Callable[[User], Desk]


@contextmanager
def desks(chromium: Any, address: str) -> Iterator[OpenDesk]:
    """A function that seats a person; what any console complained of fails the test at the end."""
    opened: list[Desk] = []

    def open_desk(user: User) -> Desk:
        context = chromium.new_context(locale="zh-CN", viewport=WIDE, accept_downloads=True)
        session = browser_of(user).cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": address}]
        )
        desk = Desk(context.new_page())
        desk.address = address
        desk.page.set_default_timeout(PATIENCE_MS)
        opened.append(desk)
        return desk

    yield open_desk
    complaints = [said for desk in opened for said in desk.taken_complaints()]
    for desk in opened:
        desk.page.context.close()
    assert complaints == []


@contextmanager
def short_connections() -> Iterator[None]:
    """Let no thread of the server keep a connection that would hold the test's database."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(connections.settings["default"], "CONN_MAX_AGE", 0)
        yield
