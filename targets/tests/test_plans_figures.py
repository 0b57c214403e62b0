"""Each kind of step moves exactly the figure a clerk expects, as if it had really been taken."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from contracts.models import PartnershipAgreement
from contracts.tests.factories import make_agreement
from institutions.actions import give_licence, open_green_channel, report_beds
from institutions.models import BedBasis, BedRegister, LicenceKind
from institutions.models.services import FULL_CHANNEL
from targets.indicators.catalogue import CATALOGUE
from targets.indicators.measure import measure, tree_on
from targets.models import PlanStep
from targets.plans.evaluation import Evaluation, measured
from targets.tests.factories import DAY, City
from targets.tests.plan_scene import (
    Scene,
    a_plan,
    add_beds,
    agree,
    convert_beds,
    make_plan_scene,
    open_channel,
    renew,
    sign,
)
from yiyang.changelog.context import SYSTEM


@pytest.fixture
def scene(city: City) -> Scene:
    return make_plan_scene(city)


def really_sign(scene: Scene) -> None:
    PartnershipAgreement.objects.filter(pk=scene.draft.pk).update(signed_on=DAY)


def really_agree(scene: Scene) -> None:
    make_agreement(scene.hospital, scene.home, signed_on=DAY, starts_on=DAY)


def really_open(scene: Scene) -> None:
    open_green_channel(by=SYSTEM, institution=scene.hospital, steps=FULL_CHANNEL, starts_on=DAY)


def really_report(total: int, nursing: int) -> Callable[[Scene], None]:
    def report(scene: Scene) -> None:
        report_beds(
            by=SYSTEM,
            institution=scene.home,
            counted_on=DAY,
            register=BedRegister.CIVIL_AFFAIRS,
            basis=BedBasis.ACTUAL,
            total=total,
            nursing=nursing,
            rehabilitation=10,
        )

    return report


def really_renew(scene: Scene) -> None:
    give_licence(
        by=SYSTEM,
        institution=scene.filing.institution,
        kind=LicenceKind.ELDERLY_FILING,
        starts_on=DAY,
        ends_on=None,
        number="新证",
        full_time_beds=50,
    )


STEPS: dict[str, tuple[Callable[[Scene], PlanStep], Callable[[Scene], None]]] = {
    "签订草稿": (sign, really_sign),
    "新签协议": (agree, really_agree),
    "开通绿色通道": (open_channel, really_open),
    "增加 40 张护理型床位": (add_beds, really_report(140, 60)),
    "15 张床转为护理型": (convert_beds, really_report(100, 35)),
    "备案续期": (renew, really_renew),
}
# 步骤 指标 口径 → 原分子/分母 → 设想分子/分母（全市）
FIGURES = [
    ("签订草稿", "PAIR", "total", (0, None), (1, None)),
    ("签订草稿", "EL17", "any_form", (0, 3), (1, 3)),
    ("新签协议", "PAIR", "total", (0, None), (1, None)),
    ("新签协议", "EL17", "any_form", (0, 3), (1, 3)),
    ("开通绿色通道", "GC17", "standard", (1, 2), (2, 2)),
    ("开通绿色通道", "GC20", "with_clinics", (1, 2), (2, 2)),
    ("增加 40 张护理型床位", "BD20", "elderly_beds_only", (50, 200), (90, 240)),
    ("备案续期", "PAIR", "total", (0, None), (1, None)),
    ("备案续期", "EL17", "any_form", (0, 3), (1, 3)),
    ("15 张床转为护理型", "BD20", "elderly_beds_only", (50, 200), (65, 200)),
]


def of_city(evaluation: Evaluation, code: str, reading: str) -> tuple[Any, Any]:
    region = evaluation.plan.region_id
    before, after = (f[code, reading][region] for f in (evaluation.before, evaluation.after))
    return (
        (before.numerator, before.denominator),
        (after.numerator, after.denominator),
    )


@pytest.mark.parametrize(
    ("name", "code", "reading", "before", "after"), FIGURES, ids=[f"{r[0]}-{r[1]}" for r in FIGURES]
)
def test_a_step_moves_the_figure(
    scene: Scene, name: str, code: str, reading: str, before: Any, after: Any
) -> None:
    evaluation = measured(a_plan(scene.city, STEPS[name][0](scene)))
    assert of_city(evaluation, code, reading) == (before, after)


def figures(city: City) -> dict[tuple[str, str], dict[int, Any]]:
    return measure(CATALOGUE, day=DAY, tree=tree_on(DAY, city.city.pk))


@pytest.mark.parametrize("name", STEPS)
def test_a_supposed_step_counts_like_the_same_step_really_taken(scene: Scene, name: str) -> None:
    suppose_it, really = STEPS[name]
    untouched = figures(scene.city)
    evaluation = measured(a_plan(scene.city, suppose_it(scene)))
    really(scene)
    supposed = {**untouched, **evaluation.after}
    assert supposed == figures(scene.city)
    assert {key: untouched[key] for key in evaluation.before} == evaluation.before
    assert supposed != untouched


def test_all_steps_together_count_like_all_of_them_really_taken(scene: Scene) -> None:
    names = ("签订草稿", "开通绿色通道", "增加 40 张护理型床位", "备案续期")
    untouched = figures(scene.city)
    evaluation = measured(a_plan(scene.city, *(STEPS[name][0](scene) for name in names)))
    for name in names:
        STEPS[name][1](scene)
    assert {**untouched, **evaluation.after} == figures(scene.city)
