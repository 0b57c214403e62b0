"""What the lines of a paper are called, so that no two of them are called the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from targets.results import TargetLine

NameKey = tuple[int, str]


def name_key(line: TargetLine) -> NameKey:
    """The target and the reading: the same in every region."""
    return (line.target.pk, line.indicator.reading)


def names_of(lines: Iterable[TargetLine]) -> dict[NameKey, str]:
    """The name of each line: readings and due years only where names would repeat."""
    told = {name_key(line): line for line in lines}
    titles = Counter(line.indicator.title for line in told.values())
    readings = Counter(line.indicator.key for line in told.values())
    return {key: _named(line, titles, readings) for key, line in told.items()}


def _named(line: TargetLine, titles: Counter[str], readings: Counter[tuple[str, str]]) -> str:
    indicator, due_on = line.indicator, line.target.due_on
    told = []
    if titles[indicator.title] > readings[indicator.key]:
        told.append(indicator.reading_title)
    if readings[indicator.key] > 1 and due_on:
        told.append(f"{due_on.year}年目标")
    return f"{indicator.title}（{'，'.join(told)}）" if told else indicator.title
