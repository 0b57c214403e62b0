"""How scopes combine, and that nothing undeclared or unknown is ever shown."""

from datetime import date

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.db.models import Q

from yiyang.access.middleware import actor_of
from yiyang.access.models import User
from yiyang.access.roles import ROLES, Permission, Role
from yiyang.access.scope import (
    Actor,
    ByInstitution,
    ByRegion,
    Everyone,
    Holding,
    Nobody,
    Own,
    RowScope,
    known_actor,
    row_scope_of,
    unknown_actor,
)
from yiyang.access.tests.accounts import open_user

DAY = date(2026, 11, 1)
YES, NO, SOME = Everyone(), Nobody(), Own("pk")
MINE = Q(pk=7)


def actor(role: Role, user_id: int = 7, institution_ids: tuple[int, ...] = ()) -> Actor:
    definition = ROLES[role]
    return Actor(
        day=DAY,
        user_id=user_id,
        role=role,
        permissions=definition.permissions,
        whole_city=definition.whole_city,
        institution_ids=institution_ids,
    )


@pytest.mark.parametrize(
    ("scope", "condition"),
    [
        (YES & YES, True),
        (YES & NO, False),
        (NO & YES, False),
        (YES & SOME, MINE),
        (SOME & YES, MINE),
        (SOME & NO, False),
        (NO & SOME, False),
        (YES | NO, True),
        (NO | NO, False),
        (SOME | YES, True),
        (YES | SOME, True),
        (NO | SOME, MINE),
        (SOME | NO, MINE),
        (SOME & SOME, MINE & MINE),
        (SOME | Own("other"), MINE | Q(other=7)),
        (Holding(Permission.VIEW_TARGETS), True),
        (Holding(Permission.VIEW_AUDIT), False),
    ],
)
def test_scopes_combine(scope: RowScope, condition: Q | bool) -> None:
    assert scope.condition(actor(Role.LEADER)) == condition


@pytest.mark.parametrize(
    ("role", "condition"),
    [
        (Role.CITY_HEALTH_CLERK, True),
        (Role.DISTRICT_HEALTH_CLERK, False),
        (Role.AUDIT_ADMIN, False),
    ],
)
def test_without_a_grant_a_region_scope_is_all_or_nothing(role: Role, condition: bool) -> None:
    assert ByRegion("region").condition(actor(role)) is condition


def test_an_institution_scope_needs_a_grant_even_city_wide() -> None:
    assert ByInstitution("pk").condition(actor(Role.CITY_HEALTH_CLERK)) is False
    reporter = actor(Role.INSTITUTION_REPORTER, institution_ids=(3, 5))
    assert ByInstitution("pk").condition(reporter) == Q(pk__in=(3, 5))


def test_a_model_without_a_scope_is_refused() -> None:
    class Forgotten(models.Model):
        class Meta:
            app_label = "forgotten"
            managed = False

    with pytest.raises(ImproperlyConfigured, match="没有声明 row_scope"):
        row_scope_of(Forgotten)


@pytest.mark.django_db
class TestAccounts:
    def test_an_account_sees_itself_only(self) -> None:
        mine, _ = open_user(Role.LEADER), open_user(Role.LEADER)
        assert list(User.objects.visible_to(actor(Role.LEADER, mine.pk))) == [mine]

    def test_the_security_administrator_sees_every_account(self) -> None:
        users = {open_user(Role.LEADER), open_user(Role.SYSTEM_ADMIN)}
        seen = User.objects.visible_to(actor(Role.SECURITY_ADMIN, 0))
        assert set(seen) == users

    def test_an_unknown_actor_sees_nothing_without_asking_the_database(
        self, django_assert_num_queries: object
    ) -> None:
        open_user(Role.LEADER)
        with django_assert_num_queries(0):  # type: ignore[operator]
            assert not User.objects.visible_to(unknown_actor(DAY))

    @pytest.mark.parametrize("role", Role)
    def test_a_role_that_needs_a_code_is_unknown_without_it(self, role: Role) -> None:
        user = open_user(role)
        needed = ROLES[role].needs_second_factor
        assert actor_of(user, DAY, verified=False).is_known is not needed
        assert actor_of(user, DAY, verified=True).is_known

    def test_a_disabled_account_is_unknown(self) -> None:
        user = open_user(Role.LEADER)
        user.is_active = False
        assert not actor_of(user, DAY, verified=True).is_known


def test_a_role_missing_from_the_table_is_unknown() -> None:
    assert not known_actor(1, "superuser", DAY).is_known
