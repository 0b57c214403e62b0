"""The log says who wrote, from which batch and why."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, connection

from yiyang.access.roles import Role
from yiyang.access.scope import known_actor, unknown_actor
from yiyang.changelog.context import SYSTEM, ActorMissingError, recorded
from yiyang.models import Change, User

TABLE = "changelog_ward"
DAY = datetime.date(2020, 12, 31)


@pytest.fixture
def clerk(db: None) -> User:
    user = User(
        username="clerk",
        display_name="经办员",
        staff_number="C-1",
        role=Role.DISTRICT_HEALTH_CLERK,
    )
    user.save()
    return user


def write_and_fail(wards: Any, **who: Any) -> None:
    with recorded(**who):
        wards.objects.create(name="败")
        raise RuntimeError


def told() -> list[tuple[int | None, str, str]]:
    changes = Change.objects.filter(table_name=TABLE).order_by("id")
    return list(changes.values_list("actor_id", "batch", "reason"))


def test_actor_batch_and_reason_are_recorded(wards: Any, clerk: User) -> None:
    with recorded(by=clerk, batch="导入-7", reason="年度校核"):
        wards.objects.create(name="一")
    assert told() == [(clerk.pk, "导入-7", "年度校核")]


def test_the_acting_account_of_a_request_is_recorded(wards: Any, clerk: User) -> None:
    with recorded(by=known_actor(clerk.pk, clerk.role, DAY)):
        wards.objects.create(name="一")
    assert told() == [(clerk.pk, "", "")]


def test_the_system_writes_without_an_account(wards: Any) -> None:
    with recorded(by=SYSTEM, reason="夜间任务"):
        wards.objects.create(name="一")
    assert told() == [(None, "", "夜间任务")]


@pytest.mark.parametrize("nobody", [None, unknown_actor(DAY), User(), AnonymousUser()])
def test_a_write_by_nobody_is_refused(wards: Any, nobody: Any) -> None:
    with pytest.raises(ActorMissingError, match="必须说明操作人"), recorded(by=nobody):
        wards.objects.create(name="一")
    assert told() == []


def test_an_account_that_does_not_exist_is_refused(wards: Any) -> None:
    with recorded(by=User(pk=987_654_321)):
        wards.objects.create(name="一")
    with pytest.raises(IntegrityError):
        connection.check_constraints()


def test_the_words_of_a_reason_are_no_sql(wards: Any, clerk: User) -> None:
    reason = "'); DROP TABLE changelog_ward; -- %s"
    with recorded(by=clerk, reason=reason):
        wards.objects.create(name="一")
    assert told() == [(clerk.pk, "", reason)]


def test_an_inner_record_gives_way_to_the_outer_one(wards: Any, clerk: User) -> None:
    with recorded(by=clerk, reason="外"):
        with recorded(by=SYSTEM, reason="内"):
            wards.objects.create(name="一")
        wards.objects.create(name="二")
    wards.objects.create(name="三")
    assert told() == [(None, "", "内"), (clerk.pk, "", "外"), (None, "", "")]


def test_a_failed_inner_record_gives_way_too(wards: Any, clerk: User) -> None:
    with recorded(by=clerk, reason="外"):
        with pytest.raises(RuntimeError):
            write_and_fail(wards, by=SYSTEM, reason="内")
        wards.objects.create(name="二")
    assert told() == [(clerk.pk, "", "外")]


def test_the_next_transaction_starts_with_no_actor(
    committed_wards: Any, django_db_blocker: Any
) -> None:
    with recorded(by=SYSTEM, reason="第一件"):
        committed_wards.objects.create(name="一")
    committed_wards.objects.create(name="二")
    assert told() == [(None, "", "第一件"), (None, "", "")]


def test_a_failure_writes_nothing(wards: Any, clerk: User) -> None:
    with pytest.raises(RuntimeError):
        write_and_fail(wards, by=clerk)
    assert not wards.objects.exists()
    assert told() == []
