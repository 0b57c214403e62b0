"""Nothing is written by a GET, by a verb a page does not know, or by a post without its token."""

from __future__ import annotations

import pytest
from django.db import connection

from yiyang.access.roles import Role
from yiyang.tests.attacks.addresses import ADDRESSES, Address
from yiyang.tests.attacks.scene import Scene, taken_back

OTHER_VERBS = ("PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND", "POST /x")
# 登录状态自己会动的表；审计记的是“看过”，写在它自己的连接上。
MOVING = {"django_session", "yiyang_accountsession", "yiyang_auditevent"}
TABLES = """
    SELECT relname, pg_stat_get_xact_tuples_inserted(c.oid) + pg_stat_get_xact_tuples_updated(c.oid)
        + pg_stat_get_xact_tuples_deleted(c.oid)
    FROM pg_class c WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
"""


def writes() -> dict[str, int]:
    """How many rows of each table this transaction has written so far, by PostgreSQL's count."""
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        return {table: number for table, number in cursor.fetchall() if table not in MOVING}


def first_of(address: Address, role: Role | None = None) -> Role | None:
    return min(address.open_to, default=role)


GETS = [address for address in ADDRESSES if not address.is_post]
POSTS = [address for address in ADDRESSES if address.is_post]


def by_name(address: Address) -> str:
    return f"{address.name}-{address.query[:6]}"


def test_what_is_written_is_noticed(scene: Scene) -> None:
    before = writes()
    scene.browser(Role.SECURITY_ADMIN).post(f"/accounts/{scene.keys['account']}/disable")
    changed = {table for table, number in writes().items() if number != before[table]}
    assert "yiyang_user" in changed


@pytest.mark.parametrize("address", GETS, ids=by_name)
def test_a_get_writes_nothing(scene: Scene, address: Address) -> None:
    browser, before = scene.browser(first_of(address)), writes()
    with taken_back():
        browser.get(address.way(scene))
        browser.head(address.way(scene))
        browser.options(address.way(scene))
    assert writes() == before


@pytest.mark.parametrize("address", POSTS, ids=by_name)
def test_what_takes_a_post_takes_no_get(scene: Scene, address: Address) -> None:
    also_get = address.name in {one.name for one in GETS}
    browser, before = scene.browser(first_of(address, Role.SECURITY_ADMIN)), writes()
    answer = browser.get(address.way(scene), dict(address.data or {}))
    assert also_get or answer.status_code in {403, 404, 405}
    assert writes() == before


@pytest.mark.parametrize("verb", OTHER_VERBS)
def test_no_other_verb_is_known(scene: Scene, verb: str) -> None:
    """By whoever may open the address; by one who may not, each address with one of the verbs."""
    before = writes()
    for number, address in enumerate(ADDRESSES):
        roles = {first_of(address, Role.LEADER)}
        if OTHER_VERBS[number % len(OTHER_VERBS)] == verb:
            roles.add(Role.SECURITY_ADMIN)
        for role in roles:
            answer = scene.browser(role).generic(verb, address.way(scene))
            assert answer.status_code in {403, 404, 405}, (address.name, answer.status_code)
    assert writes() == before


@pytest.mark.parametrize("override", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method"])
def test_a_verb_in_a_header_is_not_believed(scene: Scene, override: str) -> None:
    browser = scene.browser(Role.SECURITY_ADMIN)
    way = f"/accounts/{scene.keys['account']}/disable"
    answer = browser.get(f"{way}?_method=POST", headers={override: "POST"})
    assert answer.status_code == 405


@pytest.mark.parametrize("address", POSTS, ids=by_name)
def test_a_post_without_its_token_is_refused(scene: Scene, address: Address) -> None:
    role, before = first_of(address, Role.CITY_HEALTH_CLERK), writes()
    browser = scene.browser(role, enforce_csrf_checks=True)
    for token in ({}, {"csrfmiddlewaretoken": "x" * 64}):
        answer = browser.post(address.way(scene), {**(address.data or {}), **token})
        assert answer.status_code == 403
        assert "Set-Cookie" not in answer.headers
    assert writes() == before


def test_another_site_has_no_token_to_send(scene: Scene) -> None:
    """A token of one browser is worth nothing in another, and nothing from another origin is."""
    own = scene.browser(Role.SECURITY_ADMIN, enforce_csrf_checks=True)
    own.get("/accounts/new")
    token = own.cookies["csrftoken"].value
    way = f"/accounts/{scene.keys['account']}/disable"
    other = scene.browser(Role.SECURITY_ADMIN, enforce_csrf_checks=True)
    assert other.post(way, {"csrfmiddlewaretoken": token}).status_code == 403
    origin = {"Origin": "https://evil.example"}
    refused = own.post(way, {"csrfmiddlewaretoken": token}, headers=origin)
    assert refused.status_code == 403
    assert own.post(way, {"csrfmiddlewaretoken": token}).status_code == 302


def test_signing_in_needs_a_token_too(scene: Scene) -> None:
    browser = scene.browser(None, enforce_csrf_checks=True)
    assert browser.post("/account/sign-in", {"username": "x"}).status_code == 403
