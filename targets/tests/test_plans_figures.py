"""Each kind of step moves exactly the figure a clerk expects, and no register is touched."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from contracts.models import PartnershipAgreement
from contracts.tests.factories import make_agreement
from institutions.actions import give_licence, open_green_channel, report_beds
from institutions.models import BedBasis, BedRegister, Institution, Licence, LicenceKind
from institutions.models.services import FULL_CHANNEL
from institutions.tests.factories import (
    make_beds,
    make_channel,
    make_elderly,
    make_filing,
    make_health,
    make_licence,
)
from targets.indicators.catalogue import CATALOGUE
from targets.indicators.measure import measure, tree_on
from targets.models import Plan, PlanStep, StepKind
from targets.plans.evaluation import Evaluation, measured
from targets.tests.factories import DAY, City
from yiyang.access.roles import Role
from yiyang.access.tests.accounts import open_user
from yiyang.changelog.context import SYSTEM


@dataclass(frozen=True)
class Scene:
    """What the steps are about: one hospital and one home that lack something."""

    city: City
    hospital: Institution
    home: Institution
    draft: PartnershipAgreement
    filing: Licence


@pytest.fixture
def scene(city: City) -> Scene:
    """A licensed hospital and an expired home, with a draft between them, beside sound ones."""
    hospital, home = make_health(city.east_community), make_elderly(city.east_community)
    make_licence(hospital)
    other, neighbour = make_health(city.west_community), make_elderly(city.west_community)
    make_licence(other)
    make_channel(other)
    make_filing(neighbour)
    make_filing(home)
    make_beds(neighbour, date(2017, 11, 30), 100, nursing=30)
    make_beds(home, date(2017, 11, 30), 100, nursing=20, rehabilitation=10)
    expired = make_elderly(city.east_community)
    filing = make_filing(expired, ends_on=date(2017, 6, 30))
    make_agreement(other, expired)
    draft = make_agreement(hospital, home, signed_on=None, starts_on=date(2017, 7, 1))
    return Scene(city, hospital, home, draft, filing)


def a_plan(city: City, *steps: PlanStep, day: date = DAY) -> Plan:
    author = open_user(Role.CITY_HEALTH_CLERK)
    plan = Plan.objects.create(name="方案", region=city.city, as_of=day, author=author)
    for position, step in enumerate(steps, start=1):
        step.plan, step.position = plan, position
        step.save()
    return plan


def step(
    kind: StepKind, subject: Any, partner: Any = None, amount: int | str | None = None
) -> PlanStep:
    return PlanStep(
        kind=kind,
        subject_id=subject.pk,
        partner_id=partner.pk if partner else None,
        amount=None if amount is None else Decimal(amount),
        position=1,
    )


def sign(scene: Scene) -> PlanStep:
    return step(StepKind.SIGN_AGREEMENT, scene.draft)


def agree(scene: Scene) -> PlanStep:
    return step(StepKind.NEW_AGREEMENT, scene.hospital, scene.home)


def open_channel(scene: Scene) -> PlanStep:
    return step(StepKind.OPEN_CHANNEL, scene.hospital)


def add_beds(scene: Scene) -> PlanStep:
    return step(StepKind.ADD_BEDS, scene.home, amount=40)


def convert_beds(scene: Scene) -> PlanStep:
    return step(StepKind.CONVERT_BEDS, scene.home, amount=15)


def renew(scene: Scene) -> PlanStep:
    return step(StepKind.RENEW_LICENCE, scene.filing)


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
