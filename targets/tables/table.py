"""The target table as page and sheet show it: policies, rows and cells of one run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from institutions.models import Region
from targets.indicators.base import Indicator
from targets.models import IndicatorRun, PolicyDocument, Target
from targets.presenters import Shown, present, threshold_text
from targets.regions import columns_of, top_region, visible_regions
from targets.results import TargetLine, is_past, ordered_readings, target_lines, targets_of
from targets.standing import standing_on
from targets.tables.due import DueLines, due_lines
from yiyang.access.scope import Actor


@dataclass(frozen=True, slots=True)
class Entry:
    """One figure of a cell with its label: the latest, or the one of the due day."""

    label: str
    line: TargetLine
    shown: Shown
    is_due_result: bool

    @property
    def is_bare(self) -> bool:
        """No verdict beside it: reference readings, and what no policy asks on that day."""
        line = self.line
        return not line.is_judged or line.is_historical or line.is_unsigned


@dataclass(frozen=True, slots=True)
class Cell:
    """What one row says about one region; what matters most comes first."""

    region: Region
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One reading of one target across the regions."""

    target: Target
    indicator: Indicator
    is_judged: bool
    is_first: bool
    threshold: str
    cells: tuple[Cell, ...]

    @property
    def lacks_due_result(self) -> bool:
        """The due day has passed for a figure of this row and nobody measured it."""
        found = [entry for cell in self.cells for entry in cell.entries]
        passed = any(
            self.target.due_on and self.target.due_on <= entry.line.run.as_of for entry in found
        )
        return passed and not any(entry.is_due_result for entry in found)


@dataclass(frozen=True, slots=True)
class Section:
    """The rows of one policy."""

    policy: PolicyDocument
    is_historical: bool
    is_unsigned: bool
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class TargetTable:
    """A run held against the targets, for the regions an actor may see."""

    run: IndicatorRun
    regions: tuple[Region, ...]
    sections: tuple[Section, ...]

    @property
    def current(self) -> tuple[Section, ...]:
        return tuple(section for section in self.sections if not section.is_historical)

    @property
    def historical(self) -> tuple[Section, ...]:
        return tuple(section for section in self.sections if section.is_historical)


def target_table(
    run: IndicatorRun,
    *,
    actor: Actor,
    region: Region | None = None,
    policy: PolicyDocument | None = None,
    is_frozen: bool = False,
) -> TargetTable:
    """The whole table of `run` below `region`, or of one `policy`, as far as the actor may see.

    A frozen one takes no figure of its own day from a later run of that day.
    """
    top = region or top_region(run, actor)
    regions = visible_regions(run, columns_of(run, top), actor)
    chosen = None if policy is None else PolicyDocument.objects.filter(pk=policy.pk)
    targets = [standing_on(target, run.as_of) for target in targets_of(chosen)]
    lines = target_lines(run, regions, targets, actor=actor)
    due = due_lines(targets, regions, until=run.as_of, actor=actor)
    if is_frozen:
        due = due | _own_results(lines, due)
    in_force = set(PolicyDocument.objects.in_force(run.as_of).values_list("pk", flat=True))
    cells = {
        (line.target.pk, line.indicator.reading, line.region.pk): entries_of(line, due)
        for line in lines
    }
    rows = _rows_by_policy(targets, regions, cells)
    return TargetTable(run, tuple(regions), tuple(_sections(rows, in_force, run.as_of)))


def _own_results(lines: Iterable[TargetLine], due: DueLines) -> DueLines:
    """The lines that are themselves results of their due day."""
    own = {(line.target.pk, line.region.pk, line.indicator.reading): line for line in lines}
    return {
        key: own[key]
        for key, result in due.items()
        if key in own and own[key].run.as_of == result.run.as_of
    }


Entries = dict[tuple[int, str, int], tuple[Entry, ...]]


def entries_of(line: TargetLine, due: DueLines) -> tuple[Entry, ...]:
    """The figures of one cell: a historical target leads with the result of its due day."""
    on_due_day = due.get((line.target.pk, line.region.pk, line.indicator.reading))
    if on_due_day is None:
        return (Entry(f"截至 {line.run.as_of}", line, present(line), is_due_result=False),)
    label = f"到期结果 {on_due_day.run.as_of}"
    result = Entry(label, on_due_day, present(on_due_day), is_due_result=True)
    if on_due_day.run.as_of == line.run.as_of:
        return (result,)
    latest = Entry(f"截至 {line.run.as_of}", line, present(line), is_due_result=False)
    return (result, latest) if line.is_historical else (latest, result)


def _rows_by_policy(
    targets: Iterable[Target], regions: Sequence[Region], cells: Entries
) -> dict[PolicyDocument, list[Row]]:
    by_policy: dict[PolicyDocument, list[Row]] = {}
    for target in targets:
        by_policy.setdefault(target.policy, []).extend(_rows(target, regions, cells))
    return by_policy


def _sections(
    by_policy: dict[PolicyDocument, list[Row]], in_force: set[int], as_of: date
) -> Iterable[Section]:
    for policy, rows in by_policy.items():
        is_historical = is_past(policy, in_force, as_of)
        yield Section(policy, is_historical, policy.signed_on > as_of, tuple(rows))


def _rows(target: Target, regions: Sequence[Region], cells: Entries) -> list[Row]:
    return [
        Row(
            target=target,
            indicator=indicator,
            is_judged=indicator.reading == target.judged_reading,
            is_first=index == 0,
            threshold=threshold_text(target, indicator),
            cells=tuple(
                Cell(region, cells.get((target.pk, indicator.reading, region.pk), ()))
                for region in regions
            ),
        )
        for index, indicator in enumerate(ordered_readings(target))
    ]
