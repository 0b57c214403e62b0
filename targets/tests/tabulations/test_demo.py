"""The demo files two tables and archives one, once, and only in the demo."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from targets.models import Paper, PaperKind, TabulationFiling
from targets.tests.factories import DAY, City
from targets.tests.tabulations.fixed import store_given
from targets.tests.task_scene import make_demo_user
from yiyang.access.roles import Role


def test_the_demo_is_filled_once(city: City, settings: Any) -> None:
    settings.DEMO = True
    store_given(city, DAY)
    make_demo_user(Role.CITY_HEALTH_CLERK)
    for _ in range(2):
        call_command("demo_tables", stdout=StringIO())
    assert TabulationFiling.objects.count() == 2
    assert Paper.objects.filter(kind=PaperKind.TABLE).count() == 1


def test_nothing_is_filed_outside_the_demo(db: None) -> None:
    with pytest.raises(CommandError, match="演示环境"):
        call_command("demo_tables", stdout=StringIO())
