"""A list as a file: exactly the rows, columns and order of the page, sent as they are read."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import chain, islice
from typing import Any

from django.db.models import QuerySet
from django.utils.timezone import get_current_timezone

from yiyang.access.http import ActorRequest, asked_at
from yiyang.access.models import User
from yiyang.audit.kinds import EventKind, Outcome
from yiyang.audit.recording import record
from yiyang.lib.demo import demo_mark
from yiyang.lib.sheets import safe_cell
from yiyang.lib.workbooks import Cell, Layout, streamed
from yiyang.listing.asked import Asked
from yiyang.listing.copied import copied
from yiyang.listing.paging import ordered
from yiyang.listing.register import A, Column, M

ROWS_AT_ONCE = 500
BLOCK_CHARACTERS = 64 * 1024
NUMBER_WIDTH, DAY_WIDTH, TEXT_WIDTH, LONG_WIDTH = 11.0, 12.0, 26.0, 34.0
Line = Sequence[Cell]


def csv_file(request: ActorRequest, asked: Asked[M, A]) -> Iterator[str | bytes]:
    """The list as csv of any length, on record before its first line leaves.

    Where every column says how the database writes it, the database does.
    """
    _on_record(request, asked)
    layout = layout_of(request, asked)
    head = ((layout.mark,), (layout.note,), layout.headings)
    written = [column.written for column in asked.columns if column.written]
    if len(written) < len(asked.columns):
        return _csv_blocks(head, lines_of(request, asked, asked.rows))
    rows = copied(asked.rows, written, asked.order, asked.filters.day)
    return chain(_csv_blocks(head, ()), rows)


def xlsx_file(request: ActorRequest, asked: Asked[M, A]) -> Iterator[bytes]:
    """The list as a workbook, on record before its first byte leaves."""
    _on_record(request, asked)
    return streamed(layout_of(request, asked), lines_of(request, asked, asked.rows))


def _on_record(request: ActorRequest, asked: Asked[M, A]) -> None:
    record(
        kind=EventKind.EXPORT,
        actor_id=request.actor.user_id,
        outcome=Outcome.ALLOWED,
        subject=f"page:{asked.register.url_name}",
        details={
            "rows": asked.rows.order_by().count(),
            "filters": asked.filters.words,
            "columns": " ".join(column.key for column in asked.columns),
        },
    )


def layout_of(
    request: ActorRequest, asked: Asked[M, A], *, title: str = "", place: str = ""
) -> Layout:
    """What stands around the rows: the mark, the day and filters, `place` where one is told.

    The list bears its own title unless another is given.
    """
    day, words = asked.filters.day, asked.filters.words
    scope = "" if request.actor.whole_city else "只含下载人授权范围内的记录"
    note = "　".join(part for part in (f"{day} 的情况", place, words or "全部", scope) if part)
    headings = [column.heading for column in asked.columns]
    title = title or asked.register.title
    mark = _mark(request, title, asked_at(request))
    return Layout(title, mark, note, headings, [_width(column) for column in asked.columns])


def _width(column: Column[Any, Any]) -> float:
    if column.is_number:
        return NUMBER_WIDTH
    if column.key.endswith("_on"):
        return DAY_WIDTH
    return LONG_WIDTH if column.is_long else TEXT_WIDTH


def _mark(request: ActorRequest, title: str, at: datetime) -> str:
    """What list, by whom, when: in the first row and on every printed page."""
    username = User.objects.values_list("username", flat=True).get(pk=request.actor.user_id)
    local = at.astimezone(get_current_timezone())
    demo = demo_mark()
    parts = (title, f"账号 {username}", f"{local:%Y-%m-%d %H:%M:%S}", demo)
    return "　".join(part for part in parts if part)


def lines_of(request: ActorRequest, asked: Asked[M, A], rows: QuerySet[M]) -> Iterator[Line]:
    """The rows, a block at a time, so that a long list never stands in memory whole."""
    found = ordered(rows, asked.order).iterator(chunk_size=ROWS_AT_ONCE)
    for block in _batched(found, ROWS_AT_ONCE):
        around = asked.register.around(block, request.actor, asked.filters.day)
        for row in block:
            cells = (column.cell(row, around) for column in asked.columns)
            yield ["" if cell is None else cell for cell in cells]


def _batched(rows: Iterator[M], size: int) -> Iterator[list[M]]:
    while block := list(islice(rows, size)):
        yield block


def _csv_blocks(head: Iterable[Line], lines: Iterable[Line]) -> Iterator[str]:
    block = io.StringIO()
    # 没有字节序标记，Excel 会把中文当作另一种编码。
    block.write("\ufeff")
    writer = csv.writer(block)
    for line in chain(head, lines):
        writer.writerow(safe_cell(str(cell)) for cell in line)
        if block.tell() >= BLOCK_CHARACTERS:
            yield block.getvalue()
            block.seek(0)
            block.truncate()
    yield block.getvalue()
