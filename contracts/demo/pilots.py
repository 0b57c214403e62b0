"""The five pilot projects the policy names, unverified and without anything made up about them."""

from __future__ import annotations

from datetime import date

from contracts.demo.places import CITY, HAIBOWAN, HAINAN
from contracts.demo.sites import Register
from institutions.models import PilotProject

NAMED_ON = date(2017, 2, 9)
PROJECTS = (
    ("乌海市职业病防治院", CITY),
    ("乌海市老年养护服务中心", CITY),
    ("乌海市蒙中医院二期医养结合项目", CITY),
    ("海南区人民医院医养结合项目", HAINAN),
    ("海勃湾区宜和老年公寓一期功能扩建项目", HAIBOWAN),
)


def add_pilots(register: Register) -> None:
    """Name the pilots as the policy does (rules.md 27)."""
    for name, code in PROJECTS:
        register.add(PilotProject(name=name, region=register.regions[code], named_on=NAMED_ON))
