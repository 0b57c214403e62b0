"""The picker under a clerk's hands: found by typing, chosen by keys, and without scripts too."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings

from contracts.models import DoctorTeam
from contracts.tests.persons import City, browser_of
from institutions.models import Institution
from institutions.tests.factories import make_health
from yiyang.access.models import User
from yiyang.access.roles import Role
from yiyang.access.tests.accounts import open_user
from yiyang.tests.desks import Desk, desks, short_connections

pytestmark = pytest.mark.browser
LABEL = "所属机构"
Hospitals = tuple[Institution, Institution]


@pytest.fixture
def hospitals(transactional_db: None) -> Hospitals:
    street = City.make().street
    return make_health(street, name="河滨东医院"), make_health(street, name="河滨西医院")


@pytest.fixture
def clerk(hospitals: Hospitals) -> User:
    return open_user(Role.CITY_HEALTH_CLERK)


@pytest.fixture
def desk(chromium: Any, live_server: Any, clerk: User) -> Iterator[Desk]:
    with short_connections(), desks(chromium, live_server.url) as open_desk:
        yield open_desk(clerk)


def chosen(desk: Desk) -> str:
    """The code the form would send."""
    return str(desk.page.locator("input[name=institution]").input_value())


def test_a_choice_is_made_with_the_keyboard_alone(desk: Desk, hospitals: Hospitals) -> None:
    first, second = hospitals
    page = desk.page
    desk.go("/teams/new/")
    box, options = page.get_by_role("combobox", name=LABEL), page.get_by_role("option")
    box.focus()
    page.keyboard.type("河滨")
    options.nth(1).wait_for()
    assert box.get_attribute("aria-expanded") == "true"

    page.keyboard.press("ArrowUp")
    assert options.nth(1).get_attribute("aria-selected") == "true"
    page.keyboard.press("ArrowDown")
    assert options.nth(0).get_attribute("aria-selected") == "true"
    assert box.get_attribute("aria-activedescendant") == options.nth(0).get_attribute("id")
    page.keyboard.press("Enter")
    assert (box.input_value(), chosen(desk)) == ("河滨东医院", first.code)
    assert page.get_by_role("listbox").count() == 0
    assert page.url.endswith("/teams/new/")

    box.fill("河滨西")
    options.first.wait_for()
    page.keyboard.press("Escape")
    assert page.get_by_role("listbox").count() == 0
    assert (box.input_value(), chosen(desk)) == ("河滨西", "河滨西")

    page.keyboard.press("ArrowDown")
    options.first.wait_for()
    page.keyboard.press("Enter")
    assert (box.input_value(), chosen(desk)) == ("河滨西医院", second.code)


def test_nothing_found_is_said_and_a_late_answer_covers_nothing(desk: Desk) -> None:
    page = desk.page
    desk.go("/teams/new/")
    box = page.get_by_role("combobox", name=LABEL)
    box.fill("没有这家")
    page.get_by_text("没有找到").wait_for()
    with page.expect_request("**/pickers/**"):
        box.fill("河滨")
    box.blur()
    # 再问一次并等到回答：前一次若还会来，这时已经来了。
    page.evaluate("() => fetch(document.querySelector('[data-picker]').dataset.picker)")
    assert page.get_by_role("listbox").count() == 0


def test_without_scripts_a_choice_is_made_on_a_page_of_its_own(
    chromium: Any, live_server: Any, clerk: User, hospitals: Hospitals
) -> None:
    with short_connections():
        context = chromium.new_context(locale="zh-CN", java_script_enabled=False)
        session = browser_of(clerk).cookies[settings.SESSION_COOKIE_NAME].value
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}
        context.add_cookies([cookie])
        page = context.new_page()
        page.goto(f"{live_server.url}/teams/new/")
        page.get_by_role("link", name="按名称查找").click()
        page.get_by_label("名称、拼音首字母或编码").fill("河滨西")
        page.get_by_role("button", name="查找").click()
        page.get_by_label("河滨西医院").check()
        page.get_by_role("button", name="选定").click()
        page.get_by_label("团队编码").fill("TD-7")
        page.get_by_label("团队名称").fill("西一队")
        page.get_by_label("起始日期").fill("2020-01-01")
        page.get_by_role("button", name="登记", exact=True).click()
        page.get_by_text("团队已登记").wait_for()
        context.close()
    assert DoctorTeam.objects.get().institution == hospitals[1]
