"""In which readings an institution counts, told by the app that measures them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from django.db import transaction

from institutions.models import Institution

# 口径的名称 → 这家机构在其中的结果：计入、未计入、缺报或排除的原因。
Standing = Mapping[str, str]
ReadingSource = Callable[[Institution, date], Standing]
_sources: list[ReadingSource] = []
ABSENT = "不在统计范围"


def register_readings(source: ReadingSource) -> None:
    """Let an upper app say in which readings an institution counts on a day."""
    if source not in _sources:
        _sources.append(source)


def standing_of(institution: Institution, day: date) -> dict[str, str]:
    """What every source says of the institution on the day."""
    return {title: word for source in _sources for title, word in source(institution, day).items()}


def foreseen(institution: Institution, day: date, change: Callable[[], object]) -> list[str]:
    """In which readings the institution would stand otherwise on the day; nothing is kept."""
    before = standing_of(institution, day)
    with transaction.atomic():
        change()
        after = standing_of(institution, day)
        transaction.set_rollback(True)
    return moved(before, after)


def moved(before: Standing, after: Standing) -> list[str]:
    """The readings whose answer differs, in words."""
    titles = {**before, **after}
    return [
        f"{title}：{before.get(title, ABSENT)} → {after.get(title, ABSENT)}"
        for title in titles
        if before.get(title, ABSENT) != after.get(title, ABSENT)
    ]
