"""The engine of the small registers: each line read, checked and given to its action."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django.db.models import Field, ForeignKey, Model

from institutions.imports.lines import Checked, Line
from institutions.imports.registry import Sending
from institutions.ingest.registers import Fault, Values, enter_row, keep_unsaid, read_cells
from institutions.models import RowKind
from yiyang.dated import Written

KINDS = {
    Written.NEW: RowKind.NEW,
    Written.CHANGED: RowKind.CHANGED,
    Written.UNCHANGED: RowKind.UNCHANGED,
}
TWICE = "与第 {} 行是同一条登记，文件里只能出现一次，请删去其中一行。"


def take_row_by_row(sending: Sending, lines: Iterator[Line]) -> Iterator[Checked]:
    """Enter each line through its register's own action."""
    seen: dict[Any, int] = {}
    for line in lines:
        yield _take(sending, line, seen)


def _take(sending: Sending, line: Line, seen: dict[Any, int]) -> Checked:
    sheet = sending.sheet
    texts = line.texts(sending.columns)
    values, faults = read_cells(sheet.cells, texts)
    if faults:
        return Checked(line, RowKind.ERROR, faults=tuple(faults))
    first = seen.setdefault(_key(values, sheet.keys), line.number)
    if first != line.number:
        return _refused(line, TWICE.format(first))
    if refusal := sheet.admits(sending.actor, values):
        return _refused(line, refusal)
    keep_unsaid(sheet, values, texts)
    before = sheet.standing(values)
    old = differences(before, values, sheet.keys) if before is not None else {}
    written, faults = enter_row(sheet, values, by=sending.actor)
    if written is None:
        return Checked(line, RowKind.ERROR, faults=tuple(faults))
    return Checked(line, KINDS[written], old if written is Written.CHANGED else {})


def _refused(line: Line, why: str) -> Checked:
    return Checked(line, RowKind.ERROR, faults=(Fault(why),))


def _key(values: Values, keys: frozenset[str]) -> tuple[Any, ...]:
    named = (values[name] for name in sorted(keys))
    return tuple(value.pk if isinstance(value, Model) else value for value in named)


def differences(row: Model, values: Values, keys: frozenset[str]) -> Mapping[str, str]:
    """The old texts of the cells in which the row differs from what the line says."""
    fields = {field.name: field for field in row._meta.concrete_fields}
    return {
        name: shown(getattr(row, name), fields[name])
        for name, value in values.items()
        if name in fields and name not in keys and getattr(row, name) != value
    }


def shown(value: Any, field: Field[Any, Any]) -> str:
    """A stored value as a clerk would have typed it."""
    if value is None or value == "":
        return "（空）"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        base = getattr(field, "base_field", field)
        return "、".join(shown(one, base) for one in value) or "（空）"
    if isinstance(field, ForeignKey):
        return str(getattr(value, "code", value))
    return str(dict(field.flatchoices).get(value, value))
