"""更正说明: what changes after the lock, who decides, and that every edition stays."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, ProgrammingError, transaction

from targets.models import CorrectionState, Paper, ReturnCorrection, ReturnPeriod
from targets.papers.archiving import is_intact
from targets.papers.forms import forms_of
from targets.returns.corrections import decide, propose
from targets.returns.effective import numbers_by_return
from targets.returns.publishing import title_of
from targets.tests.returns.return_scene import (
    AT,
    ReturnScene,
    of_city,
    of_home,
    of_region,
    opened,
    published,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def period(scene: ReturnScene) -> ReturnPeriod:
    period = opened(scene)
    published(scene, period)
    return period


def proposed(
    scene: ReturnScene, period: ReturnPeriod, numbers: Mapping[str, int], who: str = "east"
) -> ReturnCorrection:
    return propose(
        by=scene.actor(who),
        quarterly_return=of_region(period, scene.city.east),
        numbers={code: Decimal(one) for code, one in numbers.items()},
        reason="漏报一处",
    )


def approve(scene: ReturnScene, correction: ReturnCorrection, who: str = "city_checker") -> None:
    decide(by=scene.actor(who), correction=correction, agreed=True, at=AT)


def test_a_correction_moves_the_district_the_city_and_the_share(
    scene: ReturnScene, period: ReturnPeriod
) -> None:
    """护理型 37→40：区、市都加 3，占比由 24.67 重算为 26.67；原版一字不动。"""
    first = period.editions.get()
    before = dict(first.content)
    approve(scene, proposed(scene, period, {"17": 40}))
    numbers = numbers_by_return(period)
    for own in (of_region(period, scene.city.east), of_city(period)):
        shown = {code: numbers[own.pk][code] for code in ("16", "17", "18")}
        assert shown == {"16": 150, "17": 40, "18": Decimal("26.67")}
    first.refresh_from_db()
    second = period.editions.get(number=2)
    assert first.content == before
    assert second.content["corrections"][0]["lines"] == [
        {"code": "17", "label": "其中：护理型床位", "old": "37", "new": "40"}
    ]
    row = next(one for one in second.content["rows"] if one["code"] == "18")
    assert row["numbers"] == ["26.67", "26.67", None]
    titles = list(Paper.objects.order_by("pk").values_list("title", flat=True))
    assert titles == [title_of(period), f"{title_of(period)}（第 2 版）"]


def test_the_papers_print_what_was_stored(scene: ReturnScene, period: ReturnPeriod) -> None:
    paper = Paper.objects.get()
    assert is_intact(paper)
    for form in forms_of(paper.kind).forms:
        assert form.render(paper)[:2] == b"PK"


def test_two_corrections_follow_one_another(scene: ReturnScene, period: ReturnPeriod) -> None:
    approve(scene, proposed(scene, period, {"17": 40}))
    second = proposed(scene, period, {"17": 41, "23": 30})
    assert [f"{one.old:.0f}→{one.new:.0f}" for one in second.lines.all()] == ["40→41", "24→30"]
    approve(scene, second)
    assert numbers_by_return(period)[of_city(period).pk]["17"] == 41
    assert period.editions.count() == 3


@pytest.mark.parametrize(
    ("numbers", "refusal"),
    [
        ({"17": 37}, "没有一个数与现在的不同"),
        ({"17": 151}, "大于总项"),
        ({"20": 1}, "不等于分项"),
        ({"17": 40, "16": 149}, ""),
    ],
)
def test_a_correction_must_balance(
    scene: ReturnScene, period: ReturnPeriod, numbers: dict[str, int], refusal: str
) -> None:
    if refusal:
        with pytest.raises(ValidationError, match=refusal):
            proposed(scene, period, numbers)
    else:
        assert proposed(scene, period, numbers).lines.count() == len(numbers)


def test_two_corrections_may_not_break_the_balance_together(
    scene: ReturnScene, period: ReturnPeriod
) -> None:
    """市把 16 改为 37，区把 17 改为 40：各自提出时都平衡，后审的一份不再平衡。"""
    of_the_city = propose(
        by=scene.actor("city"),
        quarterly_return=of_city(period),
        numbers={"16": Decimal(37)},
        reason="床位核减",
    )
    of_the_east = proposed(scene, period, {"17": 40})
    approve(scene, of_the_city)
    with pytest.raises(ValidationError, match="大于总项"):
        approve(scene, of_the_east)
    of_the_east.refresh_from_db()
    assert of_the_east.state == CorrectionState.PENDING


def test_who_proposes_and_who_decides(scene: ReturnScene, period: ReturnPeriod) -> None:
    for who in ("east_checker", "civil", "leader", "reporter"):
        with pytest.raises(PermissionDenied):
            proposed(scene, period, {"17": 40}, who)
    correction = proposed(scene, period, {"17": 40})
    for who in ("east", "east_checker", "city", "leader"):
        with pytest.raises(PermissionDenied):
            approve(scene, correction, who)
    with pytest.raises(ValidationError, match="已有一份更正待审核"):
        proposed(scene, period, {"17": 41})
    with pytest.raises(ValidationError, match="请写明意见"):
        decide(by=scene.actor("city_checker"), correction=correction, agreed=False, at=AT)
    decide(
        by=scene.actor("city_checker"),
        correction=correction,
        agreed=False,
        at=AT,
        answer="请附依据",
    )
    assert numbers_by_return(period)[of_city(period).pk]["17"] == 37
    assert period.editions.count() == 1
    with pytest.raises(ValidationError, match="已经审核过"):
        approve(scene, correction)


def test_the_database_keeps_the_two_persons_and_the_past(
    scene: ReturnScene, period: ReturnPeriod
) -> None:
    correction = proposed(scene, period, {"17": 40})
    rows = ReturnCorrection.objects.filter(pk=correction.pk)
    with pytest.raises(IntegrityError, match="two_persons"), transaction.atomic():
        rows.update(
            state=CorrectionState.APPROVED,
            decided_by=scene.people["east"],
            decided_on=correction.proposed_on,
        )
    approve(scene, correction)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(reason="改写")
    with pytest.raises(ProgrammingError), transaction.atomic():
        period.editions.update(number=9)
    with pytest.raises(ProgrammingError), transaction.atomic():
        correction.lines.update(new=9)


def test_nothing_is_corrected_before_the_lock_nor_at_a_home(scene: ReturnScene) -> None:
    period = opened(scene)
    with pytest.raises(ValidationError, match="还没有锁定"):
        proposed(scene, period, {"17": 40})
    with pytest.raises(ValidationError, match="机构的数在本区的表里更正"):
        propose(
            by=scene.actor("east"),
            quarterly_return=of_home(period, scene.homes[0]),
            numbers={"17": Decimal(1)},
            reason="漏报",
        )
