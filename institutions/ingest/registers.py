"""Register sheets from offices: every cell read as text, all rows taken or none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DatabaseError

from yiyang.changelog.context import Recorder, recorded
from yiyang.dated import Written, messages_of
from yiyang.lib.sheets import Row, read_rows

MOST_MESSAGES = 50


class IngestError(Exception):
    """A file refused; `messages` name each bad row and what to do."""

    def __init__(self, messages: Sequence[str]) -> None:
        super().__init__("\n".join(messages[:MOST_MESSAGES]))
        self.messages = list(messages)


@dataclass(frozen=True, slots=True)
class Cell:
    """A column of a sheet: its heading, the name it is passed on under, and how it is read."""

    heading: str
    name: str
    read: Callable[[str], Any]
    is_required: bool = True


@dataclass(frozen=True, slots=True)
class RegisterSheet:
    """A kind of sheet: its columns and the action each row is given to."""

    name: str
    title: str
    cells: tuple[Cell, ...]
    enter: Callable[..., Written]


@dataclass(slots=True)
class Tally:
    """How many rows were new, changed and unchanged."""

    counts: dict[Written, int] = field(default_factory=lambda: dict.fromkeys(Written, 0))

    def __str__(self) -> str:
        new, changed, same = (self.counts[written] for written in Written)
        return f"新增 {new} 行，变更 {changed} 行，未变 {same} 行"


def ingest(sheet: RegisterSheet, content: bytes, *, by: Recorder, batch: str) -> Tally:
    """Enter every row of the file, or none of it. IngestError lists what to mend."""
    try:
        rows = list(read_rows(content))
    except ValueError as error:
        raise IngestError([str(error)]) from error
    columns = _columns(sheet, rows[0])
    if len(rows) == 1:
        raise IngestError(["文件只有表头，没有数据行。"])
    faults: list[str] = []
    tally = Tally()
    with recorded(by=by, reason=f"导入{sheet.title}", batch=batch):
        for row in rows[1:]:
            _enter(sheet, columns, row, by=by, tally=tally, faults=faults)
        if faults:
            raise IngestError([*faults, f"共 {len(faults)} 处错误，整个文件没有导入。"])
    return tally


def _columns(sheet: RegisterSheet, header: Row) -> Mapping[str, int]:
    """Where each heading stands; unknown columns are let be, missing ones are named."""
    # 模板的必填列带 *，照抄模板的表头也认。
    places = {heading.rstrip("*"): place for place, heading in enumerate(header.cells)}
    lacking = [c.heading for c in sheet.cells if c.is_required and c.heading not in places]
    if lacking:
        raise IngestError([f"{sheet.title}缺少列：{'、'.join(lacking)}。请按模板的表头填写。"])
    return places


def _enter(
    sheet: RegisterSheet,
    columns: Mapping[str, int],
    row: Row,
    *,
    by: Recorder,
    tally: Tally,
    faults: list[str],
) -> None:
    values, wrong = _read(sheet.cells, columns, row)
    if not wrong:
        try:
            with recorded(by=by, reason=f"导入{sheet.title}"):
                tally.counts[sheet.enter(by=by, **values)] += 1
        except ValidationError as error:
            wrong = messages_of(error)
        except (ValueError, DatabaseError) as error:
            wrong = [_first_line(error)]
    faults.extend(f"第 {row.number} 行：{message}" for message in wrong)


def _read(
    cells: Iterable[Cell], columns: Mapping[str, int], row: Row
) -> tuple[dict[str, Any], list[str]]:
    values: dict[str, Any] = {}
    wrong: list[str] = []
    for cell in cells:
        place = columns.get(cell.heading)
        text = row.cells[place] if place is not None and place < len(row.cells) else ""
        if not text and cell.is_required:
            wrong.append(f"“{cell.heading}”没有填。")
            continue
        try:
            values[cell.name] = cell.read(text)
        except ValueError as error:
            wrong.append(f"“{cell.heading}”{error}")
    return values, wrong


def _first_line(error: Exception) -> str:
    return str(error).split("\n", 1)[0]
