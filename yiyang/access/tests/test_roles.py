"""What the role table promises (rules.md 24, 26)."""

from dataclasses import FrozenInstanceError

import pytest

from yiyang.access.roles import ADMINISTRATION, ROLES, Permission, Role

P = Permission
ADMINISTRATORS = {Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN}
EDITING = {P.EDIT_HEALTH, P.EDIT_ELDERLY, P.REPORT_OWN}


def test_every_role_is_defined_once() -> None:
    assert set(ROLES) == set(Role)
    assert all(ROLES[role].title == role.label for role in Role)


def test_the_three_administrators_share_no_permission_and_do_no_business() -> None:
    held = [ROLES[role].permissions for role in ADMINISTRATORS]
    assert sum(len(permissions) for permissions in held) == len(frozenset().union(*held))
    assert all(permissions <= ADMINISTRATION for permissions in held)


def test_nobody_else_administers() -> None:
    assert {role for role in Role if ROLES[role].is_administrator} == ADMINISTRATORS


@pytest.mark.parametrize("role", Role)
def test_who_makes_does_not_check(role: Role) -> None:
    permissions = ROLES[role].permissions
    assert not (P.REVIEW in permissions and permissions & EDITING)


@pytest.mark.parametrize("role", Role)
def test_who_administers_or_reveals_needs_a_second_factor(role: Role) -> None:
    needs = role in ADMINISTRATORS or P.REVEAL_PERSON in ROLES[role].permissions
    assert ROLES[role].needs_second_factor == needs


@pytest.mark.parametrize(
    ("permission", "roles"),
    [
        (P.VIEW_RESTRICTED, {Role.CITY_HEALTH_REVIEWER}),
        (P.VIEW_AUDIT, {Role.AUDIT_ADMIN}),
        (P.MANAGE_ACCOUNTS, {Role.SECURITY_ADMIN}),
        (P.MANAGE_SYSTEM, {Role.SYSTEM_ADMIN}),
        (
            P.VIEW_PERSONS,
            {
                Role.DISTRICT_HEALTH_CLERK,
                Role.DISTRICT_HEALTH_REVIEWER,
                Role.CITY_HEALTH_CLERK,
                Role.CITY_HEALTH_REVIEWER,
            },
        ),
        (P.EXPORT_PERSONS, {Role.DISTRICT_HEALTH_REVIEWER, Role.CITY_HEALTH_REVIEWER}),
    ],
)
def test_a_narrow_permission_is_held_by_these_roles_only(
    permission: Permission, roles: set[Role]
) -> None:
    assert {role for role in Role if permission in ROLES[role].permissions} == roles


def test_the_table_cannot_be_changed_while_running() -> None:
    with pytest.raises(TypeError):
        ROLES[Role.LEADER] = ROLES[Role.AUDIT_ADMIN]  # type: ignore[index]
    with pytest.raises(FrozenInstanceError):
        ROLES[Role.LEADER].whole_city = False  # type: ignore[misc]
