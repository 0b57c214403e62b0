"""Every field of every form is filled with what an attacker types: nothing is obeyed."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pytest
from django.core.cache import cache
from django.urls import Resolver404, resolve

from yiyang.access.roles import Role
from yiyang.tests.attacks.addresses import ADDRESSES
from yiyang.tests.attacks.forms import PageForm, forms_in
from yiyang.tests.attacks.payloads import PAYLOADS, SCRIPT, assert_unharmed, body_of
from yiyang.tests.attacks.scene import Scene, taken_back
from yiyang.tests.attacks.valid import FORMS, Filled

FIELDS = [(form, name) for form in FORMS for name in form.data]

# 这几个角色合起来看得到每一张表单。
FILLERS = {
    Role.CITY_HEALTH_CLERK,
    Role.CITY_HEALTH_REVIEWER,
    Role.SECURITY_ADMIN,
    Role.AUDIT_ADMIN,
}


def posted(scene: Scene, form: Filled, data: dict[str, Any]) -> Any:
    """Post, look at the page it leads to, and take everything back."""
    cache.clear()
    with taken_back():
        return scene.browser(form.role).post(form.way(scene), data, follow=True)


def forms_on_every_page(scene: Scene) -> list[PageForm]:
    found: list[PageForm] = []
    for address in ADDRESSES:
        if address.is_post:
            continue
        for role in (None, *(FILLERS & address.open_to)):
            way = address.way(scene)
            answer = scene.browser(role).get(way)
            if answer.status_code == 200 and not answer.streaming:
                found += forms_in(answer.content.decode(errors="replace"), way)
    return found


def test_every_form_of_every_page_is_attacked(scene: Scene) -> None:
    attacked: dict[str, set[str]] = {}
    for form in FORMS:
        attacked.setdefault(form.name, set()).update(form.data)
    missed = {
        (match.view_name, field)
        for form in forms_on_every_page(scene)
        if form.is_post and (match := _resolved(form.action))
        for field in form.open_fields
        if field not in attacked.get(match.view_name, set())
    }
    assert not missed, "新的表单或栏目请写进 attacks/valid.py。"


def _resolved(action: str) -> Any:
    try:
        return resolve(action.partition("?")[0])
    except Resolver404:
        pytest.fail(f"表单提交到没有的地址 {action}")


@pytest.mark.parametrize("form", [form for form in FORMS if form.is_accepted], ids=lambda f: f.name)
def test_the_form_is_accepted_as_it_stands(scene: Scene, form: Filled) -> None:
    assert posted(scene, form, form.filled(scene)).status_code == 200


@pytest.mark.parametrize(("form", "name"), FIELDS, ids=lambda one: getattr(one, "name", one))
def test_nothing_in_a_field_is_obeyed(scene: Scene, form: Filled, name: str) -> None:
    for payload in typed_into(form, name):
        answer = posted(scene, form, form.filled(scene) | {name: payload})
        assert_unharmed(answer)


def test_each_field_of_a_form_class_gets_every_attack() -> None:
    typed: dict[tuple[str, str], list[str]] = defaultdict(list)
    for form, name in FIELDS:
        if form.form_class:
            typed[form.form_class, name] += typed_into(form, name)
    assert typed
    for payloads in typed.values():
        assert sorted(payloads) == sorted(PAYLOADS.values())


def typed_into(form: Filled, name: str) -> list[str]:
    """Everything; forms made alike take a quarter each in turn, so that each kind gets all.

    Addresses that read one form class take turns, so that each field of the class gets all.
    """
    everything = list(PAYLOADS.values())
    if form.form_class:
        readers = [one for one in FORMS if one.form_class == form.form_class and name in one.data]
        return everything[readers.index(form) :: len(readers)]
    return everything[FIELDS.index((form, name)) % 4 :: 4] if form.is_alike else everything


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_an_empty_form_and_one_of_markup_only_are_answered(scene: Scene, form: Filled) -> None:
    for data in ({}, dict.fromkeys(form.data, SCRIPT), dict.fromkeys(form.data, "")):
        assert_unharmed(posted(scene, form, data))


def test_a_search_for_anything_but_the_name_finds_nobody(scene: Scene) -> None:
    """A tautology in the term would list the register."""
    search = next(form for form in FORMS if form.name == "person-search")
    for payload in PAYLOADS.values():
        answer = posted(scene, search, {"term": payload})
        assert not answer.redirect_chain
        assert str(scene.person.uid) not in body_of(answer)


def test_accounts_found_by_a_wildcard_are_none(scene: Scene) -> None:
    browser = scene.browser(Role.SECURITY_ADMIN)
    assert browser.get("/accounts/", {"words": "user-"}).context["page"].paginator.count > 0
    for typed in (PAYLOADS["sql_tautology"], PAYLOADS["sql_wildcard"], "%"):
        assert browser.get("/accounts/", {"words": typed}).context["page"].paginator.count == 0
