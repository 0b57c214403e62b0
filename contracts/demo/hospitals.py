"""The fictitious hospitals and public-health bodies, with what changed about them."""

from __future__ import annotations

from datetime import date
from typing import Any

from contracts.demo.places import DISTRICTS, HAIBOWAN, HAINAN, WUDA
from contracts.demo.sites import Change, Register, Site
from institutions.categories import HealthCategory as Category
from institutions.models import Department, ElderlyKind, Grade, Ownership, Status

GERIATRICS, HOSPICE = Department.GERIATRICS, Department.HOSPICE
REHABILITATION = Department.REHABILITATION
CHINESE, MONGOLIAN = Department.CHINESE_MEDICINE, Department.MONGOLIAN_MEDICINE
PRIVATE = Ownership.PRIVATE_FOR_PROFIT

# 名称、类别、级别、等次、区、床位、开业年、老年医学科设立日（空为未设）、其他科室
PUBLIC_HOSPITALS = (
    ("海勃湾第一医院", "A100", 3, "B", HAIBOWAN, 820, 1998, date(2016, 5, 1), (REHABILITATION,)),
    ("黄河蒙医中医医院", "A411", 3, "B", HAIBOWAN, 460, 2001, date(2015, 6, 1), (MONGOLIAN,)),
    ("甘德尔中医医院", "A210", 2, "A", HAIBOWAN, 240, 2003, date(2018, 9, 1), (CHINESE,)),
    ("海勃湾第二医院", "A100", 2, "A", HAIBOWAN, 310, 2000, date(2019, 11, 1), ()),
    ("乌达第一医院", "A100", 2, "A", WUDA, 420, 1999, date(2018, 3, 1), (REHABILITATION,)),
    ("乌达矿区医院", "A100", 2, "B", WUDA, 350, 1997, date(2020, 10, 1), ()),
    ("乌达中蒙医医院", "A210", 2, "B", WUDA, 150, 2007, None, (CHINESE, MONGOLIAN)),
    ("海南第一医院", "A100", 2, "A", HAINAN, 260, 2002, date(2019, 4, 1), ()),
    ("海南蒙医医院", "A411", 2, "UNRATED", HAINAN, 120, 2010, date(2022, 6, 1), (MONGOLIAN,)),
    ("滨河康复医院", "A527", 2, "B", HAIBOWAN, 200, 2016, None, (REHABILITATION,)),
    ("夕照老年病医院", "A519", 2, "UNRATED", HAIBOWAN, 160, 2018, date(2018, 5, 1), (HOSPICE,)),
)
# 名称、区、床位、开业年
SMALL_HOSPITALS = (
    ("仁康医院", HAIBOWAN, 80, 2006),
    ("和润医院", HAIBOWAN, 60, 2011),
    ("晨光医院", HAIBOWAN, 50, 2014),
    ("同济路医院", HAIBOWAN, 40, 2016),
    ("长河医院", WUDA, 70, 2009),
    ("五虎山医院", WUDA, 45, 2013),
    ("拉僧仲医院", HAINAN, 50, 2012),
)
PREVENTION = (
    ("妇幼保健院", "G100", HAIBOWAN),
    ("海南妇幼保健院", "G100", HAINAN),
    ("乌达妇幼保健院", "G100", WUDA),
    ("职业病防治院", "H113", HAIBOWAN),
    ("疾病预防控制中心", "J100", HAIBOWAN),
    ("海南疾病预防控制中心", "J100", HAINAN),
    ("乌达疾病预防控制中心", "J100", WUDA),
    ("卫生监督所", "K100", HAIBOWAN),
    ("临床检验中心", "P110", HAIBOWAN),
)


def open_hospitals(register: Register) -> list[Site]:
    """Open every hospital and public-health body."""
    sites = [_public(register, place, row) for place, row in enumerate(PUBLIC_HOSPITALS)]
    sites += [_small(register, place, row) for place, row in enumerate(SMALL_HOSPITALS)]
    sites += [_raised(register), _dual_traditional(register), *_dual_nursing(register)]
    for place, (name, category, district) in enumerate(PREVENTION):
        community = nth_community(register, district, place + 3)
        sites.append(register.open(name, community, date(1995 + place, 5, 1), category=category))
    return sites


def nth_community(register: Register, district: str, number: int) -> int:
    """A community of the district, each in turn."""
    found = register.places.of_district(district)
    return found[number % len(found)]


def _public(register: Register, place: int, row: tuple[Any, ...]) -> Site:
    name, category, level, grade, district, beds, year, geriatrics_on, departments = row
    changes: list[Change] = []
    opened_on = date(year, 3 + place % 6, 1)
    own = list(departments)
    if geriatrics_on and geriatrics_on <= opened_on:
        own.append(GERIATRICS)
    elif geriatrics_on:
        changes.append((geriatrics_on, {"departments": [*own, GERIATRICS]}))
    return register.open(
        name,
        nth_community(register, district, place),
        opened_on,
        beds=beds,
        category=category,
        level=level,
        grade=Grade(grade),
        departments=own,
        changes=changes,
    )


def _small(register: Register, place: int, row: tuple[str, str, int, int]) -> Site:
    """Private first-level hospitals; one was renamed, one is suspended, one has closed."""
    name, district, beds, year = row
    histories: dict[int, list[Change]] = {
        1: [(date(2018, 8, 1), {"name": "演示和润老年康养医院"})],
        3: [
            (date(2019, 3, 1), {"status": Status.LICENCE_SUSPENDED}),
            (date(2019, 9, 1), {"status": Status.OPERATING}),
        ],
        5: [(date(2020, 6, 1), {"status": Status.CLOSED})],
    }
    return register.open(
        name,
        nth_community(register, district, place + 9),
        date(year, 9, 1),
        beds=beds,
        category=Category.A100,
        level=1,
        grade=Grade.UNRATED,
        ownership=PRIVATE,
        changes=histories.get(place, []),
    )


def _raised(register: Register) -> Site:
    """A first-level hospital raised to the second level in 2019."""
    return register.open(
        "桌子山医院",
        nth_community(register, HAINAN, 4),
        date(2008, 4, 1),
        beds=130,
        category=Category.A100,
        level=1,
        grade=Grade.A,
        changes=[
            (date(2019, 6, 1), {"level": 2, "grade": Grade.UNRATED}),
            (date(2023, 5, 1), {"grade": Grade.B, "departments": [GERIATRICS]}),
        ],
    )


def _dual_traditional(register: Register) -> Site:
    """A traditional-medicine hospital that takes in older people under its own filing."""
    return register.open(
        "千里山蒙医中医康养医院",
        nth_community(register, HAIBOWAN, 12),
        date(2014, 10, 1),
        beds=100,
        category=Category.A210,
        level=1,
        grade=Grade.UNRATED,
        ownership=Ownership.PRIVATE_NON_PROFIT,
        departments=[CHINESE, REHABILITATION],
        changes=[(date(2018, 4, 1), {"elderly_kind": ElderlyKind.CARE_HOME})],
    )


def _dual_nursing(register: Register) -> list[Site]:
    """Two nursing hospitals of one legal person each, with both certificates in one record."""
    return [
        register.open(
            f"{name}护理院",
            nth_community(register, district, 6),
            date(year, 6, 1),
            beds=beds,
            category=Category.A710,
            elderly_kind=ElderlyKind.CARE_HOME,
            ownership=Ownership.PRIVATE_NON_PROFIT,
            departments=[REHABILITATION, HOSPICE],
        )
        for name, district, beds, year in zip(
            ("夕照", "长河"), (DISTRICTS[0], DISTRICTS[2]), (90, 60), (2017, 2019), strict=True
        )
    ]
