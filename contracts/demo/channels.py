"""Green channels for older people, opened one institution after another, some in part only."""

from __future__ import annotations

from datetime import date, timedelta

from contracts.demo.sites import ONE_DAY, Register, Site
from institutions.categories import HealthGroup, categories_of
from institutions.models import ChannelStep, GreenChannel

SET = (
    HealthGroup.HOSPITAL,
    HealthGroup.COMMUNITY_HEALTH,
    HealthGroup.TOWNSHIP_HEALTH,
    HealthGroup.OUTPATIENT,
    HealthGroup.MATERNAL_CHILD,
    HealthGroup.SPECIALISED_PREVENTION,
)
SMALL = (HealthGroup.CLINIC, HealthGroup.VILLAGE_CLINIC)
STEPS = list(ChannelStep.values)
FULL, PART = STEPS[:4], STEPS[:2]
# 到各年末已开通的千分比；其余的一家只开通了一部分，一家没有开通。
OPENED = ((2015, 250), (2016, 560), (2017, 885), (2018, 940), (2019, 970), (2020, 1000))
SMALL_SHARE = 0.4
FIRST_DATES = 14


def add_channels(register: Register) -> None:
    """Open the channels so that each target year shows a figure short of perfect."""
    random = register.scene.random("channels")
    categories = categories_of(SET)
    sites = [site for site in register.sites if site.category in categories]
    random.shuffle(sites)
    never, partly, *opening = sites
    del never
    _add(register, partly, date(2017, 5, 1), None, PART)
    for place, site in enumerate(opening):
        year = next(year for year, share in OPENED if place * 1000 < share * len(opening))
        day = date(year, 1, 1) + timedelta(days=random.randrange(FIRST_DATES, 345))
        _open(register, site, max(day, site.opened_on + timedelta(days=20)), place)
    for site in register.sites:
        if site.category in categories_of(SMALL) and random.random() < SMALL_SHARE:
            day = date(2016 + random.randrange(5), 6, 1)
            _add(register, site, max(day, site.opened_on), None, FULL)


def _open(register: Register, site: Site, day: date, place: int) -> None:
    """Some began with two steps and covered the rest later; hospitals cover every step."""
    if place % 9 == 0:
        _add(register, site, day - timedelta(days=15), day - ONE_DAY, PART)
    _add(register, site, day, None, STEPS if site.beds else FULL)


def _add(
    register: Register, site: Site, starts_on: date, ends_on: date | None, steps: list[str]
) -> None:
    if starts_on <= register.scene.today:
        register.add(
            GreenChannel(
                institution=site.institution, steps=steps, starts_on=starts_on, ends_on=ends_on
            )
        )
