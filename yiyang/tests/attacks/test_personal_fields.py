"""No list, page or file that is merely opened shows what a person could be known by."""

from __future__ import annotations

import io
from typing import Any
from zipfile import ZipFile

import pytest
from pytest_django import DjangoDbBlocker

from contracts.models import KeyGroup
from contracts.persons.register import record_number
from contracts.tests.factories import make_key_group
from institutions.models import PopulationBasis
from yiyang.access.fields import FieldClass, field_classes_of
from yiyang.access.roles import ROLES, Permission, Role
from yiyang.lib.masking import mask_id, mask_name, mask_phone
from yiyang.tests.attacks.addresses import ADDRESSES, Address
from yiyang.tests.attacks.scene import ID_NUMBER, NAME, PHONE, Scene
from yiyang.tests.test_declarations import our_models

GETS = [address for address in ADDRESSES if not address.is_post and address.open_to]
PLAIN = (NAME, ID_NUMBER, PHONE, NAME[2:], ID_NUMBER[6:14], PHONE[3:])
MASKED = (mask_name(NAME), mask_id(ID_NUMBER), mask_phone(PHONE))
by_address = pytest.mark.parametrize(
    "address", GETS, ids=lambda one: f"{one.name}-{one.query[:6]}{one.keys.get('code', '')}"
)


def text_of(answer: Any) -> str:
    """All the text of an answer, a workbook's parts unpacked."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if not content.startswith(b"PK"):
        return str(content.decode(errors="replace"))
    with ZipFile(io.BytesIO(content)) as archive:
        return "".join(archive.read(name).decode(errors="replace") for name in archive.namelist())


def opened_by(scene: Scene, address: Address) -> dict[Role, str]:
    return {role: text_of(scene.browser(role).get(address.way(scene))) for role in address.open_to}


def without(permission: Permission) -> set[Role]:
    return {role for role in Role if permission not in ROLES[role].permissions}


@pytest.fixture(scope="module")
def personal_values(made_scene: Scene, django_db_blocker: DjangoDbBlocker) -> frozenset[str]:
    """What stands in any column classed personal, of any model."""
    with django_db_blocker.unblock():
        return frozenset(
            value
            for model in our_models()
            for name, kind in field_classes_of(model).items()
            if kind in {FieldClass.PERSONAL, FieldClass.PERSONAL_RESTRICTED}
            for value in model._default_manager.values_list(name, flat=True)
            if isinstance(value, str) and len(value) > 3
        )


@by_address
def test_what_is_opened_holds_no_plain_identity(
    scene: Scene, personal_values: frozenset[str], address: Address
) -> None:
    """Not for any role: plain values come only by a post with a reason, and are recorded.

    Who sees no persons does not even meet what they are known by in the portal.
    """
    known_by = {*MASKED, *personal_values}
    if not address.name.startswith("audit-"):  # 审计只以编号称呼人
        known_by |= {str(scene.person.uid), record_number(scene.person.uid)}
    if address.name in {"api-docs", "api-openapi"}:  # 人口口径的代码，与居住情况同一个词
        known_by -= {PopulationBasis.USUAL.value}
    for role, text in opened_by(scene, address).items():
        assert not [plain for plain in PLAIN if plain in text], role
        if role in without(Permission.VIEW_PERSONS):
            assert not [word for word in known_by if word in text], role


def test_restricted_groups_are_on_no_page_of_other_roles(scene: Scene) -> None:
    group = KeyGroup.SPECIAL_FAMILY_PLANNING
    make_key_group(scene.person, group=group)
    seen_by = {
        role
        for address in GETS
        if address.name.startswith("person-")
        for role, text in opened_by(scene, address).items()
        if str(group.label) in text
    }
    assert seen_by == {Role.CITY_HEALTH_REVIEWER}
