"""The demo's tasks and 督办: filled once, by the accounts whose steps they are."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from institutions.models import RegionLevel
from institutions.tests.factories import make_region
from targets.models import Supervision, SupervisionState, TaskMilestone, TaskReport
from targets.tests.factories import City
from targets.tests.task_scene import make_demo_user
from yiyang.access.roles import Role

pytestmark = pytest.mark.django_db


def run() -> None:
    call_command("demo_supervision", stdout=StringIO())


def test_it_is_for_the_demo_only(settings: object) -> None:
    with pytest.raises(CommandError, match="不是演示环境"):
        run()


def test_it_fills_once(city: City, settings: object) -> None:
    settings.DEMO = True  # type: ignore[attr-defined]
    make_region("海勃湾区", RegionLevel.DISTRICT, city.city, code="150302000000")
    call_command("load_policies", stdout=StringIO())
    for role in (Role.CITY_HEALTH_CLERK, Role.CITY_HEALTH_REVIEWER, Role.BUREAU_LIAISON):
        make_demo_user(role)
    for _ in range(2):
        run()
        made = [model.objects.count() for model in (TaskReport, TaskMilestone, Supervision)]
        assert made == [7, 4, 5]
    states = set(Supervision.objects.values_list("state", flat=True))
    assert states == {
        *(SupervisionState.DRAFT, SupervisionState.ASSIGNED),
        *(SupervisionState.WORKING, SupervisionState.CLOSED),
    }
