"""How many older residents stood in each district at each year's end."""

from __future__ import annotations

from collections import Counter
from datetime import date

from contracts.demo.places import Places
from contracts.demo.scene import FIRST_DAY, Scene
from contracts.demo.stays import Life
from contracts.models import ResidenceKind
from institutions.models import PopulationGroup as Group
from yiyang.lib.ages import birth_cutoff

AGES = ((60, Group.AGED_60), (65, Group.AGED_65), (80, Group.AGED_80))
KEY_AGE = 65


def count_older(
    scene: Scene, places: Places, lives: list[Life]
) -> Counter[tuple[date, str, Group]]:
    """Count the usual residents aged 60, 65 and 80, and those in a key group, per district."""
    counted: Counter[tuple[date, str, Group]] = Counter()
    for day in scene.year_ends():
        # 登记从 2015 年 1 月 1 日开始，上一年末按当天的人数推算。
        seen = max(day, FIRST_DAY).toordinal()
        cutoffs = [(birth_cutoff(day, age).toordinal(), group) for age, group in AGES]
        key_cutoff = birth_cutoff(day, KEY_AGE).toordinal()
        found: Counter[tuple[int, Group]] = Counter()
        for life in lives:
            if life.duplicate_of is not None or (life.died is not None and life.died <= seen):
                continue
            stay = life.stay_on(seen)
            if stay is None or stay.kind != ResidenceKind.USUAL:
                continue
            for cutoff, group in cutoffs:
                if life.born <= cutoff:
                    found[stay.community, group] += 1
            if life.born <= key_cutoff or any(joined <= seen for _, joined, _ in life.groups):
                found[stay.community, Group.KEY] += 1
        for (community, group), people in found.items():
            counted[day, places.communities[community].district, group] += people
    return counted
