"""Editions made as an office makes them, for the tests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

from targets.editions.actions import propose_edition, publish_edition
from targets.models import Edition, IndicatorRun
from targets.tests.page_scene import DUE_DAY
from yiyang.access.models import User
from yiyang.access.roles import ROLES, Role
from yiyang.access.scope import Actor
from yiyang.access.tests.accounts import open_user

TITLE = "2017年度医养结合指标"
FIRST_DAY = date(2017, 1, 1)
AT = datetime(2018, 1, 10, tzinfo=UTC)


def actor_of(user: User, day: date = date(2018, 1, 10)) -> Actor:
    definition = ROLES[Role(user.role)]
    return Actor(
        day, user.pk, Role(user.role), definition.permissions, whole_city=definition.whole_city
    )


@dataclass(frozen=True)
class Office:
    """Two people of the city's health commission."""

    clerk: Actor
    reviewer: Actor


def make_office() -> Office:
    return Office(
        actor_of(open_user(Role.CITY_HEALTH_CLERK)), actor_of(open_user(Role.CITY_HEALTH_REVIEWER))
    )


def run_on_due_day() -> IndicatorRun:
    return IndicatorRun.objects.filter(as_of=DUE_DAY).latest("pk")


def propose(office: Office, run: IndicatorRun | None = None, title: str = TITLE) -> Edition:
    return propose_edition(
        by=office.clerk, run=run or run_on_due_day(), title=title, first_day=FIRST_DAY
    )


def publish(office: Office, run: IndicatorRun | None = None, title: str = TITLE) -> Edition:
    return publish_edition(by=office.reviewer, edition=propose(office, run, title), at=AT)
