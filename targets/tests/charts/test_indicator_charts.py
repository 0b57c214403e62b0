"""The charts of an indicator page as files: what its page shows, drawn and as a table."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from institutions.models import RegionLevel
from institutions.tests.factories import make_region
from targets.charts.chart import Chart
from targets.charts.figures import trend_chart
from targets.explain.figures import targets_using, trend
from targets.indicators.catalogue import readings_of
from targets.models import Milestone, PolicyDocument, Target
from targets.models.policies import ValidityStatus
from targets.tests.page_scene import DUE_DAY, LATER_DAY, Scene, browse_as, store_run
from yiyang.access.roles import ROLES, Role
from yiyang.access.scope import Actor


def rows_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def test_the_table_of_the_bars_is_the_page_s(scene: Scene) -> None:
    answer = browse_as(Role.LEADER).get(f"/targets/GC17/charts/regions.csv?as_of={DUE_DAY}")
    assert rows_of(answer.content)[:3] == [
        ["区划", "默认机构范围", "目标值", "判定"],
        ["东区", "75.00%", "≥80%", "未达标"],
        ["西区", "50.00%", "≥80%", "未达标"],
    ]
    assert rows_of(answer.content)[3][0].startswith("截至2017年12月31日，量度批次")


@pytest.mark.parametrize(("suffix", "start"), [("svg", b"<svg "), ("png", b"\x89PNG")])
@pytest.mark.parametrize("drawing", ["regions", "trend"])
def test_drawings_are_files(scene: Scene, drawing: str, suffix: str, start: bytes) -> None:
    answer = browse_as(Role.LEADER).get(f"/targets/GC17/charts/{drawing}.{suffix}")
    assert answer.content.startswith(start)
    assert f"GC17-{drawing}-" in answer.headers["Content-Disposition"]


def test_a_chart_nobody_draws_is_not_found(scene: Scene) -> None:
    client = browse_as(Role.LEADER)
    assert client.get("/targets/GC17/charts/pie.svg").status_code == 404
    assert client.get("/targets/NONE/charts/trend.svg").status_code == 404


def test_the_page_offers_the_files_with_what_it_was_asked(scene: Scene) -> None:
    page = browse_as(Role.LEADER).get(f"/targets/GC17/?as_of={DUE_DAY}&below=streets")
    asked = f"region={scene.city.city.code}&amp;as_of={DUE_DAY}&amp;below=streets"
    assert f"/targets/GC17/charts/regions.png?{asked}" in page.content.decode()


def whole_city_trend(scene: Scene) -> Chart:
    permissions = ROLES[Role.LEADER].permissions
    actor = Actor(LATER_DAY, 1, Role.LEADER, permissions, whole_city=True)
    readings = readings_of("GC17")[:1]
    points = trend(scene.city.city, readings, actor)
    return trend_chart(scene.city.city, readings, points, targets_using("GC17"))


def test_the_goal_of_a_trend_ends_with_its_policy(scene: Scene) -> None:
    goals = [row.goal.text if row.goal else None for row in whole_city_trend(scene).rows]
    assert goals == ["≥80%", None]


def test_the_goal_of_a_trend_steps_with_the_milestones(scene: Scene) -> None:
    PolicyDocument.objects.update(status=ValidityStatus.IN_FORCE, last_due_on=None)
    Target.objects.update(due_on=date(2030, 12, 31))
    Milestone.objects.create(
        target=scene.target, due_on=date(2020, 12, 31), threshold=Decimal("0.5")
    )
    goals = [row.goal.text if row.goal else None for row in whole_city_trend(scene).rows]
    assert goals == [None, "50%"]


def test_more_regions_ask_no_more_queries(scene: Scene) -> None:
    client = browse_as(Role.LEADER)
    counts = []
    for more in (0, 6):
        for number in range(more):
            make_region(f"新区{number}", RegionLevel.DISTRICT, scene.city.city)
        store_run(scene.city.city, date(2021, 2, 1 + more))
        client.get("/targets/GC17/charts/regions.svg")
        with CaptureQueriesContext(connection) as asked:
            client.get("/targets/GC17/charts/regions.svg")
        counts.append(len(asked))
    assert counts[0] == counts[1]
