"""Yearly health management of people aged 65 and over, and home sickbeds."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterator
from datetime import date

from contracts.demo.places import HAINAN, WUDA, Places
from contracts.demo.scene import FIRST_DAY, Ordinal, Scene, years_after
from contracts.demo.stays import Life

# 全年四项都完成的人的份额，略高于要显示的管理率：当年满 65 岁而体检日未到的人只在分母里。
COMPLETE = {2015: 0.632, 2016: 0.658, 2017: 0.694, 2018: 0.71, 2019: 0.722, 2020: 0.742}
COMPLETE |= {2021: 0.727, 2022: 0.696, 2023: 0.728}
COMPLETE_LATER = 0.732
BEHIND = {HAINAN: 0.045, WUDA: 0.005}
INCOMPLETE = 0.045
AGE = 65
FIRST_EXAM, LAST_EXAM = 45, 330
MISSING_PARTS = ((2, 0.5), (3, 0.9), (0, 1.0))
SICKBED_SHARE = 0.006
SICKBED_DAYS = (40, 900)

# 人、年度、建档日、体检日、指导日、表格填写完整日
Managed = tuple[int, int, list[Ordinal | None]]


def managed(scene: Scene, places: Places, lives: list[Life]) -> Iterator[Managed]:
    """One record at most per person and year, made where the person lives on the exam day."""
    random = scene.random("health")
    today = scene.today.toordinal()
    new_years = [date(y, 1, 1).toordinal() for y in range(FIRST_DAY.year, scene.today.year + 1)]
    for person, life in enumerate(lives):
        if life.duplicate_of is not None:
            continue
        from_day = max(years_after(life.born, AGE), life.stays[0].starts)
        for place in range(max(0, bisect(new_years, from_day) - 1), len(new_years)):
            year = FIRST_DAY.year + place
            chance = random.random()
            exam = new_years[place] + random.randint(FIRST_EXAM, LAST_EXAM)
            district = places.communities[life.stays[0].community].district
            rate = COMPLETE.get(year, COMPLETE_LATER) - BEHIND.get(district, 0.0)
            if chance >= rate + INCOMPLETE or not from_day <= exam <= today:
                continue
            if life.is_usual_resident_on(exam):
                # 体检后三周内填完表格；还没填完的，今天看来就是不完整。
                completed = exam + int(chance * 1000) % 21
                parts: list[Ordinal | None] = [max(new_years[place], exam - 10), exam, exam]
                parts.append(completed if completed <= today else None)
                if chance >= rate:
                    parts[_missing(random.random())] = None
                yield person, year, parts


def _missing(chance: float) -> int:
    return next(part for part, up_to in MISSING_PARTS if chance < up_to)


def sickbeds(scene: Scene, lives: list[Life]) -> Iterator[tuple[int, Ordinal, Ordinal | None]]:
    """Home sickbeds: person, opened, last day; those opened lately are open still."""
    random = scene.random("sickbeds")
    today = scene.today.toordinal()
    for person, life in enumerate(lives):
        if random.random() >= SICKBED_SHARE or life.duplicate_of is not None:
            continue
        opened = max(years_after(life.born, 68), life.stays[0].starts) + random.randrange(1500)
        if opened >= today or not life.is_usual_resident_on(opened):
            continue
        last = opened + random.randint(*SICKBED_DAYS)
        if life.died is not None:
            last = min(last, max(opened, life.died - 1))
        yield person, opened, last if last <= today else None
