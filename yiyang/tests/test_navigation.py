"""The main navigation: groups in order, only what the role may open, and where one is."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import RequestFactory
from django.urls import NoReverseMatch, reverse

from yiyang.access.roles import ROLES, Role
from yiyang.access.scope import Actor, unknown_actor
from yiyang.context import GROUPS, NAVIGATION, navigation

DAY = date(2026, 11, 24)


def shown(role: Role, path: str = "/nowhere/") -> list[tuple[str, list[tuple[str, str]]]]:
    request = RequestFactory().get(path)
    actor = Actor(day=DAY, user_id=1, role=role, permissions=ROLES[role].permissions)
    request.actor = actor  # type: ignore[attr-defined]
    groups = navigation(request)
    return [(one.title, [(item.title, item.current) for item in one.items]) for one in groups]


def test_every_entry_leads_somewhere_and_belongs_to_a_group() -> None:
    for group, title, name, _ in NAVIGATION:
        assert group in GROUPS, title
        try:
            reverse(name)
        except NoReverseMatch:
            pytest.fail(f"导航“{title}”没有地址 {name}")


def test_groups_stand_in_their_order_and_empty_ones_are_left_out() -> None:
    for role in Role:
        titles = [title for title, _ in shown(role)]
        assert titles == [one for one in GROUPS if one in titles]
        assert all(items for _, items in shown(role))


def test_a_role_sees_exactly_what_it_may_open() -> None:
    for role in Role:
        entries = {title for _, items in shown(role) for title, _ in items}
        may = ROLES[role].permissions
        assert entries == {t for _, t, _, needed in NAVIGATION if needed is None or needed in may}


@pytest.mark.parametrize(
    ("path", "here"),
    [
        ("/targets/", ("目标表", "page")),
        ("/targets/plans/", ("测算方案", "page")),
        ("/targets/plans/3/", ("测算方案", "true")),
        ("/targets/GC17/", ("目标表", "true")),
        ("/persons/x/", ("老年人", "true")),
        ("/account/", None),
    ],
)
def test_the_nearest_entry_says_that_one_is_there(path: str, here: tuple[str, str] | None) -> None:
    entries = [item for _, items in shown(Role.CITY_HEALTH_REVIEWER, path) for item in items]
    assert [item for item in entries if item[1]] == ([here] if here else [])


def test_a_stranger_gets_no_navigation() -> None:
    request = RequestFactory().get("/")
    assert navigation(request) == []
    request.actor = unknown_actor(DAY)  # type: ignore[attr-defined]
    assert navigation(request) == []
