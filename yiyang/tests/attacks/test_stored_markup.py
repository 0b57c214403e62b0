"""Markup stored in any text field of any register is shown as text on every page and paper."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html.parser import HTMLParser
from typing import Any

import pytest
from pytest_django import DjangoDbBlocker

from contracts.tests.factories import make_known_person
from yiyang.access.roles import Role
from yiyang.tests.attacks.addresses import ADDRESSES, Address
from yiyang.tests.attacks.markup import fill_every_text_column
from yiyang.tests.attacks.payloads import body_of
from yiyang.tests.attacks.scene import PHONE, Scene, taken_back
from yiyang.tests.attacks.valid import FORMS

# 三种出口一次试：标签、带引号的属性、撑破已有的属性。短，好进每一个栏目。
MARKUP = "<x a='1' b=\"2\">"
ESCAPED = "&lt;x a=&#x27;1&#x27; b=&quot;2&quot;&gt;"
PAGES = [address for address in ADDRESSES if not address.is_post and address.open_to]
NOTED = (
    ("person-reveal", "note"),
    ("gap-contact", "text"),
    ("plan-new", "name"),
    ("plan-new", "note"),
    ("user-open", "display_name"),
    ("user-role", "reason"),
    ("person-export", "purpose"),
)
SHOWN_COLUMNS = {
    "contracts.DoctorTeam.name",
    "institutions.InstitutionProfile.address",
    "institutions.InstitutionProfile.name",
    "institutions.Licence.issued_by",
    "institutions.Licence.number",
    "institutions.PilotProject.name",
    "institutions.Region.name",
    "targets.ContactNote.text",
    "targets.Plan.name",
    "targets.Plan.note",
    "targets.PolicyClause.reference",
    "targets.PolicyDocument.title",
    "targets.Target.note",
    "targets.Target.wording",
    "yiyang.AccountSession.device",
    "yiyang.User.display_name",
}
REGISTERS = {
    *("institution-detail", "person-detail", "plan-list", "plan-detail", "target-table"),
    *("gap", "indicator-detail", "record-list", "user-list", "user-detail", "institution-list"),
}


@pytest.fixture(scope="module")
def marked(made_scene: Scene, django_db_blocker: DjangoDbBlocker) -> Iterator[set[str]]:
    """Fill every text column that takes it; say which did."""
    with django_db_blocker.unblock(), taken_back():
        post_notes(made_scene)
        yield fill_every_text_column(MARKUP)


def post_notes(scene: Scene) -> None:
    """Through the forms, what is only ever added to: notes, reasons, plans, names."""
    for name, field in NOTED:
        form = next(one for one in FORMS if one.name == name)
        data = form.filled(scene) | {field: f"{MARKUP}催办情况"}
        answer = scene.browser(form.role).post(form.way(scene), data)
        assert answer.status_code in {200, 302}, name
        assert_text_only(answer)


class Markup(HTMLParser):
    """Notes every tag and attribute that is the attacker's."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        broken = any("<" in name or '"' in name for name, _ in attrs)
        if tag == "x" or broken or {("a", "1"), ("b", "2")} & set(attrs):
            self.found.append(self.get_starttag_text() or tag)


def assert_text_only(answer: Any) -> None:
    if answer.headers.get("Content-Type", "").startswith("text/html"):
        reader = Markup()
        reader.feed(body_of(answer))
        assert not reader.found


def test_markup_would_be_found() -> None:
    for page in (f"<p>{MARKUP}</p>", f'<p title="{MARKUP}">'):
        reader = Markup()
        reader.feed(f"{page}</p>")
        assert reader.found


@pytest.mark.parametrize("address", PAGES, ids=lambda one: f"{one.name}-{one.query[:6]}")
def test_the_page_shows_it_as_text(scene: Scene, marked: set[str], address: Address) -> None:
    for role in {min(address.open_to), max(address.open_to)}:
        answer = scene.browser(role).get(address.way(scene))
        assert answer.status_code in {200, 302}
        assert_text_only(answer)
        # 每页的页眉都有账号的姓名；登记簿的页面还有登记的内容。
        if address.name in REGISTERS:
            assert body_of(answer).count(ESCAPED) > 1


def test_the_columns_that_pages_show_were_filled(marked: set[str]) -> None:
    assert marked >= SHOWN_COLUMNS


def test_a_name_of_markup_is_revealed_as_text(scene: Scene) -> None:
    person = make_known_person(scene.city.west_community, name=MARKUP, phone=PHONE)
    browser = scene.browser(Role.CITY_HEALTH_REVIEWER)
    data = {"field": "name", "reason": "verify", "note": "核对证件上的姓名"}
    answer = browser.post(f"/persons/{person.uid}/reveal/", data)
    assert ESCAPED in body_of(answer)
    assert_text_only(answer)
    assert_text_only(browser.get(f"/persons/{person.uid}/"))
