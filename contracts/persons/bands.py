"""Age bands, from birth dates and a day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from django.db.models import Q

from yiyang.lib.ages import age_on, birth_cutoff

# 名单里每人落在一段里；最后一段没有上限。
BANDS: Final = ((60, 64), (65, 69), (70, 74), (75, 79), (80, 84), (85, 89), (90, None))
YOUNGER: Final = "60 岁以下"
# 筛选另给两个政策年龄：65 岁、80 岁及以上。
SPANS: Final[Mapping[str, tuple[int, int | None]]] = {
    "65+": (65, None),
    "80+": (80, None),
    **{(f"{low}-{high}" if high else f"{low}+"): (low, high) for low, high in BANDS},
}


def span_title(low: int, high: int | None) -> str:
    return f"{low}—{high} 岁" if high else f"{low} 岁及以上"


def band_of(born_on: date, day: date) -> str:
    """The band of someone born then, on `day`."""
    if day < born_on:
        return YOUNGER
    age = age_on(born_on, day)
    for low, high in BANDS:
        if age >= low and (high is None or age <= high):
            return span_title(low, high)
    return YOUNGER


def aged(code: str, day: date) -> Q:
    """The condition "within the span on `day`", both ends included."""
    low, high = SPANS[code]
    of_age = Q(born_on__lte=birth_cutoff(day, low))
    return of_age if high is None else of_age & Q(born_on__gt=birth_cutoff(day, high + 1))
