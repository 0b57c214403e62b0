"""季度监测: from being asked to being published, step by step, and every step not allowed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from targets.models import (
    Paper,
    QuarterlyReturn,
    ReturnItem,
    ReturnPeriod,
    ReturnState,
    ReturnValue,
    ReturnVerb,
)
from targets.returns.opening import open_period
from targets.returns.quarters import DueDays, Quarter
from targets.tests.returns.return_scene import (
    DUE,
    HAND,
    ReturnScene,
    districts_reviewed,
    homes_reviewed,
    of_city,
    of_home,
    of_region,
    opened,
    published,
)

V, S = ReturnVerb, ReturnState
pytestmark = pytest.mark.django_db


def test_a_quarter_goes_from_homes_to_the_city_and_is_published(
    scene: ReturnScene, period: ReturnPeriod
) -> None:
    city = published(scene, period)
    numbers = {one.item.code: one.value for one in city.values.select_related("item")}
    shown = {code: numbers[code] for code in ("16", "17", "18", "19", "23")}
    assert shown == {"16": 150, "17": 37, "18": Decimal("24.67"), "19": 75, "23": 24}
    assert city.values.get(item__code="16").prefilled_from == "各区合计（已审核 2/2 区）"
    steps = [(one.verb, one.state_after) for one in city.events.all()]
    assert steps == [
        *((V.OPEN, S.FILLING), (V.FETCH, S.FILLING), (V.SUBMIT, S.SUBMITTED)),
        *((V.LOCK, S.LOCKED), (V.PUBLISH, S.PUBLISHED)),
    ]
    states = set(period.returns.exclude(pk=city.pk).values_list("state", flat=True))
    assert states == {S.LOCKED}
    assert Paper.objects.get().content == period.editions.get().content


def test_who_owes_a_return(scene: ReturnScene, period: ReturnPeriod) -> None:
    owed = list(period.returns.values_list("level", "unit_name", "due_on"))
    assert owed == [
        ("CITY", "测试市（市汇总）", DUE.city),
        ("DISTRICT", "东区", DUE.district),
        ("DISTRICT", "西区", DUE.district),
        ("INSTITUTION", "东华养老院", DUE.institution),
        ("INSTITUTION", "东泰养老院", DUE.institution),
    ]
    own = of_home(period, scene.homes[0]).values.values_list("item__code", flat=True)
    assert list(own) == ["16", "17", "18", "19", "20", "21", "22", "23", "24"]
    assert of_region(period, scene.city.east).values.count() == 24


@pytest.mark.parametrize(
    ("level", "changes"),
    [
        ("CITY", {"state": "PUBLISHED"}),
        ("CITY", {"state": "LOCKED"}),
        ("CITY", {"state": "REVIEWED"}),
        ("DISTRICT", {"state": "REVIEWED"}),
        ("DISTRICT", {"state": "LOCKED"}),
        ("DISTRICT", {"state": "SUBMITTED"}),
    ],
)
def test_the_database_knows_the_table_too(
    period: ReturnPeriod, level: str, changes: dict[str, str]
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        period.returns.filter(level=level).update(**changes)


@pytest.mark.parametrize("column", ["submitted_by", "filled_by"])
def test_maker_and_checker_differ_in_the_database(
    scene: ReturnScene, period: ReturnPeriod, column: str
) -> None:
    own = of_home(period, scene.homes[0])
    scene.fill("reporter", own, HAND)
    own = scene.step("reporter", own, V.SUBMIT)
    maker = {"submitted_by": own.submitted_by_id, "filled_by": own.filled_by_id}[column]
    with pytest.raises(IntegrityError, match="reviewed_by_another"), transaction.atomic():
        QuarterlyReturn.objects.filter(pk=own.pk).update(
            state=S.REVIEWED, reviewed_by=maker, reviewed_on=date(2026, 7, 3)
        )


def test_a_published_table_is_final(scene: ReturnScene, period: ReturnPeriod) -> None:
    city = published(scene, period)
    changes: list[dict[str, object]] = [{"state": S.LOCKED, "published_by": None}]
    changes.append({"unit_name": "别的市"})
    for change in changes:
        with pytest.raises(IntegrityError, match="已发布"), transaction.atomic():
            QuarterlyReturn.objects.filter(pk=city.pk).update(**change)
    with pytest.raises(IntegrityError, match="已报出或已锁定"), transaction.atomic():
        ReturnValue.objects.filter(quarterly_return=city).update(value=1)


def test_what_was_never_handed_in_is_frozen_with_the_rest(
    scene: ReturnScene, period: ReturnPeriod
) -> None:
    """A home left out is 缺报 once the city has locked: its numbers cannot slip in later."""
    own = of_home(period, scene.homes[0])
    scene.fill("other", of_home(period, scene.homes[1]), HAND)
    east, west = (of_region(period, region) for region in (scene.city.east, scene.city.west))
    for who, one in (("east", east), ("west", west)):
        scene.step(who, one, V.FETCH)
        scene.fill(who, one, {each.item.code: (0, "") for each in one.values.filter(value=None)})
    with pytest.raises(ValidationError, match="还有 2 家机构没有审核通过"):
        scene.step("east", east, V.SUBMIT)
    for who, one in (("east", east), ("west", west)):
        scene.step(who, one, V.SUBMIT, "两家停业装修")
        scene.step(f"{who}_checker", one, V.REVIEW)
    with pytest.raises(ValidationError, match="东区已经报出或锁定"):
        scene.fill("reporter", own, HAND)
    city = of_city(period)
    scene.step("city", city, V.FETCH)
    scene.step("city", city, V.SUBMIT)
    city = scene.step("city_checker", city, V.LOCK)
    with pytest.raises(IntegrityError, match="已报出或已锁定"), transaction.atomic():
        own.values.update(value=1)
    scene.step("city_checker", city, V.PUBLISH)
    # 缺报的写在发布的表下面，只写家数；没有机构的区不写。
    assert period.editions.get().content["missing"] == ["东区应报机构 2 家，缺报 2 家"]
    own.refresh_from_db()
    assert own.state == S.FILLING


def test_the_city_waits_for_every_district(scene: ReturnScene, period: ReturnPeriod) -> None:
    with pytest.raises(ValidationError, match="还有 2 个区没有审核上报"):
        scene.step("city", of_city(period), V.SUBMIT)


def test_a_sum_fetched_before_the_last_review_is_not_handed_in(
    scene: ReturnScene, period: ReturnPeriod
) -> None:
    east = of_region(period, scene.city.east)
    homes_reviewed(scene, period)
    scene.fill("east", east, {one.item.code: (0, "") for one in east.values.filter(value=None)})
    with pytest.raises(ValidationError, match="下一级的审核数有变"):
        scene.step("east", east, V.SUBMIT)


def test_a_sum_says_of_how_many_it_is_the_sum(scene: ReturnScene, period: ReturnPeriod) -> None:
    first = of_home(period, scene.homes[0])
    scene.fill("reporter", first, HAND)
    scene.step("reporter", first, V.SUBMIT)
    scene.step("east_checker", first, V.REVIEW)
    east, city = of_region(period, scene.city.east), of_city(period)
    scene.step("east", east, V.FETCH)
    scene.step("city", city, V.FETCH)
    beds = [own.values.get(item__code="16") for own in (east, city)]
    assert [(one.value, one.prefilled_from) for one in beds] == [
        (100, "本区机构报数合计（已审核 1/2 家）"),
        (None, "各区合计（已审核 0/2 区）"),
    ]


def test_a_number_fetched_later_does_not_push_out_the_one_typed(
    scene: ReturnScene, period: ReturnPeriod
) -> None:
    """手填在先、取数在后：填的数不动，说明里写上待核对；自己写过说明的不改。"""
    east = of_region(period, scene.city.east)
    scene.fill("east", east, {"16": (90, ""), "17": (20, "电话核实"), "23": (24, "")})
    homes_reviewed(scene, period)
    scene.step("east", east, V.FETCH)
    rows = east.values.filter(item__code__in=("16", "17", "19", "23"))
    told = {one.item.code: f"{one.value:.0f} {one.prefilled:.0f} {one.note}" for one in rows}
    assert told == {
        "16": "90 150 取数晚于填报，待核对",
        "17": "20 37 电话核实",
        "19": "75 75 ",
        "23": "24 24 ",
    }


def test_a_balance_that_does_not_hold_stops_the_return(
    scene: ReturnScene, period: ReturnPeriod
) -> None:
    own = of_home(period, scene.homes[0])
    scene.fill("reporter", own, {**HAND, "20": (7, "核对名册后更正")})
    with pytest.raises(ValidationError, match="有 1 处审核不通过"):
        scene.step("reporter", own, V.SUBMIT)
    scene.fill("reporter", own, {"22": (43, "同上")})
    assert scene.step("reporter", own, V.SUBMIT).state == S.SUBMITTED


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ({"16": (99, "")}, "与取数 100 不同"),
        ({"16": (99, "拆除 1 张")}, ""),
        ({"16": (100, "")}, ""),
        ({"16": (None, "")}, ""),
        ({"16": ("99.5", "半张")}, "请填整数"),
        ({"16": (1, "长" * 301)}, "说明最多 300 字"),
    ],
)
def test_a_difference_from_the_register_needs_its_reason(
    scene: ReturnScene, period: ReturnPeriod, said: object, refusal: str
) -> None:
    own = of_home(period, scene.homes[0])
    if refusal:
        with pytest.raises(ValidationError, match=refusal):
            scene.fill("reporter", own, said)  # type: ignore[arg-type]
    else:
        scene.fill("reporter", own, said)  # type: ignore[arg-type]


def test_the_database_asks_for_the_reason_too(period: ReturnPeriod) -> None:
    rows = ReturnValue.objects.filter(prefilled=100)
    with pytest.raises(IntegrityError, match="difference_has_reason"), transaction.atomic():
        rows.update(value=99)


@pytest.mark.parametrize(
    ("quarter", "due", "refusal"),
    [
        (Quarter(2026, 3), DUE, "季末之后才能布置"),
        (Quarter(2026, 2), DueDays(date(2026, 7, 4), DUE.district, DUE.city), "是休息日"),
        (Quarter(2026, 2), DueDays(date(2026, 6, 30), DUE.district, DUE.city), "须在季末之后"),
        (Quarter(2026, 2), DueDays(DUE.city, DUE.district, DUE.city), "机构不晚于区"),
        (Quarter(2019, 2), DUE, "没有启用的表式"),
    ],
)
def test_a_quarter_is_asked_for_after_its_end_by_working_days(
    scene: ReturnScene, quarter: Quarter, due: DueDays, refusal: str
) -> None:
    with pytest.raises(ValidationError, match=refusal):
        open_period(by=scene.actor("city"), quarter=quarter, due=due)


def test_a_quarter_is_asked_for_once(scene: ReturnScene, period: ReturnPeriod) -> None:
    with pytest.raises(ValidationError, match="已经布置"):
        opened(scene)
    assert ReturnItem.objects.count() == 24


def test_only_the_city_clerk_asks(scene: ReturnScene) -> None:
    for who in ("city_checker", "east", "leader", "reporter"):
        with pytest.raises(PermissionDenied):
            open_period(by=scene.actor(who), quarter=Quarter(2026, 2), due=DUE)


def test_a_district_sent_back_by_the_city_is_fetched_anew(
    scene: ReturnScene, period: ReturnPeriod
) -> None:
    districts_reviewed(scene, period)
    east = of_region(period, scene.city.east)
    with pytest.raises(ValidationError, match="须写明原因"):
        scene.step("city", east, V.RETURN)
    assert scene.step("city", east, V.RETURN, "请核对 19 项").state == S.RETURNED
    assert east.events.last().text == "请核对 19 项"  # type: ignore[union-attr]
    locked_again = {one.pk for one in period.returns.filter(state=S.RETURNED)}
    assert locked_again == {east.pk}
