"""Evaluating a plan writes nothing: no register, no log, no lock a writer would notice."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.db import InternalError, connection
from django.test.utils import CaptureQueriesContext

from institutions.models import RegionLevel
from institutions.tests.factories import make_region
from targets.models import Plan, PlanFigure, PlanStatus
from targets.plans.actions import save_plan
from targets.plans.evaluation import evaluate, measured, reading_only
from targets.tests.factories import DAY, make_city
from targets.tests.plan_scene import (
    Scene,
    a_plan,
    add_beds,
    make_plan_scene,
    open_channel,
    renew,
    sign,
)
from yiyang.access.models import User
from yiyang.access.roles import Role
from yiyang.access.scope import Actor, known_actor
from yiyang.access.tests.accounts import open_user

LOCKS = """
SELECT locktype, mode FROM pg_locks
WHERE pid = pg_backend_pid() AND NOT (locktype = 'virtualxid' AND mode = 'ExclusiveLock')
"""
OUR_APPS = ("yiyang", "institutions", "contracts", "targets")


@pytest.fixture
def scene(transactional_db: None) -> Scene:
    return make_plan_scene(make_city())


def rows_everywhere() -> dict[str, int]:
    return {
        model._meta.label: model._default_manager.count()
        for label in OUR_APPS
        for model in apps.get_app_config(label).get_models()
    }


def ask(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def test_an_evaluation_takes_no_lock_and_no_transaction_number(scene: Scene) -> None:
    plan = a_plan(scene.city, sign(scene), open_channel(scene), add_beds(scene), renew(scene))
    before = rows_everywhere()
    with reading_only():
        evaluation = measured(plan)
        locks = set(ask(LOCKS))
        numbers = ask("SELECT pg_current_xact_id_if_assigned()")
        modes = ask("SHOW transaction_isolation") + ask("SHOW transaction_read_only")
    assert evaluation.changed_keys()
    assert locks == {("relation", "AccessShareLock")}
    assert numbers == [(None,)]
    assert modes == [("repeatable read",), ("on",)]
    assert rows_everywhere() == before


def test_a_write_inside_an_evaluation_is_refused(scene: Scene) -> None:
    plan = a_plan(scene.city, sign(scene))
    with pytest.raises(InternalError, match="read-only transaction"), reading_only():
        Plan.objects.filter(pk=plan.pk).update(name="改名")
    assert Plan.objects.get(pk=plan.pk).name == plan.name


def test_saving_keeps_what_was_promised_and_only_that(scene: Scene) -> None:
    user = open_user(Role.CITY_HEALTH_CLERK)
    plan = a_plan(scene.city, open_channel(scene), author=user)
    before = rows_everywhere()
    evaluation = save_plan(by=actor(user), plan=plan)
    promised = PlanFigure.objects.get(
        plan=plan, region=scene.city.city, indicator="GC17", reading="standard"
    )
    assert (promised.numerator_before, promised.denominator_before) == (1, 2)
    assert (promised.numerator, promised.denominator) == (2, 2)
    kept = len(evaluation.after) * len(evaluation.regions)
    assert rows_everywhere() == {**before, "targets.PlanFigure": kept}
    assert Plan.objects.get(pk=plan.pk).status == PlanStatus.SAVED


def actor(user: User) -> Actor:
    return known_actor(user.pk, user.role, DAY)


def test_an_evaluation_asks_the_same_questions_of_many_regions(scene: Scene) -> None:
    plan = a_plan(scene.city, open_channel(scene), renew(scene))
    asked = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            evaluate(plan)
        asked.append(len(queries))
        for number in range(40):
            make_region(f"新社区{number}", RegionLevel.COMMUNITY, scene.city.east_street)
    assert asked[0] == asked[1]
