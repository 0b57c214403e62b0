"""The findings as a reader meets them: the table of checks, and the list behind a count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from institutions.models import Region
from targets.explain.records import written
from targets.indicators.calculation import Tree
from targets.models import IndicatorRun
from targets.presenters import Tone
from targets.quality.base import Check, Severity
from targets.quality.catalogue import CHECKS
from targets.quality.measure import rows_within, stored_findings
from yiyang.access.scope import Actor

PAGE_SIZE = 100
TONES = {
    Severity.NOTICE: Tone(str(Severity.NOTICE.label), "plain", "circle"),
    Severity.WARNING: Tone(str(Severity.WARNING.label), "warn", "dash"),
    Severity.SERIOUS: Tone(str(Severity.SERIOUS.label), "bad", "cross"),
}


@dataclass(frozen=True, slots=True)
class Cell:
    """What a run found in one region; None when the run did not make the check."""

    region: Region
    found: int | None

    @property
    def text(self) -> str:
        return "未查" if self.found is None else f"{self.found:,}"


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One check with its counts, region by region."""

    check: Check
    tone: Tone
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class FindingRow:
    """One finding: the columns in words, and its page if it has one."""

    cells: tuple[str, ...]
    address: str


@dataclass(frozen=True, slots=True)
class FindingPage:
    """One page of a list; `after` is where the next begins, None on the last."""

    headings: tuple[str, ...]
    rows: tuple[FindingRow, ...]
    after: int | None


def check_lines(
    run: IndicatorRun, tree: Tree, regions: Sequence[Region], actor: Actor
) -> list[CheckLine]:
    """Every check with what the run found in each of `regions`, in one query of counts.

    Checks on people only for who may see them: what they find are often one or two.
    """
    found = stored_findings(run, tree, [region.pk for region in regions], actor)
    return [
        CheckLine(
            check,
            TONES[check.severity],
            tuple(Cell(region, found.get(check.id, {}).get(region.pk)) for region in regions),
        )
        for check in CHECKS
        if not check.is_personal or actor.may(check.permission)
    ]


def severity_totals(lines: Sequence[CheckLine], within: Region | None = None) -> Counter[Severity]:
    """The findings of each severity, in `within` only or added up over the lines' regions."""
    totals: Counter[Severity] = Counter()
    for line in lines:
        cells = [cell for cell in line.cells if within is None or cell.region == within]
        totals[line.check.severity] += sum(cell.found or 0 for cell in cells)
    return totals


def finding_page(
    check: Check, run: IndicatorRun, tree: Tree, *, region: int, actor: Actor, after: int
) -> FindingPage:
    """The findings past the key `after` that lie in the actor's scope."""
    rows = _visible(check, run, tree, region, actor).filter(pk__gt=after)
    found = list(rows.values(*_wanted(check)).order_by("pk")[: PAGE_SIZE + 1])
    kept = found[:PAGE_SIZE]
    return FindingPage(
        headings=tuple(column.heading for column in check.columns),
        rows=tuple(FindingRow(_cells(check, row), _address(check, row)) for row in kept),
        after=kept[-1]["pk"] if len(found) > PAGE_SIZE else None,
    )


def finding_lines(
    check: Check, run: IndicatorRun, tree: Tree, *, region: int, actor: Actor
) -> Iterator[tuple[str, ...]]:
    """Headings and every finding in the actor's scope, for a file."""
    yield tuple(column.heading for column in check.columns)
    rows = _visible(check, run, tree, region, actor).values(*_wanted(check)).order_by("pk")
    for row in rows.iterator():
        yield _cells(check, row)


def _visible(check: Check, run: IndicatorRun, tree: Tree, region: int, actor: Actor) -> Any:
    rows: Any = rows_within(check, run, tree, region)
    return rows.visible_to(actor)


def _wanted(check: Check) -> set[str]:
    key = {check.page[1]} if check.page else set()
    return {"pk", *(column.path for column in check.columns), *key}


def _cells(check: Check, row: dict[str, Any]) -> tuple[str, ...]:
    return tuple(written(row[column.path]) for column in check.columns)


def _address(check: Check, row: dict[str, Any]) -> str:
    return reverse(check.page[0], args=[row[check.page[1]]]) if check.page else ""
