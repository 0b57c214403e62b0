"""A quarter asked of a small city, and the people of every step, for tests of 季度监测."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from institutions.models import Institution, InstitutionGrant, Region, RegionGrant
from institutions.tests.factories import (
    LONG_AGO,
    make_beds,
    make_elderly,
    make_filing,
    make_occupancy,
)
from targets.models import QuarterlyReturn, ReturnForm, ReturnLevel, ReturnPeriod, ReturnVerb
from targets.returns.actions import fill, take_step
from targets.returns.loading import load_shipped_forms
from targets.returns.opening import open_period
from targets.returns.quarters import DueDays, Quarter
from targets.tests.factories import City
from targets.tests.task_scene import actor_of, make_user
from yiyang.access.models import User
from yiyang.access.roles import Role
from yiyang.access.scope import Actor
from yiyang.changelog.context import SYSTEM

V = ReturnVerb
SECOND = Quarter(2026, 2)
LAST_DAY = date(2026, 6, 30)
DUE = DueDays(date(2026, 7, 7), date(2026, 7, 14), date(2026, 7, 21))
TODAY = date(2026, 7, 3)
AT = datetime(2026, 7, 3, 1, 30, tzinfo=UTC)
Said = Mapping[str, tuple[int | str | None, str]]


@dataclass(frozen=True)
class ReturnScene:
    """Two homes in the east, none in the west; their people, and the city's."""

    city: City
    homes: tuple[Institution, Institution]
    people: dict[str, User]

    def actor(self, who: str, day: date = TODAY) -> Actor:
        return actor_of(self.people[who], day)

    def step(
        self, who: str, own: QuarterlyReturn, verb: ReturnVerb, text: str = "", day: date = TODAY
    ) -> QuarterlyReturn:
        actor = self.actor(who, day)
        return take_step(by=actor, quarterly_return=own, verb=verb, at=AT, text=text)

    def fill(self, who: str, own: QuarterlyReturn, said: Said, day: date = TODAY) -> None:
        entered = {
            code: (None if number is None else Decimal(number), note)
            for code, (number, note) in said.items()
        }
        fill(by=self.actor(who, day), quarterly_return=own, entered=entered)


def make_return_scene(city: City) -> ReturnScene:
    load_shipped_forms(by=SYSTEM, on=date(2026, 1, 5))
    homes = (_home(city, "东华养老院", 100), _home(city, "东泰养老院", 50))
    people = {
        "reporter": make_user(Role.INSTITUTION_REPORTER),
        "other": make_user(Role.INSTITUTION_REPORTER),
        "east": make_user(Role.DISTRICT_HEALTH_CLERK),
        "east_checker": make_user(Role.DISTRICT_HEALTH_REVIEWER),
        "west": make_user(Role.DISTRICT_HEALTH_CLERK),
        "west_checker": make_user(Role.DISTRICT_HEALTH_REVIEWER),
        "city": make_user(Role.CITY_HEALTH_CLERK),
        "city_checker": make_user(Role.CITY_HEALTH_REVIEWER),
        "leader": make_user(Role.LEADER),
        "civil": make_user(Role.CITY_CIVIL_AFFAIRS_CLERK),
    }
    for who, home in (("reporter", homes[0]), ("other", homes[1])):
        InstitutionGrant.objects.create(user=people[who], institution=home, starts_on=LONG_AGO)
    for who, region in (("east", city.east), ("west", city.west)):
        for name in (who, f"{who}_checker"):
            RegionGrant.objects.create(user=people[name], region=region, starts_on=LONG_AGO)
    return ReturnScene(city, homes, people)


def _home(city: City, name: str, beds: int) -> Institution:
    home = make_elderly(city.east_community, name=name)
    make_filing(home, beds)
    make_beds(home, LAST_DAY, beds, nursing=beds // 4)
    make_occupancy(home, LAST_DAY, beds // 2)
    return home


def form_in_use() -> ReturnForm:
    return ReturnForm.objects.get()


def opened(scene: ReturnScene, quarter: Quarter = SECOND, due: DueDays = DUE) -> ReturnPeriod:
    return open_period(by=scene.actor("city"), quarter=quarter, due=due)


def of_home(period: ReturnPeriod, home: Institution) -> QuarterlyReturn:
    return QuarterlyReturn.objects.get(period=period, institution=home)


def of_region(period: ReturnPeriod, region: Region) -> QuarterlyReturn:
    return QuarterlyReturn.objects.get(period=period, region=region, institution=None)


def of_city(period: ReturnPeriod) -> QuarterlyReturn:
    return QuarterlyReturn.objects.get(period=period, level=ReturnLevel.CITY)


HAND: Said = {"23": (12, ""), "24": (3, "")}
# 登记与批次里没有的，区里手工填 0。
ZEROS: Said = dict.fromkeys(("01", "02", "03", "04", "05", "06", "07", "08"), (0, ""))
PEOPLE: Said = {"14": (0, ""), "15": (0, "")}


def homes_reviewed(scene: ReturnScene, period: ReturnPeriod) -> None:
    for who, home in zip(("reporter", "other"), scene.homes, strict=True):
        own = of_home(period, home)
        scene.fill(who, own, HAND)
        scene.step(who, own, V.SUBMIT)
        scene.step("east_checker", own, V.REVIEW)


def districts_reviewed(scene: ReturnScene, period: ReturnPeriod) -> None:
    homes_reviewed(scene, period)
    for who, region in (("east", scene.city.east), ("west", scene.city.west)):
        own = of_region(period, region)
        scene.step(who, own, V.FETCH)
        empty = {one.item.code: (0, "") for one in own.values.filter(value=None)}
        scene.fill(who, own, empty)
        scene.step(who, own, V.SUBMIT)
        scene.step(f"{who}_checker", own, V.REVIEW)


def locked(scene: ReturnScene, period: ReturnPeriod) -> QuarterlyReturn:
    districts_reviewed(scene, period)
    own = of_city(period)
    scene.step("city", own, V.FETCH)
    empty = {one.item.code: (0, "") for one in own.values.filter(value=None)}
    scene.fill("city", own, empty)
    scene.step("city", own, V.SUBMIT)
    return scene.step("city_checker", own, V.LOCK)


def published(scene: ReturnScene, period: ReturnPeriod) -> QuarterlyReturn:
    return scene.step("city_checker", locked(scene, period), V.PUBLISH)
