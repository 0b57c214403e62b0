"""The bureaus as a page lists them: name of the day, former names, successor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import Prefetch

from targets.models import Bureau, BureauName


@dataclass(frozen=True, slots=True)
class BureauLine:
    """A bureau on a day; `name` is the last official one where none holds any more."""

    bureau: Bureau
    name: str
    is_gone: bool
    former: tuple[BureauName, ...]
    aliases: tuple[BureauName, ...]
    successor: str = ""


def bureau_lines(day: date) -> list[BureauLine]:
    """Every bureau, those with duties first, by name; two queries."""
    names = BureauName.objects.kept().order_by("starts_on", "id")
    bureaus = Bureau.objects.select_related("successor").prefetch_related(
        Prefetch("names", queryset=names, to_attr="kept_names")
    )
    lines = [_line(bureau, bureau.kept_names, day) for bureau in bureaus]
    names_by_id = {line.bureau.pk: line.name for line in lines}
    told = (
        replace(line, successor=names_by_id.get(line.bureau.successor_id or 0, ""))
        for line in lines
    )
    return sorted(told, key=lambda line: (line.is_gone, line.name))


def _line(bureau: Bureau, kept: Sequence[BureauName], day: date) -> BureauLine:
    official = [name for name in kept if name.is_official]
    now = next((name for name in official if _holds(name, day)), None)
    shown = now or (official[-1] if official else None)
    return BureauLine(
        bureau=bureau,
        name=shown.name if shown else bureau.code,
        is_gone=bool(bureau.succeeded_on and bureau.succeeded_on <= day),
        former=tuple(name for name in official if name is not shown),
        aliases=tuple(name for name in kept if not name.is_official),
    )


def _holds(name: BureauName, day: date) -> bool:
    return name.starts_on <= day and (name.ends_on is None or day <= name.ends_on)
