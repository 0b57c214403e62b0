"""A small city and figures measured in it, for tests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from institutions.models import Region, RegionLevel
from institutions.tests.factories import make_region
from targets.indicators.calculation import Figure
from targets.indicators.catalogue import BY_KEY
from targets.indicators.measure import measure, tree_on

DAY = date(2017, 12, 31)
PORTAL_CODE = "150300000000"


@dataclass(frozen=True)
class City:
    """One city of two districts, each with one street of one community."""

    city: Region
    east: Region
    west: Region
    east_street: Region
    west_street: Region
    east_community: Region
    west_community: Region

    @property
    def regions(self) -> tuple[Region, ...]:
        return (
            *(self.city, self.east, self.west, self.east_street, self.west_street),
            *(self.east_community, self.west_community),
        )


def make_city() -> City:
    city = make_region("测试市", RegionLevel.CITY, code=PORTAL_CODE)
    east = make_region("东区", RegionLevel.DISTRICT, city)
    west = make_region("西区", RegionLevel.DISTRICT, city)
    east_street = make_region("东街道", RegionLevel.STREET, east)
    west_street = make_region("西街道", RegionLevel.STREET, west)
    return City(
        city=city,
        east=east,
        west=west,
        east_street=east_street,
        west_street=west_street,
        east_community=make_region("东社区", RegionLevel.COMMUNITY, east_street),
        west_community=make_region("西社区", RegionLevel.COMMUNITY, west_street),
    )


def figure_of(
    code: str, reading: str, region: Region, *, root: Region | None = None, day: date = DAY
) -> Figure:
    """One reading measured in `region`."""
    indicator = BY_KEY[code, reading]
    top = root or region
    return measure([indicator], day=day, tree=tree_on(day, top.pk))[indicator.key][region.pk]


def counted(
    code: str, reading: str, region: Region, *, day: date = DAY
) -> tuple[int | None, int | None, int, int]:
    """Numerator, denominator, excluded and missing, as a clerk lists them."""
    figure = figure_of(code, reading, region, day=day)
    return (figure.numerator, figure.denominator, figure.excluded, figure.missing)
