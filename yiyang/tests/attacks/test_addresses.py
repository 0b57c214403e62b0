"""Every address of the portal, every role: what lies in another district opens to nobody else."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from yiyang.access.roles import Role
from yiyang.changelog.models import Change
from yiyang.tests.attacks.addresses import ADDRESSES, Address, names_in_the_resolver
from yiyang.tests.attacks.payloads import body_of
from yiyang.tests.attacks.scene import DISTRICT_ROLES, WEST_ONLY, Scene, taken_back

EVERYONE: tuple[Role | None, ...] = (None, *Role)
SIGN_IN = "/account/sign-in"
OPEN_TO_STRANGERS = {"sign-in", "healthz"}
CONFINED = (*DISTRICT_ROLES, Role.INSTITUTION_REPORTER)


def ask(scene: Scene, address: Address, role: Role | None) -> Any:
    """Ask once, and take back whatever the answer did."""
    browser, way = scene.browser(role), address.way(scene)
    with taken_back():
        if not address.is_post:
            return browser.get(way)
        filled = {
            name: value.format(**scene.keys) if isinstance(value, str) else value
            for name, value in (address.data or {}).items()
        }
        return browser.post(way, filled)


def case(address: Address) -> str:
    method = "post" if address.is_post else "get"
    return "-".join(
        [method, address.name, *address.keys.values(), *["west"][: bool(address.query)]]
    )


every_address = pytest.mark.parametrize("address", ADDRESSES, ids=case)


def test_every_address_has_its_line_in_the_table() -> None:
    known = {address.name for address in ADDRESSES}
    assert set(names_in_the_resolver()) == known, "新地址请在 attacks/addresses.py 里写明谁能打开。"


def test_no_name_stands_for_two_addresses() -> None:
    twice = [name for name, times in Counter(names_in_the_resolver()).items() if times > 1]
    assert not twice


@every_address
def test_it_opens_to_its_roles_and_to_no_other(scene: Scene, address: Address) -> None:
    opened = {role for role in Role if is_opened(ask(scene, address, role))}
    assert opened == address.open_to


def is_opened(answer: Any) -> bool:
    """Whether the answer is one to somebody who may ask; anything odd fails at once."""
    if answer.status_code in {403, 404} or is_refused_filter(answer):
        return False
    assert answer.status_code in {200, 302, 400, 422}, answer.status_code
    assert not answer.headers.get("Location", "").startswith(f"{SIGN_IN}?")
    return True


def is_refused_filter(answer: Any) -> bool:
    """A list answers 400 without a row when the region filtered by is not the role's."""
    return answer.status_code == 400 and "区划须在您的授权范围内" in answer.content.decode()


@every_address
def test_a_stranger_is_sent_to_sign_in(scene: Scene, address: Address) -> None:
    answer = ask(scene, address, None)
    if address.name in OPEN_TO_STRANGERS:
        assert answer.status_code == 200
        return
    assert answer.status_code == 302
    assert answer["Location"].startswith(f"{SIGN_IN}?next=/")


@every_address
def test_who_is_refused_changes_nothing(scene: Scene, address: Address) -> None:
    before = Change.objects.count()
    for role in EVERYONE:
        if role not in address.open_to:
            browser, way = scene.browser(role), address.way(scene)
            browser.post(way, address.data) if address.is_post else browser.get(way)
    assert Change.objects.count() == before


@every_address
def test_the_east_reads_nothing_of_the_west(scene: Scene, address: Address) -> None:
    for role in CONFINED:
        seen = body_of(ask(scene, address, role))
        assert not [word for word in WEST_ONLY if word in seen], role
