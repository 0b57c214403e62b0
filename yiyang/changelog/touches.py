"""Reading the log onwards from a number: which records were touched, other registers leapt over."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import NamedTuple

from django.db.models import Q

from yiyang.changelog.models import ChangeEntry, ChangeNumber, Operation

# 一次至多看这么多条语句：别的登记再忙，一页的代价也有上限；没看完的下一页接着看。
STATEMENTS_AT_ONCE = 5000


class Touch(NamedTuple):
    """One entry of the log: what happened to which record, under which number."""

    number: int
    entry: int
    table: str
    row_id: int
    operation: str

    @property
    def is_insert(self) -> bool:
        return self.operation == Operation.INSERT


@dataclass(frozen=True, slots=True)
class LogPage:
    """The touches numbered up to `last`, in order; nothing of the tables asked for is left out."""

    touches: tuple[Touch, ...]
    last: int

    def before(self, number: int) -> LogPage:
        """The same page, ending just before the number."""
        kept = tuple(one for one in self.touches if one.number < number)
        return replace(self, touches=kept, last=number - 1)


class _Part(NamedTuple):
    """Of one statement's entries, those from `start` to `end`."""

    change: int
    first: int
    start: int
    end: int
    is_whole: bool
    table: str
    operation: str


def touches_after(number: int, tables: Collection[str], size: int) -> LogPage:
    """At most `size` touches of the tables past `number`; equally dear at any depth."""
    parts, last = _parts(number, tables, size)
    if not parts:
        return LogPage((), last)
    by_change = {part.change: part for part in parts}
    rows = ChangeEntry.objects.filter(_entries_of(parts))
    touches = [
        Touch(part.first + ordinal - 1, entry, part.table, row_id, part.operation)
        for entry, change, ordinal, row_id in rows.values_list("pk", "change", "ordinal", "row_id")
        for part in (by_change[change],)
    ]
    return LogPage(tuple(sorted(touches)), last)


def _parts(number: int, tables: Collection[str], size: int) -> tuple[list[_Part], int]:
    """The parts of statements that make up the page, and the number it ends at."""
    named = ("change", "first_number", "last_number", "change__table_name", "change__operation")
    rows = ChangeNumber.objects.filter(last_number__gt=number).order_by("last_number")
    parts: list[_Part] = []
    room, last = size, number
    for change, first, end, table, operation in rows.values_list(*named)[:STATEMENTS_AT_ONCE]:
        if table in tables:
            if not room:
                break
            start = max(first, number + 1)
            taken = min(end, start + room - 1)
            is_whole = (start, taken) == (first, end)
            parts.append(_Part(change, first, start, taken, is_whole, table, operation))
            room -= taken - start + 1
            last = taken
        else:
            last = end
    return parts, last


def _entries_of(parts: list[_Part]) -> Q:
    # 分开写：合在一起，规划器会把一次大导入从头读起。
    wanted = Q(change__in=[part.change for part in parts if part.is_whole])
    for part in parts:
        if not part.is_whole:
            ordinals = (part.start - part.first + 1, part.end - part.first + 1)
            wanted |= Q(change=part.change, ordinal__range=ordinals)
    return wanted
