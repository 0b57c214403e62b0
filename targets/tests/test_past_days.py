"""A past day measured again after each dated attribute has changed gives the same figures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from contracts.models import AggregateGroup, DoctorTeam, PartnershipAgreement, Person
from contracts.tests.factories import (
    make_aggregate,
    make_agreement,
    make_health_management,
    make_key_group,
    make_person,
    make_residence,
    make_sickbed,
    make_signup,
    make_team,
)
from institutions.models import Institution, PilotProject, RegionPlacement
from institutions.tests.factories import (
    make_beds,
    make_care,
    make_channel,
    make_elderly,
    make_filing,
    make_health,
    make_licence,
    make_occupancy,
    make_pilot,
    make_population,
)
from targets.indicators.catalogue import CATALOGUE
from targets.indicators.measure import Figures, measure, tree_on
from targets.tests.factories import DAY, City

NEXT_DAY = date(2018, 1, 1)
PLACE = "安康路 2 号"


@dataclass(frozen=True)
class Scene:
    """One of each thing an indicator reads, all of it counting on DAY."""

    city: City
    hospital: Institution
    traditional: Institution
    home: Institution
    centre: Institution
    elderly_centre: Institution
    team: DoctorTeam
    agreement: PartnershipAgreement
    person: Person
    pilot: PilotProject


@pytest.fixture
def scene(city: City) -> Scene:
    east, west = city.east_community, city.west_community
    geriatrics = {"level": 2, "departments": ["GERIATRICS"]}
    hospital = make_health(west, "A100", **geriatrics)
    traditional = make_health(east, "A411", address=PLACE)
    centre = make_health(west, "B100")
    for institution in (hospital, traditional, centre):
        make_licence(institution)
    make_channel(hospital)
    home = _home(city)
    elderly_centre = make_elderly(east, "STREET_ELDERLY_CENTRE")
    team = make_team(centre, east)
    return Scene(
        city=city,
        hospital=hospital,
        traditional=traditional,
        home=home,
        centre=centre,
        elderly_centre=elderly_centre,
        team=team,
        agreement=make_agreement(centre, elderly_centre),
        person=_person(city, team, centre),
        pilot=make_pilot(east, in_use_on=DAY, verified_on=DAY),
    )


def _home(city: City) -> Institution:
    home = make_elderly(city.east_community, address=PLACE)
    make_filing(home)
    make_care(home, gives_rehabilitation=True)
    make_beds(home, date(2017, 12, 1), 50, nursing=20)
    make_occupancy(home, date(2017, 11, 30), 30)
    return home


def _person(city: City, team: DoctorTeam, centre: Institution) -> Person:
    person = make_person(city.east_community)
    make_signup(person, team)
    make_sickbed(person, centre)
    make_health_management(person, centre)
    younger = make_person(city.east_community, born_on=date(1955, 1, 1))
    make_signup(younger, team)
    make_key_group(younger)
    for group in ("TOTAL", "AGED_60", "AGED_65", "KEY"):
        make_population(city.city, group, 1000)
    for aggregate in AggregateGroup:
        make_aggregate(city.east_street, aggregate, 70, DAY)
    return person


def become(institution: Institution, **changes: Any) -> None:
    """From the next day on the institution is something else."""
    profile = institution.profiles.get()
    institution.profiles.update(ends_on=DAY)
    profile.pk, profile.starts_on = None, NEXT_DAY
    profile._state.adding = True
    for field, value in changes.items():
        setattr(profile, field, value)
    profile.save()


def move(person: Person, **fields: Any) -> None:
    region = fields.pop("region", person.residences.get().region)
    person.residences.update(ends_on=DAY)
    make_residence(person, region, starts_on=NEXT_DAY, **fields)


def end(facts: Any) -> None:
    facts.update(ends_on=DAY)


def terminate(rows: Any) -> None:
    rows.update(terminated_on=NEXT_DAY, termination_reason="测试")


# 次日起的变化 → 次日不同的指标
Change = Callable[[Scene], Any]
CHANGES: list[tuple[str, str, Change]] = [
    ("机构停业", "GC17", lambda s: become(s.hospital, status="SUSPENDED")),
    ("机构迁到另一区", "GC17", lambda s: become(s.hospital, region=s.city.east_community)),
    ("类别改变", "GC17", lambda s: become(s.hospital, category="J100")),
    ("级别改变", "GERI", lambda s: become(s.hospital, level=1)),
    ("科室撤销", "GERI", lambda s: become(s.hospital, departments=[])),
    ("许可证到期", "GC17", lambda s: end(s.hospital.licences)),
    ("绿色通道停办", "GC17", lambda s: end(s.hospital.green_channels)),
    ("绿色通道次日才补全", "GC20", lambda s: make_channel(s.centre, starts_on=NEXT_DAY)),
    ("养老院改为日间照料", "EL20", lambda s: become(s.home, elderly_kind="DAY_CARE_CENTRE")),
    ("养老备案到期", "EL17", lambda s: end(s.home.licences)),
    ("养老院搬走", "DUAL", lambda s: become(s.home, address="别处")),
    ("医院搬走", "TM12", lambda s: become(s.traditional, address="别处")),
    ("改由医疗方举办", "PAIR", lambda s: become(s.elderly_centre, host=s.centre)),
    ("巡诊停止", "EL17", lambda s: end(s.home.care_services)),
    ("新的床位报告", "BD20", lambda s: make_beds(s.home, NEXT_DAY, 60, nursing=9)),
    ("新的在住报告", "OCCU", lambda s: make_occupancy(s.home, date(2018, 1, 31), 9)),
    ("解约", "PAIR", lambda s: terminate(type(s.agreement).objects)),
    ("团队解散", "TEAM", lambda s: end(DoctorTeam.objects)),
    ("团队调走", "HC90", lambda s: end(s.team.areas)),
    ("死亡", "FD17", lambda s: Person.objects.update(died_on=NEXT_DAY)),
    ("迁出", "HBED", lambda s: move(s.person, kind="LEFT")),
    ("迁到另一区", "FD17", lambda s: move(s.person, region=s.city.west_community)),
    ("住进养老院", "HC90", lambda s: move(s.person, institution=s.home)),
    ("签约解除", "FD20", lambda s: terminate(s.person.signups)),
    ("退出重点人群", "FD17", lambda s: _leave_key_groups()),
    ("撤床", "HBED", lambda s: end(s.person.home_sickbeds)),
    ("公布新的人口", "FD17", lambda s: _publish(s.city, NEXT_DAY)),
    ("新的街道月报", "FD17", lambda s: _return(s.city, NEXT_DAY)),
    ("新列一个试点", "PJ05", lambda s: make_pilot(s.city.east, named_on=NEXT_DAY)),
    ("社区划归另一街道", "PAIR", lambda s: _transfer(s.city)),
]


def _leave_key_groups() -> None:
    for person in Person.objects.filter(key_groups__isnull=False):
        end(person.key_groups)


def _publish(city: City, day: date) -> None:
    for group in ("TOTAL", "AGED_60", "AGED_65", "KEY"):
        make_population(city.city, group, 2000, day)


def _return(city: City, day: date) -> None:
    for aggregate in AggregateGroup:
        make_aggregate(city.east_street, aggregate, 99, day)


def _transfer(city: City) -> None:
    RegionPlacement.objects.filter(region=city.east_community).update(ends_on=DAY)
    RegionPlacement.objects.create(
        region=city.east_community, parent=city.west_street, starts_on=NEXT_DAY
    )


@pytest.mark.parametrize(
    ("case", "code", "change"), CHANGES, ids=[f"{row[1]}-{row[0]}" for row in CHANGES]
)
def test_a_past_day_stays_as_it_was(scene: Scene, case: str, code: str, change: Change) -> None:
    before = figures(scene, code, DAY)
    change(scene)
    assert figures(scene, code, DAY) == before
    assert figures(scene, code, date(2018, 1, 31)) != before


def figures(scene: Scene, code: str, day: date) -> dict[tuple[str, str], Figures]:
    readings = [record for record in CATALOGUE if record.code == code]
    return measure(readings, day=day, tree=tree_on(day, scene.city.city.pk))


def test_every_indicator_counts_something_in_the_scene(scene: Scene) -> None:
    """Without this the table above could agree on nothing at all."""
    tree = tree_on(DAY, scene.city.city.pk)
    measured = measure(CATALOGUE, day=DAY, tree=tree)
    empty = {code for (code, _), by_region in measured.items()} - {
        code for (code, _), by_region in measured.items() if by_region[scene.city.city.pk].numerator
    }
    assert empty == set()
