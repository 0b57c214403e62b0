"""A small city whose institutions lack something, and plans that suppose it, for tests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from contracts.models import PartnershipAgreement
from contracts.tests.factories import make_agreement
from institutions.models import Institution, Licence
from institutions.tests.factories import (
    make_beds,
    make_channel,
    make_elderly,
    make_filing,
    make_health,
    make_licence,
)
from targets.models import Plan, PlanStep, StepKind
from targets.tests.factories import DAY, City
from yiyang.access.models import User
from yiyang.access.roles import Role
from yiyang.access.tests.accounts import open_user


@dataclass(frozen=True)
class Scene:
    """What the steps are about: one hospital and one home that lack something."""

    city: City
    hospital: Institution
    home: Institution
    draft: PartnershipAgreement
    filing: Licence


def make_plan_scene(city: City) -> Scene:
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


def a_plan(city: City, *steps: PlanStep, day: date = DAY, author: User | None = None) -> Plan:
    author = author or open_user(Role.CITY_HEALTH_CLERK)
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
