"""The fictitious primary-care institutions: health centres, stations, outpatient units, clinics."""

from __future__ import annotations

from datetime import date

from contracts.demo.hospitals import nth_community
from contracts.demo.places import DISTRICTS, HAIBOWAN, HAINAN, WUDA
from contracts.demo.sites import Change, Register, Site
from institutions.categories import HealthCategory as Category
from institutions.models import Ownership, Status

PRIVATE = Ownership.PRIVATE_FOR_PROFIT
CENTRE_BEDS = 20
STATIONS = {HAIBOWAN: 16, HAINAN: 5, WUDA: 9}
# 海勃湾区、海南区、乌达区各有几所
OUTPATIENT = {Category.D110: (6, 2, 3), Category.D120: (2, 1, 1)}
CLINICS = {Category.D211: (22, 7, 11), Category.D212: (7, 2, 3), Category.D300: (3, 2, 2)}
CLOSED_CLINICS = (5, 17, 29)


def open_health_centres(register: Register) -> list[Site]:
    """A community health centre or township hospital for each peopled street, stations between."""
    sites: list[Site] = []
    for place, (street, communities) in enumerate(sorted(register.places.streets().items())):
        community = max(communities, key=lambda index: register.places.weights[index])
        if register.places.weights[community] < 0.2:
            continue
        name = register.regions[street].name
        is_town = name.endswith("镇")
        sites.append(
            register.open(
                name.removesuffix("街道") + ("卫生院" if is_town else "社区卫生服务中心"),
                community,
                date(2003 + place % 9, 4, 1),
                beds=CENTRE_BEDS,
                category=Category.C220 if is_town else Category.B100,
                changes=_renamed_centre(place),
            )
        )
    return sites + _stations(register)


def _renamed_centre(place: int) -> list[Change]:
    if place == 0:
        return [(date(2021, 3, 1), {"name": "演示凤凰岭社区医院"})]
    return []


def _stations(register: Register) -> list[Site]:
    """Stations in the larger communities; one opened late, one stood still for a while."""
    sites: list[Site] = []
    for district, number in STATIONS.items():
        for place, community in enumerate(register.places.of_district(district)[:number]):
            changes: list[Change] = []
            if place == number - 1:
                changes = [
                    (date(2020, 2, 1), {"status": Status.SUSPENDED}),
                    (date(2020, 9, 1), {"status": Status.OPERATING}),
                ]
            name = register.places.communities[community].name.removesuffix("居委会")
            sites.append(
                register.open(
                    f"{name}卫生服务站",
                    community,
                    date(2018 if place == number - 2 else 2009 + place % 5, 7, 1),
                    category=Category.B200,
                    changes=changes,
                )
            )
    return sites


def open_outpatient_units(register: Register) -> list[Site]:
    """Outpatient departments."""
    return _open_each(register, OUTPATIENT, "门诊部", 2010)


def open_clinics(register: Register) -> list[Site]:
    """Clinics of towns and villages."""
    return [*_open_each(register, CLINICS, "诊所", 2006), *_village_clinics(register)]


def _open_each(
    register: Register, kinds: dict[Category, tuple[int, int, int]], word: str, year: int
) -> list[Site]:
    sites: list[Site] = []
    for category, numbers in kinds.items():
        for district, number in zip(DISTRICTS, numbers, strict=True):
            for _ in range(number):
                place = len(sites)
                changes: list[Change] = []
                if word == "诊所" and place in CLOSED_CLINICS:
                    changes = [(date(2017 + place % 4, 11, 1), {"status": Status.CLOSED})]
                sites.append(
                    register.open(
                        f"{GIVEN[place % len(GIVEN)]}{category.label}{place + 1:02d}",
                        nth_community(register, district, place * 3),
                        date(year + place % 12, 1 + place % 12, 1),
                        category=category,
                        ownership=PRIVATE,
                        changes=changes,
                    )
                )
    return sites


GIVEN = ("安和", "百草", "春晖", "德泽", "恩泽", "福寿", "广济", "惠民", "济世", "康乐", "明德")


def _village_clinics(register: Register) -> list[Site]:
    """One in every village."""
    places = register.places
    return [
        register.open(
            f"{community.name.split('村')[0]}村卫生室",
            index,
            date(2008 + index % 7, 5, 1),
            category=Category.D600,
            ownership=Ownership.PUBLIC,
        )
        for index, community in enumerate(places.communities)
        if "村" in community.name
    ]
