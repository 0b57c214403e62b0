"""The records that moved a figure, as a reader meets them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from django.db.models import Model
from django.urls import reverse

from targets.explain.records import PERMISSIONS, PLAIN_OUTCOMES, Shelf, writer_of
from targets.indicators.base import Subject
from targets.indicators.lens import fetch
from targets.movement.difference import Moved, Part
from targets.movement.membership import Moment, key_of, wanted
from targets.presenters import NOTHING
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor

LISTED = 100
COLUMNS = 3
OUTSIDE = "不在范围"
Names = dict[tuple[str, str], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class MovedRow:
    """One record: what it is, what became of it and what it adds."""

    cells: tuple[str, ...]
    became: str
    before: int
    after: int
    address: str

    @property
    def change(self) -> int:
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class MovedList:
    """The records of one kind in one part; `rows` None where the actor sees counts only."""

    subject: Subject
    headings: tuple[str, ...]
    records: int
    change: int
    rows: tuple[MovedRow, ...] | None

    @property
    def unlisted(self) -> int:
        """Records outside the actor's scope, or past the length of a page."""
        return self.records - len(self.rows or ())


def names_of(parts: Iterable[Part], moments: Sequence[Moment], actor: Actor) -> Names:
    """The words for every record moved that the actor may see, latest moment first.

    A number of queries that depends on the kinds of record, never on how many there are.
    """
    keys: dict[Subject, set[str]] = {}
    for part in parts:
        for one in part.moved:
            if may_list(one.subject, actor):
                keys.setdefault(one.subject, set()).add(one.difference.key)
    names: Names = {}
    for subject, found in keys.items():
        for moment in (moments[-1], moments[0]):
            for key, words in _words(subject, sorted(found), moment, actor).items():
                names.setdefault((subject.name, key), words)
    return names


def lists_of(part: Part, names: Names, actor: Actor) -> list[MovedList]:
    """The part's records by kind; persons stay counts."""
    by_subject: dict[Subject, list[Moved]] = {}
    for one in part.moved:
        by_subject.setdefault(one.subject, []).append(one)
    return [
        MovedList(
            subject=subject,
            headings=tuple(column.heading for column in subject.columns[:COLUMNS]),
            records=sum(one.difference.records for one in moved),
            change=sum(one.change for one in moved),
            rows=_rows(subject, moved, names) if may_list(subject, actor) else None,
        )
        for subject, moved in by_subject.items()
    ]


def may_list(subject: Subject, actor: Actor) -> bool:
    """Whether the actor may see records of this kind one by one on these pages."""
    if subject.is_personal:
        return False
    return actor.may(PERMISSIONS.get(_model_of(subject), Permission.VIEW_TARGETS))


@cache
def _model_of(subject: Subject) -> type[Model]:
    # 任取一天：问的是哪张登记表，不读记录。
    model: type[Model] = subject.rows(date(2017, 1, 1)).model
    return model


def _rows(subject: Subject, moved: Sequence[Moved], names: Names) -> tuple[MovedRow, ...]:
    named = [one for one in moved if (subject.name, one.difference.key) in names]
    return tuple(_row(subject, one, names) for one in named[:LISTED])


def _row(subject: Subject, one: Moved, names: Names) -> MovedRow:
    found = one.difference
    old, new = _outcome(found.outcome_before), _outcome(found.outcome_after)
    return MovedRow(
        cells=names[subject.name, found.key],
        became=new if old == new else f"{old} → {new}",
        before=found.before,
        after=found.after,
        address=reverse(subject.page[0], args=[found.key]) if subject.page else "",
    )


def _outcome(outcome: str) -> str:
    if not outcome:
        return OUTSIDE
    plain = outcome in PLAIN_OUTCOMES
    return Shelf(outcome).label if plain else outcome


def _words(
    subject: Subject, keys: Sequence[str], moment: Moment, actor: Actor
) -> Mapping[str, tuple[str, ...]]:
    rows: Any = subject.rows(moment.day).order_by("pk").filter(wanted(subject, keys))
    columns = subject.columns[:COLUMNS]
    writers = [writer_of(rows.model, column.path) for column in columns]
    paths = dict.fromkeys((*subject.identity, *(column.path for column in columns)))
    seen = rows.visible_to(actor).values(*paths)
    return {
        key_of(subject, row): tuple(
            write(row[column.path]) or NOTHING
            for column, write in zip(columns, writers, strict=True)
        )
        for row in fetch(seen, moment.lens)
    }
