"""The demo's bulletin, edition and subscription: made once, and in the demo only."""

from __future__ import annotations

from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from targets.models import Bulletin, Edition, Paper, ReportSubscription
from targets.tests.bulletins.scene import Desks
from targets.tests.page_scene import store_run
from targets.tests.task_scene import make_demo_user
from yiyang.access.roles import Role


def test_a_bulletin_is_signed_an_edition_published_and_a_leader_subscribed_once(
    desks: Desks, settings: Settings
) -> None:
    settings.DEMO = True
    store_run(desks.scene.city.city, date(2020, 12, 31))
    for role in (Role.CITY_HEALTH_CLERK, Role.CITY_HEALTH_REVIEWER, Role.LEADER):
        make_demo_user(role)
    said = StringIO()
    for _ in range(2):
        call_command("demo_papers", stdout=said)
    assert [one.get_state_display() for one in Bulletin.objects.all()] == ["已签发"]
    assert [one.get_state_display() for one in Edition.objects.all()] == ["已发布"]
    assert ReportSubscription.objects.filter(confirmed_at__isnull=False).count() == 1
    assert sorted(Paper.objects.values_list("kind", flat=True)) == ["BULLETIN", "EDITION"]
    assert said.getvalue().count("演示通报 1 份、定版 1 份、报告订阅 1 个。") == 2


def test_nothing_of_the_kind_is_made_outside_the_demo(desks: Desks, settings: Settings) -> None:
    settings.DEMO = False
    with pytest.raises(CommandError, match="不是演示环境"):
        call_command("demo_papers")
    assert not Bulletin.objects.exists()
