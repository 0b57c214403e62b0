"""A measured city with a policy, for tests of the pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import date
from decimal import Decimal

from django.test import Client
from django.utils import timezone

from institutions.models import GreenChannel, Institution, Region, RegionGrant
from institutions.models.services import FULL_CHANNEL
from institutions.tests.factories import LONG_AGO, make_health, make_licence
from targets.indicators.base import Indicator
from targets.indicators.calculation import Figure
from targets.indicators.catalogue import CATALOGUE
from targets.indicators.measure import Area, count, tree_on
from targets.indicators.slots import FigureRow, figure_rows
from targets.models import (
    Comparator,
    IndicatorRun,
    PolicyClause,
    PolicyDocument,
    RunStatus,
    Target,
)
from targets.models.policies import Confirmation, ValidityStatus
from targets.runs.storing import store_figures
from targets.tests.factories import DAY, City
from yiyang.access.models import User
from yiyang.access.roles import Role
from yiyang.access.tests.accounts import PASSWORD, code_now, open_user

DUE_DAY = DAY
LATER_DAY = date(2021, 1, 31)


@dataclass(frozen=True)
class Scene:
    """The city, what stands in it and the policy that asks for 80% of green channels."""

    city: City
    hospitals: list[Institution]
    policy: PolicyDocument
    target: Target


def make_scene(city: City) -> Scene:
    """东区 4 家 3 家开通，西区 2 家 1 家开通、1 家停业：全市 4/6。"""
    east = [_hospital(city.east_street, n < 3) for n in range(4)]
    west = [_hospital(city.west_street, n < 1) for n in range(2)]
    make_health(city.west_street, name="停业医院", status="SUSPENDED")
    policy = make_policy(city.city)
    return Scene(city, [*east, *west], policy, make_target(policy, city.city, "GC17", 1))


def _hospital(region: Region, has_channel: bool) -> Institution:
    hospital = make_health(region)
    make_licence(hospital)
    if has_channel:
        GreenChannel.objects.create(institution=hospital, steps=FULL_CHANNEL, starts_on=LONG_AGO)
    return hospital


def make_policy(region: Region) -> PolicyDocument:
    """A policy that is repealed and counts up to the end of 2020."""
    return PolicyDocument.objects.create(
        slug="test-policy",
        number="测政发〔2017〕1号",
        title="测试实施意见",
        issuer="测试市人民政府",
        signed_on=date(2017, 2, 9),
        status=ValidityStatus.REPEALED,
        status_seen_on=date(2026, 11, 1),
        last_due_on=date(2020, 12, 31),
        region=region,
        confirmation=Confirmation.UNCONFIRMED,
    )


def make_target(policy: PolicyDocument, region: Region, indicator: str, position: int) -> Target:
    """80% by the end of 2017, judged by the standard reading."""
    clause, _ = PolicyClause.objects.get_or_create(
        policy=policy, position=1, defaults={"reference": "二（二）", "topic": "目标"}
    )
    return Target.objects.create(
        code=f"T{position}",
        policy=policy,
        clause=clause,
        position=position,
        region=region,
        indicator=indicator,
        judged_reading="standard",
        due_on=DUE_DAY,
        comparator=Comparator.AT_LEAST,
        threshold=Decimal("0.8"),
        confirmation=Confirmation.CONFIRMED,
        wording=f"目标{position}",
    )


def store_run(city: Region, day: date, codes: tuple[str, ...] = ("GC17",)) -> IndicatorRun:
    """Publish a run within the test's own transaction, which take_snapshot cannot do.

    Only `codes` are measured, every other indicator is stored as 无数据: measuring all of them
    for every test would take minutes.
    """
    run = IndicatorRun.objects.create(
        as_of=day, region=city, started_at=timezone.now(), heartbeat_at=timezone.now()
    )
    tree = tree_on(day, city.pk)
    few = [reading for reading in CATALOGUE if reading.code in codes]
    measured = figure_rows(few, count(few, day=day, area=Area(tree.top_down)), tree)
    widened = {region: _widened(row, few) for region, row in measured.items()}
    store_figures(run, CATALOGUE, widened, tree)
    run.status, run.finished_at, run.seen_number = RunStatus.DONE, timezone.now(), 0
    run.save()
    return run


def _widened(row: FigureRow, few: Sequence[Indicator]) -> FigureRow:
    """The figures of the few among those of the whole catalogue, the others without data."""
    figures = {reading.key: row.figure(index) for index, reading in enumerate(few)}
    every = [figures.get(reading.key, Figure(None, None)) for reading in CATALOGUE]
    return FigureRow(*zip(*(astuple(figure) for figure in every), strict=True))


def browse_as(role: Role, region: Region | None = None) -> Client:
    """A signed-in browser of the role; a `region` is granted where the role needs one."""
    needs_code = role.value.startswith("district_health") or role is Role.CITY_HEALTH_REVIEWER
    user = open_user(role, with_code=needs_code)
    if region is not None:
        RegionGrant.objects.create(user=user, region=region, starts_on=LONG_AGO)
    if needs_code:
        return sign_in(user, with_code=True)
    client = Client()
    client.force_login(user, backend="yiyang.access.backends.PasswordWithCodeBackend")
    return client


def sign_in(user: User, *, with_code: bool = False) -> Client:
    client = Client()
    answer = client.post(
        "/account/sign-in",
        {
            "username": user.username,
            "password": PASSWORD,
            "otp_token": code_now() if with_code else "",
        },
    )
    assert answer.status_code == 302, answer.content.decode()
    return client
