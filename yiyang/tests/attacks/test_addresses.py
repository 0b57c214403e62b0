"""Every address of the portal, every role: what lies in another district opens to nobody else."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import pytest

from yiyang.access.roles import Role
from yiyang.changelog.models import Change
from yiyang.tests.attacks.addresses import ADDRESSES, Address, names_in_the_resolver
from yiyang.tests.attacks.payloads import body_of
from yiyang.tests.attacks.scene import DISTRICT_ROLES, WEST_ONLY, Scene, taken_back

EVERYONE: tuple[Role | None, ...] = (None, *Role)
SIGN_IN = "/account/sign-in"
REFUSED = "区划须在您的授权范围内"  # 名单筛了授权以外的区划，答 400，一行也不给
# 报告邮件里的链接：签名就是凭据，收件人不登录也能确认、退订。
BY_LINK = {"report-subscription-confirm", "report-subscription-unsubscribe"}
OPEN_TO_STRANGERS = {"sign-in", "healthz", *BY_LINK}
CONFINED = (*DISTRICT_ROLES, Role.INSTITUTION_REPORTER)


@dataclass(frozen=True, slots=True)
class Asked:
    """What one role was answered: its status, what it may read, whether the register changed."""

    role: Role | None
    answer: Any
    body: str
    changes: int

    @property
    def is_opened(self) -> bool:
        """Whether the answer is one to somebody who may ask; anything odd fails at once."""
        status = self.answer.status_code
        if status in {403, 404} or (status == HTTPStatus.BAD_REQUEST and REFUSED in self.body):
            return False
        assert status in {200, 302, 400, 422}, (self.role, status)
        assert not self.answer.headers.get("Location", "").startswith(f"{SIGN_IN}?")
        return True


def ask(scene: Scene, address: Address, role: Role | None) -> Asked:
    """Ask once, and take back whatever the answer did."""
    browser, way = scene.browser(role), address.way(scene)
    before = Change.objects.count()
    with taken_back():
        answer = browser.post(way, filled(scene, address)) if address.is_post else browser.get(way)
        # 长文件边读边送：只有要看内容的角色才读完它。
        is_read = role in CONFINED or answer.status_code == HTTPStatus.BAD_REQUEST
        body = body_of(answer) if is_read else ""
        return Asked(role, answer, body, Change.objects.count() - before)


def filled(scene: Scene, address: Address) -> dict[str, Any]:
    return {
        name: value.format(**scene.keys) if isinstance(value, str) else value
        for name, value in (address.data or {}).items()
    }


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
    """Everybody asks once: who is answered, whom a refusal still let write, what the east reads."""
    asked = {role: ask(scene, address, role) for role in EVERYONE}
    opened = {role for role in Role if asked[role].is_opened}
    assert opened == address.open_to
    assert_sent_to_sign_in(address, asked[None].answer)
    may_write = {*address.open_to, *([None] if address.name in BY_LINK else [])}
    wrote = {role for role in EVERYONE if role not in may_write and asked[role].changes}
    assert not wrote
    leaked = {role: [word for word in WEST_ONLY if word in asked[role].body] for role in CONFINED}
    assert not any(leaked.values()), leaked


def assert_sent_to_sign_in(address: Address, answer: Any) -> None:
    if address.name in OPEN_TO_STRANGERS:
        assert answer.status_code == HTTPStatus.OK
        return
    assert answer.status_code == HTTPStatus.FOUND
    assert answer["Location"].startswith(f"{SIGN_IN}?next=/")
