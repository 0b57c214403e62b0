"""What clerks do to the registers all day long, at random, for tests of the feed."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta

from contracts.tests.factories import make_agreement
from institutions import actions
from institutions.models import Institution, InstitutionProfile, Region
from institutions.tests.factories import make_elderly, make_filing, make_health
from targets.tests.factories import DAY, City
from yiyang.changelog.context import SYSTEM
from yiyang.dated import hold_from, void

TODAY = date(2026, 11, 24)
Deed = Callable[[random.Random, City, list[Institution]], None]


def open_home(chance: random.Random, city: City, homes: list[Institution]) -> None:
    home = make_elderly(chance.choice((city.east_street, city.west_street)))
    make_filing(home)
    homes.append(home)


def count_beds(chance: random.Random, city: City, homes: list[Institution]) -> None:
    if homes:
        actions.report_beds(
            by=SYSTEM,
            institution=chance.choice(homes),
            counted_on=DAY + timedelta(days=chance.randint(0, 3)),
            register="CIVIL_AFFAIRS",
            basis="ACTUAL",
            total=chance.randint(1, 99),
        )


def move_home(chance: random.Random, city: City, homes: list[Institution]) -> None:
    if homes:
        region = chance.choice((city.east_community, city.west_community))
        move(chance.choice(homes), region, TODAY - timedelta(days=chance.randint(0, 2)))


def void_home(chance: random.Random, city: City, homes: list[Institution]) -> None:
    if homes:
        void(by=SYSTEM, fact=homes.pop(chance.randrange(len(homes))), reason="错登")


def sign(chance: random.Random, city: City, homes: list[Institution]) -> None:
    if homes:
        make_agreement(make_health(city.west_street), chance.choice(homes))


def move(institution: Institution, region: Region, on: date) -> None:
    profile = InstitutionProfile.objects.kept().filter(institution=institution).latest("starts_on")
    hold_from(
        by=SYSTEM,
        model=InstitutionProfile,
        keys={"institution": institution},
        starts_on=on,
        values={
            "region": region,
            "name": profile.name,
            "status": profile.status,
            "elderly_kind": profile.elderly_kind,
            "category": profile.category,
        },
    )


DEEDS: tuple[Deed, ...] = (open_home, count_beds, move_home, move_home, void_home, sign)
