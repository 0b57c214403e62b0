"""A list as its page shows it: headings that sort, rows of words, and the way on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from yiyang.access.http import ActorRequest
from yiyang.listing.asked import Asked, mark_asked
from yiyang.listing.paging import count_words, counted, page_after
from yiyang.listing.register import A, Column, M

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Heading:
    """The head of a column; `query` sorts by it, and the other way round when it already does."""

    title: str
    query: str
    direction: str
    is_number: bool


@dataclass(frozen=True, slots=True)
class ShownCell:
    """One cell in words, with its colour and where it leads."""

    text: str
    column: Column[Any, Any]
    tone: str
    address: str


@dataclass(frozen=True, slots=True)
class ShownRow:
    key: int
    cells: Sequence[ShownCell]


@dataclass(frozen=True, slots=True)
class ShownPage:
    """One page of a list; `after` is where the next begins, None on the last."""

    headings: Sequence[Heading]
    rows: Sequence[ShownRow]
    total: str
    number: int
    after: int | None
    is_first: bool


def page_of(request: ActorRequest, asked: Asked[M, A]) -> ShownPage:
    """Read one page and what its columns need, in a number of queries that never grows."""
    mark = mark_asked(request, asked)
    found = page_after(asked.rows, asked.order, mark, PAGE_SIZE + 1)
    kept = found[:PAGE_SIZE]
    number = counted(asked.rows)
    return ShownPage(
        headings=[_heading(column, asked) for column in asked.columns],
        rows=rows_of(request, asked, kept),
        total=count_words(number, asked.register.unit),
        number=number,
        after=kept[-1].pk if len(found) > PAGE_SIZE else None,
        is_first=mark is None,
    )


def rows_of(request: ActorRequest, asked: Asked[M, A], rows: Sequence[M]) -> list[ShownRow]:
    """The rows in words, in the order given."""
    around = asked.register.around(rows, request.actor, asked.filters.day)
    return [
        ShownRow(row.pk, [_cell(column, row, around) for column in asked.columns]) for row in rows
    ]


def _cell(column: Column[M, A], row: M, around: A) -> ShownCell:
    return ShownCell(
        text=column.text(row, around),
        column=column,
        tone=column.tone(row, around) if column.tone else "",
        address=column.link(row, around) if column.link else "",
    )


def _heading(column: Column[M, A], asked: Asked[M, A]) -> Heading:
    if not column.sort:
        return Heading(column.heading, "", "", column.is_number)
    is_up, is_down = asked.sort == column.key, asked.sort == f"-{column.key}"
    query = asked.query
    query["sort"] = f"-{column.key}" if is_up else column.key
    direction = "ascending" if is_up else "descending" if is_down else ""
    return Heading(column.heading, query.urlencode(), direction, column.is_number)
