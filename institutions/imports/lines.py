"""A line of a sheet on its way into a register, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from institutions.ingest.registers import Fault
from institutions.models import RowKind


@dataclass(frozen=True, slots=True)
class Line:
    """The cells of one line as they came, with the line number Excel shows."""

    number: int
    cells: tuple[str, ...]

    def texts(self, columns: tuple[str, ...]) -> dict[str, str]:
        """The matched cells by their names."""
        matched = zip(columns, self._padded(columns), strict=True)
        return {name: cell for name, cell in matched if name}

    def _padded(self, columns: tuple[str, ...]) -> tuple[str, ...]:
        lacking = len(columns) - len(self.cells)
        return self.cells + ("",) * lacking if lacking > 0 else self.cells[: len(columns)]


@dataclass(frozen=True, slots=True)
class Checked:
    """What a line is: new, changed (with the old texts by cell), unchanged or wrong.

    `note` tells what else it does, where the cells do not say so.
    """

    line: Line
    kind: RowKind
    old: Mapping[str, str] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    note: str = ""
