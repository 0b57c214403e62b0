"""Population figures: the published ones, and plainly invented ones beside them."""

from __future__ import annotations

from collections import Counter
from datetime import date

from contracts.demo.places import CITY, DISTRICTS, HAIBOWAN, HAINAN, WUDA
from contracts.demo.scene import PUBLISHED_AGED_60, PUBLISHED_AGED_80, PUBLISHED_ON
from institutions.models import Population, PopulationBasis, PopulationGroup, Region

INVENTED = "演示推算，非公布数"
POLICY = "乌海政办发〔2017〕9号：截至 2016 年 9 月底（原文未写常住或户籍）"
BULLETIN = "乌海市统计局：2021 年末常住人口"
CENSUS_DAY = date(2021, 12, 31)
PUBLISHED_TOTAL = {CITY: 558_100, HAIBOWAN: 341_000, WUDA: 122_400, HAINAN: 94_700}
PUBLISHED_AGED_65 = 67_500
TOTALS = {
    2014: 555_400,
    2015: 556_300,
    2016: 558_200,
    2017: 559_300,
    2018: 560_000,
    2019: 559_600,
    2020: 558_800,
}
TOTAL_LATER, YEARLY_LOSS = 558_100, 350
# 这一年末全市 65 岁及以上与三区之和不符，供数据质量核查发现。
DISAGREEING_YEAR, DISAGREEMENT = 2019, 41

Group = PopulationGroup
Counts = dict[tuple[date, str, Group], int]


def district_totals(day: date) -> dict[str, int]:
    """The total population of each district at a year's end; they sum to the city's."""
    later = TOTAL_LATER - YEARLY_LOSS * (day.year - CENSUS_DAY.year)
    total = TOTALS.get(day.year, later)
    shares = {code: PUBLISHED_TOTAL[code] for code in DISTRICTS}
    return apportioned(total, shares)


def apportioned(total: int, weights: dict[str, int]) -> dict[str, int]:
    """Divide a total by weights into integers that sum to it (largest remainders)."""
    whole = sum(weights.values())
    parts = {code: total * weight // whole for code, weight in weights.items()}
    by_remainder = sorted(weights, key=lambda code: -(total * weights[code] % whole))
    for code in by_remainder[: total - sum(parts.values())]:
        parts[code] += 1
    return parts


def make_populations(
    older: Counter[tuple[date, str, Group]], key_under_60: dict[tuple[date, str], int]
) -> Counts:
    """Figures by year-end, district and group; `older` counts the residents of 60 and over."""
    days = sorted({day for day, _, _ in older})
    counts: Counts = {}
    for day in days:
        totals = district_totals(day)
        for district in DISTRICTS:
            counts[day, district, Group.TOTAL] = totals[district]
            for group in (Group.AGED_60, Group.AGED_65, Group.AGED_80):
                counts[day, district, group] = older[day, district, group]
            key = older[day, district, Group.KEY] + key_under_60[day, district]
            counts[day, district, Group.KEY] = key
        if day == CENSUS_DAY:
            weights = {d: max(1, older[day, d, Group.AGED_65]) for d in DISTRICTS}
            for district, people in apportioned(PUBLISHED_AGED_65, weights).items():
                counts[day, district, Group.AGED_65] = people
    return _with_city(counts, days)


def _with_city(counts: Counts, days: list[date]) -> Counts:
    for day in days:
        for group in (Group.TOTAL, Group.AGED_60, Group.AGED_65, Group.AGED_80, Group.KEY):
            people = sum(counts[day, district, group] for district in DISTRICTS)
            if group is Group.AGED_65 and day.year == DISAGREEING_YEAR:
                people += DISAGREEMENT
            counts[day, CITY, group] = people
    counts[PUBLISHED_ON, CITY, Group.AGED_60] = PUBLISHED_AGED_60
    counts[PUBLISHED_ON, CITY, Group.AGED_80] = PUBLISHED_AGED_80
    return counts


def population_rows(counts: Counts, regions: dict[str, Region]) -> list[Population]:
    """The figures as rows, each with its own day and source."""
    return [
        Population(
            region=regions[code],
            group=group,
            basis=PopulationBasis.USUAL,
            counted_on=day,
            people=people,
            source=_source(day, code, group),
        )
        for (day, code, group), people in counts.items()
    ]


def _source(day: date, code: str, group: Group) -> str:
    if day == PUBLISHED_ON:
        return POLICY
    is_published = group is Group.TOTAL or (group is Group.AGED_65 and code == CITY)
    return BULLETIN if day == CENSUS_DAY and is_published else INVENTED
