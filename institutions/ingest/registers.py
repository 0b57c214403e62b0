"""Register sheets from offices: every cell read as text, all rows taken or none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DatabaseError, models

from yiyang.access.roles import Permission
from yiyang.access.scope import Actor
from yiyang.changelog.context import Recorder, recorded
from yiyang.dated import Written, messages_of
from yiyang.lib.identifiers import is_ruined
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
    also: tuple[str, ...] = ()  # 各单位表里的别的叫法
    choices: tuple[str, ...] = ()  # 模板里的下拉项
    is_code: bool = False  # 表格软件会弄坏的号码：模板里设为文本
    mask: Callable[[str], str] | None = None  # 个人信息：页面上只这样显示


# 一行经办的内容：登记项名 → 值。
Values = Mapping[str, Any]


def _anyone(actor: Actor, values: Values) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class RegisterSheet:
    """A kind of sheet: its columns and the action each row is given to.

    `needs`: one of these permissions opens it. `keys`: the cells a row is told apart by.
    `standing`: the row in force that a line would replace. `admits`: why this actor may not write
    this line, empty where they may. `held`: how many rows of the register the actor answers for.
    """

    name: str
    title: str
    cells: tuple[Cell, ...]
    enter: Callable[..., Written]
    needs: frozenset[Permission] = frozenset()
    keys: frozenset[str] = frozenset()
    standing: Callable[[Values], models.Model | None] = lambda _: None
    admits: Callable[[Actor, Values], str] = _anyone
    held: Callable[[Actor], int] = lambda _: 0

    def cell(self, name: str) -> Cell:
        return next(cell for cell in self.cells if cell.name == name)

    def opens_to(self, actor: Actor) -> bool:
        return any(actor.may(permission) for permission in self.needs)


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
    # 行尾的空格子读表时已去掉；有这一列，就是填了空的。
    texts = {
        cell.name: row.cells[place] if place < len(row.cells) else ""
        for cell in sheet.cells
        if (place := columns.get(cell.heading)) is not None
    }
    values, wrong = read_cells(sheet.cells, texts)
    if not wrong:
        keep_unsaid(sheet, values, texts)
        written, wrong = enter_row(sheet, values, by=by)
        if written is not None:
            tally.counts[written] += 1
    faults.extend(f"第 {row.number} 行：{fault}" for fault in wrong)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a line, and in which cell (none: the line as a whole)."""

    text: str
    cell: str = ""
    heading: str = ""

    def __str__(self) -> str:
        return f"“{self.heading}”{self.text}" if self.heading else self.text


def enter_row(
    sheet: RegisterSheet, values: Values, *, by: Recorder
) -> tuple[Written | None, list[Fault]]:
    """Give one line to its action, undone by itself when refused; what it did or why not."""
    try:
        with recorded(by=by, reason=f"导入{sheet.title}"):
            return sheet.enter(by=by, **values), []
    except ValidationError as error:
        return None, _faults(sheet, error)
    except (ValueError, DatabaseError) as error:
        return None, [Fault(_first_line(error))]


def _faults(sheet: RegisterSheet, error: ValidationError) -> list[Fault]:
    """The refusal, each sentence in its cell where it is about one of the sheet's."""
    headings = {cell.name: cell.heading for cell in sheet.cells}
    told = error.message_dict if hasattr(error, "error_dict") else {}
    if not told.keys() & headings.keys():
        return [Fault(message) for message in messages_of(error)]
    return [
        Fault(message, name if name in headings else "", headings.get(name, ""))
        for name, messages in told.items()
        for message in messages
    ]


def read_cells(
    cells: Iterable[Cell], texts: Mapping[str, str]
) -> tuple[dict[str, Any], list[Fault]]:
    """What the cells say by their names, and what is wrong with them."""
    values: dict[str, Any] = {}
    wrong: list[Fault] = []
    for cell in cells:
        text = texts.get(cell.name, "")
        if not text and cell.is_required:
            wrong.append(Fault("没有填。", cell.name, cell.heading))
            continue
        try:
            if cell.is_code:
                refuse_ruined(text)
            values[cell.name] = cell.read(text)
        except ValueError as error:
            wrong.append(Fault(str(error), cell.name, cell.heading))
    return values, wrong


def keep_unsaid(sheet: RegisterSheet, values: dict[str, Any], texts: Mapping[str, str]) -> None:
    """Let what the sheet has no column for stay as it is in the register."""
    unsaid = [cell.name for cell in sheet.cells if cell.name not in texts]
    standing = sheet.standing(values) if unsaid else None
    for name in unsaid if standing is not None else ():
        values[name] = getattr(standing, name, values[name])


def refuse_ruined(text: str) -> None:
    """Explain a number that a spreadsheet has turned into 1.50302E+17."""
    if is_ruined(text):
        raise ValueError(
            f"“{text}”被表格软件转成了数值，末几位已丢失，无法还原；"
            "请把该列设为“文本”格式，从原始资料重新填写后再导入。"
        )


def _first_line(error: Exception) -> str:
    return str(error).split("\n", 1)[0]
