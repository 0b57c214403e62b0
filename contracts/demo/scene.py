"""What a demo city is made from: a seed, the day it is made for and its size."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from random import Random

from yiyang.lib.ages import birthday

PUBLISHED_ON = date(2016, 9, 30)
PUBLISHED_AGED_60 = 77_592
PUBLISHED_AGED_80 = 7_503
FIRST_DAY = date(2015, 1, 1)
# 两个目标年度都要有完整的一年，之前的日子造不出演示城市。
EARLIEST_TODAY = date(2021, 12, 31)
DECEMBER = 12

# 大表里的日子是序数（date.toordinal），几十万行的加减才快。
Ordinal = int


@dataclass(frozen=True, slots=True)
class Scene:
    """The whole city follows from these three; `aged_60` is smaller in tests only."""

    seed: int
    today: date
    aged_60: int = PUBLISHED_AGED_60

    def random(self, sentence: str) -> Random:
        """The random stream of one module: a change in one leaves the others' rows alone."""
        return Random(f"{self.seed}:{sentence}")

    def scaled(self, number: int) -> int:
        """A number of people of the full city, brought to this city's size."""
        return number * self.aged_60 // PUBLISHED_AGED_60

    def year_ends(self) -> list[date]:
        """Every 31 December from the year before the register to the last one past."""
        days = [date(year, DECEMBER, 31) for year in range(FIRST_DAY.year - 1, self.today.year + 1)]
        return [day for day in days if day <= self.today]

    def month_ends(self) -> list[date]:
        """Every month's last day from the first month of the register to `today`."""
        first_days = [
            date(year, month, 1)
            for year in range(FIRST_DAY.year, self.today.year + 2)
            for month in range(1, DECEMBER + 1)
        ]
        ends = [day - timedelta(days=1) for day in first_days[1:]]
        return [day for day in ends if day <= self.today]

    def quarter_ends(self) -> list[date]:
        """Every quarter's last day from the first quarter of the register to `today`."""
        return [day for day in self.month_ends() if day.month % 3 == 0]


@lru_cache(maxsize=65536)
def years_after(day: Ordinal, years: int) -> Ordinal:
    """The same date some years later; 29 February becomes 1 March."""
    return birthday(date.fromordinal(day), years).toordinal()


@lru_cache(maxsize=65536)
def iso(day: Ordinal) -> str:
    """The day as COPY takes it."""
    return date.fromordinal(day).isoformat()
