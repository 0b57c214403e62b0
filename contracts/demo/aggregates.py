"""The monthly returns of sign-ups of people under 60, per street, some of them missing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from contracts.demo.places import HAINAN, WUDA, Places
from contracts.demo.populations import apportioned, district_totals
from contracts.demo.scene import Scene
from contracts.models import AggregateGroup

# 到各年末的签约率（千分比），年内逐月递增。
ALL_SIGNED = (40, 90, 190, 335, 350, 370, 392, 410, 425, 440, 452, 464, 475, 485)
KEY_SIGNED = (60, 160, 360, 600, 622, 648, 672, 690, 706, 718, 730, 742, 752, 760)
FIRST_YEAR = 2014
BEHIND = {HAINAN: 70, WUDA: 6}
# 60 岁以下重点人群（儿童、孕产妇、患者、残疾人、计生特殊家庭等）占 60 岁以下人口的千分比。
KEY_SHARE = 236
UNDER_60_SHARE = 853
MISSING_LATELY = ("150303103000", 2)
MISSING = {"150302008000": ((2019, 5), (2019, 6), (2023, 2)), "150304009000": ((2018, 8),)}


@dataclass(frozen=True, slots=True)
class Return:
    """One street's figure for one month's end and group."""

    street: str
    day: date
    group: AggregateGroup
    signed: int
    population: int


def under_60(places: Places, day: date) -> dict[str, int]:
    """People under 60 per street, from the last year-end's district totals."""
    found: dict[str, int] = {}
    year_end = date(day.year, 12, 31)
    for district, total in district_totals(year_end).items():
        weights = {
            street: 1 + round(sum(places.weights[index] for index in communities) * 1000)
            for street, communities in places.streets().items()
            if places.communities[communities[0]].district == district
        }
        found |= apportioned(total * UNDER_60_SHARE // 1000, weights)
    return found


def key_under_60(places: Places, days: list[date]) -> dict[tuple[date, str], int]:
    """Key-group heads under 60 per day and district."""
    found: dict[tuple[date, str], int] = {}
    streets = places.streets()
    for day in days:
        for street, people in under_60(places, day).items():
            district = places.communities[streets[street][0]].district
            found[day, district] = found.get((day, district), 0) + people * KEY_SHARE // 1000
    return found


def make_returns(scene: Scene, places: Places) -> Iterator[Return]:
    """Both groups of every street and month, but for those missing."""
    streets = places.streets()
    days = scene.month_ends()
    for place, day in enumerate(days):
        is_late = place >= len(days) - MISSING_LATELY[1]
        for street, people in under_60(places, day).items():
            if (day.year, day.month) in MISSING.get(street, ()):
                continue
            if is_late and street == MISSING_LATELY[0]:
                continue
            behind = BEHIND.get(places.communities[streets[street][0]].district, 0)
            key = people * KEY_SHARE // 1000
            yield _return(street, day, AggregateGroup.UNDER_60, people, ALL_SIGNED, behind // 2)
            yield _return(street, day, AggregateGroup.KEY_UNDER_60, key, KEY_SIGNED, behind)


def _return(
    street: str,
    day: date,
    group: AggregateGroup,
    people: int,
    rates: tuple[int, ...],
    behind: int,
) -> Return:
    """Signed by the month's share of the year's rise."""
    year = min(day.year - FIRST_YEAR, len(rates) - 1)
    rate = rates[year - 1] + (rates[year] - rates[year - 1]) * day.month // 12
    return Return(street, day, group, people * max(10, rate - behind) // 1000, people)
