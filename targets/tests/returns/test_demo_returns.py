"""The demo's quarterly returns: filled once, one quarter published and corrected, one half way."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from institutions.tests.factories import make_beds, make_elderly, make_filing
from targets.models import Paper, ReturnCorrection, ReturnEdition, ReturnPeriod, ReturnState
from targets.returns.quarters import quarter_of
from targets.tests.factories import City
from targets.tests.task_scene import make_demo_user
from yiyang.access.roles import Role

pytestmark = pytest.mark.django_db
ROLES = (
    *(Role.CITY_HEALTH_CLERK, Role.CITY_HEALTH_REVIEWER, Role.INSTITUTION_REPORTER),
    *(Role.DISTRICT_HEALTH_CLERK, Role.DISTRICT_HEALTH_REVIEWER),
)


def test_it_is_for_the_demo_only(settings: object) -> None:
    with pytest.raises(CommandError, match="不是演示环境"):
        call_command("demo_returns", stdout=StringIO())


def test_it_fills_once(city: City, settings: object) -> None:
    settings.DEMO = True  # type: ignore[attr-defined]
    call_command("load_return_forms", stdout=StringIO())
    current = quarter_of(timezone.localdate()).before
    for region in (city.east_street, city.west_street):
        home = make_elderly(region)
        make_filing(home)
        # 床位比上一季翻一番，要写说明才报得出去。
        make_beds(home, current.before.last_day, 60)
        make_beds(home, current.last_day - timedelta(days=1), 120)
    for role in ROLES:
        make_demo_user(role)
    for _ in range(2):
        call_command("demo_returns", stdout=StringIO())
        counts = [one.objects.count() for one in (ReturnPeriod, ReturnEdition, Paper)]
        assert (counts, ReturnCorrection.objects.count()) == ([2, 2, 2], 1)
    past, now = ReturnPeriod.objects.order_by("year", "quarter")
    assert past.returns.get(level="CITY").state == ReturnState.PUBLISHED
    assert set(now.returns.filter(level="DISTRICT").values_list("state", flat=True)) == {
        *(ReturnState.REVIEWED, ReturnState.RETURNED)
    }
