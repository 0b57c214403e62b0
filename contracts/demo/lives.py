"""What befalls an older person year by year: moving, leaving, entering a home, dying."""

from __future__ import annotations

from bisect import bisect
from dataclasses import dataclass
from random import Random

from contracts.demo.places import Places
from contracts.demo.scene import Ordinal
from contracts.demo.stays import Life
from contracts.models import ResidenceKind

# 每年死亡的机会，按年龄段；总体上使 2021 年末 65 岁及以上约为公布的 6.75 万。
AGES = (65, 70, 75, 80, 85)
DYING = (0.0065, 0.0115, 0.020, 0.036, 0.064, 0.115)
ENTERING_HOME = (0.0005, 0.001, 0.002, 0.004, 0.008, 0.012)
MOVING = 0.011
LEAVING = 0.003
COMING_BACK = 0.15
YEAR = 365


@dataclass(frozen=True, slots=True)
class Home:
    """An elderly-care home people can live in, with its community and its first day."""

    community: int
    opened: Ordinal


def live(
    life: Life,
    random: Random,
    places: Places,
    homes: list[Home],
    from_day: Ordinal,
    today: Ordinal,
) -> None:
    """Let the years from `from_day` to `today` pass, at most one event a year."""
    for year_start in range(from_day, today + 1, YEAR):
        chance = random.random()
        day = year_start + random.randrange(YEAR)
        if day > today:
            return
        band = bisect(AGES, (day - life.born) / 365.25)
        if chance < DYING[band]:
            life.die(day)
            return
        chance -= DYING[band]
        if chance < ENTERING_HOME[band]:
            _enter_home(life, random, homes, day)
        elif chance < ENTERING_HOME[band] + MOVING:
            life.move(day, places.draw(random))
        elif chance < ENTERING_HOME[band] + MOVING + LEAVING:
            _leave(life, random, day, today)


def _enter_home(life: Life, random: Random, homes: list[Home], day: Ordinal) -> None:
    index = random.randrange(len(homes))
    home = homes[index]
    if home.opened <= day and life.stays[-1].kind == ResidenceKind.USUAL:
        life.move(day, home.community, home=index, reason="入住养老机构")


def _leave(life: Life, random: Random, day: Ordinal, today: Ordinal) -> None:
    """Leave the city for good or keep the household here; a few come back."""
    if life.stays[-1].kind != ResidenceKind.USUAL or life.stays[-1].starts >= day:
        return
    is_registered = random.random() < 0.4
    kind = ResidenceKind.REGISTERED if is_registered else ResidenceKind.LEFT
    community = life.stays[-1].community
    life.leave(day, kind, "随子女居住外地" if is_registered else "迁出本市")
    back = day + random.randint(200, 900)
    if random.random() < COMING_BACK and back <= today:
        life.move(back, community, reason="返回居住")
