"""The regions below one: places, map, what to copy and where a figure leads."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from institutions.maps.actions import confirm_map
from institutions.models import Region, RegionLevel
from institutions.tests.maps import APPROVAL, make_map
from targets.explain.figures import Part, targets_using
from targets.explain.policy_dates import PolicyDate, policy_dates
from targets.explain.ranking import ranked
from targets.explain.region_map import schematic
from targets.tests.page_scene import DUE_DAY, Scene, browse_as
from yiyang.access.roles import Role
from yiyang.access.scope import known_actor
from yiyang.access.tests.accounts import open_user

PAGE = f"/targets/GC17/?as_of={DUE_DAY}"


def part(name: str, exact: Fraction | None) -> Part:
    region = Region(code="1" * 12, name=name, level=RegionLevel.DISTRICT)
    return Part(region, exact, "", "", (), None, "", "")


@pytest.mark.parametrize(
    ("values", "direction", "order"),
    [
        ("1/2 3/4 1/3", "越高越好", [("乙", 1), ("甲", 2), ("丙", 3)]),
        ("1/2 3/4 1/3", "越低越好", [("丙", 1), ("甲", 2), ("乙", 3)]),
        ("3/4 1/2 6/8", "越高越好", [("甲", 1), ("丙", 1), ("乙", 3)]),
        # 取整后都是 66.67%，未取整的分得出先后
        ("66666/100000 2/3 0", "越高越好", [("乙", 1), ("甲", 2), ("丙", 3)]),
        ("- 0 -", "越高越好", [("乙", 1), ("甲", None), ("丙", None)]),
        ("- - -", "越高越好", [("甲", None), ("乙", None), ("丙", None)]),
    ],
)
def test_places(values: str, direction: str, order: list[tuple[str, int | None]]) -> None:
    exact = [None if text == "-" else Fraction(text) for text in values.split()]
    parts = [part(name, one) for name, one in zip("甲乙丙", exact, strict=True)]
    assert [(row.part.region.name, row.place) for row in ranked(parts, direction)] == order


@pytest.mark.parametrize(
    ("regions", "size"),
    [(1, (222, 106)), (3, (454, 222)), (4, (454, 222)), (5, (686, 222)), (17, (918, 570))],
)
def test_tiles_fill_a_grid(regions: int, size: tuple[int, int]) -> None:
    drawing = schematic([part(f"{n}区", None) for n in range(regions)])
    assert (drawing.width, drawing.height) == size
    assert len({(shape.x, shape.y) for shape in drawing.shapes}) == regions
    assert all(shape.x < drawing.width and shape.y < drawing.height for shape in drawing.shapes)


def test_a_long_name_is_cut_on_its_tile() -> None:
    [shape] = schematic([part("某某某某某某某某某某街道", None)]).shapes
    assert shape.name == "某某某某某某某某某…"


def places(response: Any) -> list[tuple[str, int | None]]:
    return [(row.part.region.name, row.place) for row in response.context["rows"]]


def test_districts_are_ranked_unless_the_reader_says_not_to(scene: Scene) -> None:
    client = browse_as(Role.LEADER)
    assert places(client.get(PAGE)) == [("东区", 1), ("西区", 2)]
    plain = client.get(f"{PAGE}&rank=off")
    assert places(plain) == [("东区", None), ("西区", None)]
    assert "名次</th>" not in plain.content.decode()


def test_the_office_can_switch_ranking_off(scene: Scene, settings: Any) -> None:
    settings.INDICATOR_RANKING = False
    response = browse_as(Role.LEADER).get(PAGE)
    assert places(response) == [("东区", None), ("西区", None)]
    assert "排名次" not in response.content.decode()


def test_streets_are_one_step_away(scene: Scene) -> None:
    response = browse_as(Role.LEADER).get(f"{PAGE}&below=streets")
    assert places(response) == [("东街道", 1), ("西街道", 2)]


def test_the_map_says_in_words_what_it_colours(scene: Scene) -> None:
    page = browse_as(Role.LEADER).get(PAGE).content.decode()
    assert "<title>东区：75.00%（3/4），未达标</title>" in page
    assert "不表示位置与界线" in page


def test_a_figure_can_be_copied_with_its_day_and_run(scene: Scene) -> None:
    response = browse_as(Role.LEADER).get(PAGE)
    run = response.context["asked"].run.pk
    said = "4/6），口径“默认机构范围”，截至2017年12月31日，量度批次"
    assert (
        f"测试市开设老年人绿色通道的医疗机构占比 66.67%（{said} {run}" in response.content.decode()
    )


def test_what_is_copied_of_a_demo_says_so(scene: Scene, settings: Any) -> None:
    settings.DEMO = True
    response = browse_as(Role.LEADER).get(PAGE)
    assert response.context["main"].quote.endswith("（演示数据·非真实）")


def test_days_of_policies_are_marked(scene: Scene) -> None:
    number = scene.policy.number
    assert policy_dates(targets_using("GC17")) == [
        PolicyDate(scene.policy.signed_on, "成文", number),
        PolicyDate(DUE_DAY, "目标到期", number),
    ]


@pytest.mark.parametrize(("role", "may"), [(Role.CITY_HEALTH_CLERK, True), (Role.LEADER, False)])
def test_a_plan_starts_from_the_figure(scene: Scene, role: Role, may: bool) -> None:
    client = browse_as(role)
    page = client.get(PAGE).content.decode()
    way = f"/targets/plans/new/?region={scene.city.city.code}&amp;as_of={DUE_DAY}"
    assert (way in page) == may
    if may:
        form = client.get(way.replace("&amp;", "&")).context["form"]
        assert (form.initial["region"], form.initial["as_of"]) == (scene.city.city, str(DUE_DAY))


def test_a_checked_map_takes_the_place_of_the_tiles(scene: Scene) -> None:
    clerk = open_user(Role.CITY_HEALTH_CLERK)
    waiting = make_map(scene.city.city, clerk)
    client = browse_as(Role.LEADER)
    assert client.get(PAGE).context["map"].approval == ""
    reviewer = open_user(Role.CITY_HEALTH_REVIEWER)
    confirm_map(by=known_actor(reviewer.pk, reviewer.role, DUE_DAY), map_file=waiting)
    page = client.get(PAGE).content.decode()
    assert f"审图号：{APPROVAL}" in page
    assert "<title>东区：75.00%（3/4），未达标</title>" in page
    # 地图只画区，看街道时仍用示意图，不印审图号
    assert client.get(f"{PAGE}&below=streets").context["map"].approval == ""
