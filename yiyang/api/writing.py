"""Writing rows of a resource: each checked, each answered, together one transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Any

from rest_framework.exceptions import ValidationError

from yiyang.access.scope import Actor
from yiyang.api.entries import Entry
from yiyang.api.errors import Fault
from yiyang.api.problems import faults_in
from yiyang.api.resources import register_write_scope

TWICE = "与第 {row} 条是同一条登记，一批里只能出现一次，请去掉其中一条。"


class RowStatus(StrEnum):
    """What became of a row; the values never change their meaning."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"
    NEEDS_CONSENT = "needs_consent"


WRITTEN = (RowStatus.NEW, RowStatus.CHANGED, RowStatus.UNCHANGED)


@dataclass(frozen=True, slots=True)
class RequestMade:
    """A change request that a row led to, or that was waiting already."""

    uid: str
    side: str
    fields: tuple[str, ...]
    due_on: date
    is_new: bool

    def as_json(self) -> dict[str, Any]:
        return {
            "uid": self.uid,
            "side": self.side,
            "fields": list(self.fields),
            "due_on": self.due_on,
            "is_new": self.is_new,
        }


@dataclass(frozen=True, slots=True)
class Row:
    """One row as it was sent: its place, its pointer and what it says."""

    number: int
    pointer: str
    values: Mapping[str, Any]

    def fault(self, detail: str, code: str, name: str = "") -> Fault:
        where = f"#{self.pointer}/{name}" if name else f"#{self.pointer}"
        return Fault(detail, code, pointer=where)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one row: written, or why not; with the requests it led to."""

    row: Row
    status: RowStatus
    faults: tuple[Fault, ...] = ()
    requests: tuple[RequestMade, ...] = ()

    @property
    def is_written(self) -> bool:
        return self.status in WRITTEN

    def as_json(self, keys: Sequence[str]) -> dict[str, Any]:
        return {
            "row": self.row.number,
            "key": {name: self.row.values.get(name) for name in keys},
            "status": self.status.value,
            "requests": [one.as_json() for one in self.requests],
            "errors": [one.as_json() for one in self.faults],
        }


@dataclass(frozen=True, slots=True)
class Call:
    """Who writes, and whether what the other office keeps is to be asked for."""

    actor: Actor
    asks: bool = False


@dataclass(frozen=True, slots=True)
class Writing:
    """How rows of one resource are written.

    `entry` says what a row may hold, `keys` what it is told apart by. `lock` keeps everyone else
    from the records the rows are about; `take` writes them, one outcome for each. `lookup` finds
    the present record of a row, as its own address names it.
    """

    entry: type[Entry]
    keys: tuple[str, ...]
    lock: Callable[[Sequence[Row]], None]
    take: Callable[[Call, Sequence[Row]], list[Outcome]]
    lookup: Callable[[Actor, Row], str | None]
    title: str

    def rows_of(self, bodies: Sequence[Any], pointer: str) -> tuple[list[Row], list[Outcome]]:
        """The rows that read well, and the outcomes of those that do not."""
        # 一份序列化器读完整批：逐条新建要慢几倍。
        entry = self.entry()
        rows: list[Row] = []
        refused: list[Outcome] = []
        seen: dict[tuple[Any, ...], int] = {}
        for number, body in enumerate(bodies):
            row, outcome = self._read(entry, body, number, pointer.format(row=number))
            if row is not None:
                outcome = self._twice(row, seen)
            if outcome is None and row is not None:
                rows.append(row)
            elif outcome is not None:
                refused.append(outcome)
        return rows, refused

    def _read(
        self, entry: Entry, body: Any, number: int, pointer: str
    ) -> tuple[Row | None, Outcome | None]:
        try:
            return Row(number, pointer, entry.run_validation(body)), None
        except ValidationError as error:
            said = body if isinstance(body, Mapping) else {}
            row = Row(number, pointer, {name: _shown(said.get(name)) for name in self.keys})
            faults = tuple(faults_in(error.detail, pointer))
            return None, Outcome(row, RowStatus.REFUSED, faults)

    def _twice(self, row: Row, seen: dict[tuple[Any, ...], int]) -> Outcome | None:
        key = tuple(row.values.get(name) for name in self.keys)
        first = seen.setdefault(key, row.number)
        if first == row.number:
            return None
        return refuse(row, TWICE.format(row=first), "repeated")


@dataclass(frozen=True)
class Outcomes:
    """All rows' outcomes in the order they were sent."""

    writing: Writing
    all: list[Outcome] = field(default_factory=list)

    @cached_property
    def counts(self) -> dict[str, int]:
        found = Counter(one.status for one in self.all)
        return {status.value: found[status] for status in RowStatus}

    @property
    def is_whole(self) -> bool:
        """Whether every row was written."""
        return all(one.is_written for one in self.all)

    @property
    def faults(self) -> tuple[Fault, ...]:
        return tuple(fault for one in self.all for fault in one.faults)

    @property
    def results(self) -> list[dict[str, Any]]:
        return [one.as_json(self.writing.keys) for one in self.all]


_writings: dict[str, Writing] = {}


def register_writing(code: str, writing: Writing) -> None:
    """Let tokens write the resource of that code."""
    _writings[code] = writing
    register_write_scope(code, writing.title)


def writing_of(code: str) -> Writing | None:
    """How the resource is written; None where it is only read."""
    return _writings.get(code)


def write(
    writing: Writing, call: Call, rows: Sequence[Row], refused: Sequence[Outcome]
) -> Outcomes:
    """Write the rows within the caller's transaction; the refused ones only keep their place."""
    found = [*refused, *writing.take(call, rows)]
    return Outcomes(writing, sorted(found, key=lambda one: one.row.number))


def refuse(row: Row, detail: str, code: str, name: str = "") -> Outcome:
    """The outcome of a row that is not written."""
    return Outcome(row, RowStatus.REFUSED, (row.fault(detail, code, name),))


def _shown(value: Any) -> Any:
    """A key as it was sent, where it is short enough to be sent back."""
    if isinstance(value, str):
        return value[:60]
    return value if isinstance(value, int) else None
