"""Every page of the portal, in a real browser: for everyone to use, on a phone, without errors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.template.loader import render_to_string
from pytest_django import DjangoDbBlocker

from contracts.tests.persons import browser_of
from yiyang.access.roles import Role
from yiyang.access.tests.accounts import open_user
from yiyang.tests.attacks.addresses import ADDRESSES, Address
from yiyang.tests.attacks.scene import Scene, held_open, make_scene, taken_back
from yiyang.tests.attacks.valid import FORMS, Filled
from yiyang.tests.browsing import AnswerWindow, window

pytestmark = pytest.mark.browser

# 依次问：谁先能打开，就用谁的眼睛看。
ASKING = (
    Role.CITY_HEALTH_CLERK,
    Role.CITY_HEALTH_REVIEWER,
    Role.DISTRICT_HEALTH_CLERK,
    Role.DISTRICT_HEALTH_REVIEWER,
    *Role,
)
PAGES = tuple(one for one in ADDRESSES if not one.is_post and one.open_to)
LISTS = tuple(
    one
    for one in PAGES
    if Role.DISTRICT_HEALTH_CLERK in one.open_to and not (one.keys or one.query)
)


@pytest.fixture(scope="module")
def made_scene(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Scene]:
    """The scene of the attacks, for these pages only: no other test may meet its rows."""
    with django_db_blocker.unblock(), held_open():
        yield make_scene()


@pytest.fixture
def scene(made_scene: Scene) -> Iterator[Scene]:
    cache.clear()
    with taken_back():
        yield made_scene


@pytest.fixture(scope="module")
def screen(chromium: Any) -> Iterator[AnswerWindow]:
    with window(chromium, AnswerWindow) as opened:
        yield opened


def look(screen: AnswerWindow, answer: Any, way: str = "/") -> None:
    """Show the answer in the browser and fail with all that is wrong with it; files are fine."""
    if not str(answer.headers.get("Content-Type", "")).startswith("text/html"):
        return
    screen.show(answer, way)
    found = [*screen.taken_complaints(), *screen.axe_findings(), *screen.too_wide()]
    if found:
        pytest.fail("\n".join([way, *found]), pytrace=False)


def case(address: Address) -> str:
    return "-".join([address.name, *address.keys.values(), *["west"][: bool(address.query)]])


@pytest.mark.parametrize("address", PAGES, ids=case)
def test_a_page_can_be_used_by_everyone(
    scene: Scene, screen: AnswerWindow, address: Address
) -> None:
    role = next(role for role in ASKING if role in address.open_to)
    answer = scene.browser(role).get(address.way(scene), follow=True)
    look(screen, answer, address.way(scene))


@pytest.mark.parametrize("role", Role)
def test_where_each_role_begins(scene: Scene, screen: AnswerWindow, role: Role) -> None:
    look(screen, scene.browser(role).get("/", follow=True))


@pytest.mark.parametrize("address", LISTS, ids=case)
def test_a_page_without_rows(scene: Scene, screen: AnswerWindow, address: Address) -> None:
    """A district clerk to whom no district has been granted yet sees empty lists."""
    nobody = browser_of(open_user(Role.DISTRICT_HEALTH_CLERK))
    answer = nobody.get(address.path(scene), follow=True)
    look(screen, answer, address.path(scene))


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_a_form_that_was_not_filled(scene: Scene, screen: AnswerWindow, form: Filled) -> None:
    answer = scene.browser(form.role).post(form.way(scene), {}, follow=True)
    look(screen, answer, form.way(scene))


@pytest.mark.parametrize(
    ("way", "role", "status"),
    [
        ("/no-such-page", Role.CITY_HEALTH_CLERK, 404),
        ("/audit/", Role.CITY_HEALTH_CLERK, 403),
        ("/targets/NONE/", Role.LEADER, 404),
        ("/targets/?as_of=1999-01-01", Role.LEADER, 404),
    ],
)
def test_a_refusal(scene: Scene, screen: AnswerWindow, way: str, role: Role, status: int) -> None:
    answer = scene.browser(role).get(way)
    assert answer.status_code == status
    look(screen, answer, way)


@pytest.mark.parametrize("name", ["400.html", "500.html"])
def test_an_error(screen: AnswerWindow, name: str) -> None:
    answer = HttpResponse(render_to_string(name))
    look(screen, answer)
