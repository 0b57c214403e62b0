"""Nothing a visitor writes decides where an answer leads or what its headers say."""

from __future__ import annotations

from urllib.parse import unquote, urlencode

import pytest

from yiyang.access.roles import Role
from yiyang.access.tests.accounts import PASSWORD
from yiyang.tests.attacks.addresses import ADDRESSES
from yiyang.tests.attacks.scene import Scene

INJECTED = (
    "x%0d%0aSet-Cookie:%20stolen=1",
    "%0aLocation:%20//evil.example",
    "%E5%98%8A%E5%98%8DSet-Cookie:stolen=1",
)


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1@evil.example", "localhost.evil", "["])
def test_a_host_that_is_not_ours_is_refused(scene: Scene, host: str) -> None:
    for way in ("/", "/account/sign-in", "/healthz", "/targets/"):
        answer = scene.browser(None).get(way, headers={"host": host})
        assert answer.status_code == 400
        assert "evil" not in answer.content.decode()


@pytest.mark.parametrize("header", ["x-forwarded-host", "x-host", "forwarded", "x-original-url"])
def test_a_host_told_by_the_visitor_is_not_used(scene: Scene, header: str) -> None:
    answer = scene.browser(None).get("/targets/", headers={header: "host=evil.example"})
    assert answer["Location"] == "/account/sign-in?next=/targets/"


OFF_PORTAL = (
    "https://evil.example/",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "javascript:alert(1)",
    "http:evil.example",
    "https:///evil.example",
    " //evil.example",
    "/\t/evil.example",
    "//127.0.0.1@evil.example",
    "data:text/html,x",
    "ftp://127.0.0.1/",
)


@pytest.mark.parametrize("way", OFF_PORTAL)
def test_no_redirect_leads_off_the_portal(scene: Scene, way: str) -> None:
    account = scene.accounts[Role.LEADER]
    data = {"username": account.username, "password": PASSWORD}
    for query, posted in ((urlencode({"next": way}), {}), ("", {"next": way})):
        answer = scene.browser(None).post(f"/account/sign-in?{query}", data | posted)
        assert answer.status_code == 302
        assert answer["Location"] == "/"


@pytest.mark.parametrize(
    "text",
    ["x%0d%0aSet-Cookie:%20stolen=1", "%0aLocation:%20//evil", "%E5%98%8A%E5%98%8DSet-Cookie:x"],
)
def test_no_line_of_a_header_comes_from_an_address(scene: Scene, text: str) -> None:
    west = f"region={scene.keys['west']}&as_of={scene.keys['day']}"
    for way in (
        f"/targets/export.csv?{west}&x={text}",
        f"/targets/GC17/gap/export.xlsx?{west}&target={text}",
        f"/targets/GC17/standard/records/export.csv?{west}&side={text}",
        f"/targets/{text}/gap/export.xlsx?{west}",
        f"/quality/{text}/export.csv?{west}",
        f"/nowhere/{text}",
        f"/targets?{text}",
    ):
        for role in (Role.CITY_HEALTH_REVIEWER, None):
            answer = scene.browser(role).get(way)
            assert "stolen" not in answer.cookies
            for key, value in answer.headers.items():
                assert "\n" not in f"{key}{value}"
                assert "\r" not in f"{key}{value}"


NAMED = ('attachment; filename="', "attachment; filename*=utf-8''")


def test_every_file_is_named_by_us(scene: Scene) -> None:
    """No name of a file leads out of a folder, whatever a clerk has called the paper."""
    seen = 0
    for address in ADDRESSES:
        if address.is_post or not address.open_to:
            continue
        answer = scene.browser(min(address.open_to)).get(address.way(scene))
        disposition = answer.headers.get("Content-Disposition", "")
        if disposition:
            seen += 1
            assert disposition.startswith(NAMED)
            name = unquote(disposition.partition("filename")[2].removeprefix("*=utf-8''"))
            assert not {"/", "\\", "\n"} & set(name)
            assert ".." not in name
    assert seen > 8
