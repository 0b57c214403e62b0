"""What a register's list is, as one frozen declaration that page, file and API read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from django.db.models import Model, QuerySet
from django.urls import reverse

from yiyang.access.roles import Permission
from yiyang.access.scope import Actor
from yiyang.listing.copied import Written

if TYPE_CHECKING:
    from yiyang.listing.filters import ListFilter

M = TypeVar("M", bound=Model)
A = TypeVar("A")
Cell = str | int | None
ABSENT = "—"


# 带类型参数的冻结类不能有 slots：typing 要在实例上记下参数。
@dataclass(frozen=True)
class Column(Generic[M, A]):
    """One column: what stands in it, by which field path it sorts, where it leads.

    A path led by "-" sorts the other way round: ages by birth dates, the oldest born first.
    `tone` names the colour of a cell whose word is a verdict: good, warn, bad, plain or none.
    `written` says the same as `cell` for the database, which then writes long files itself.
    """

    key: str
    heading: str
    cell: Callable[[M, A], Cell]
    sort: str = ""
    is_default: bool = True
    is_number: bool = False
    is_long: bool = False
    tone: Callable[[M, A], str] | None = None
    link: Callable[[M, A], str] | None = None
    written: Written | None = None

    def text(self, row: M, around: A) -> str:
        """The cell as a page shows it; nothing registered is a dash."""
        value = self.cell(row, around)
        if isinstance(value, int):
            return f"{value:,}"
        return value or ABSENT


@dataclass(frozen=True, slots=True)
class Place:
    """A list as saved filters know it: its name, address, permission and parameters."""

    code: str
    title: str
    url_name: str
    permission: Permission
    parameters: frozenset[str]

    @property
    def address(self) -> str:
        return reverse(self.url_name)


@dataclass(frozen=True, slots=True)
class Entry:
    """The button that enters a new record, for those who may."""

    title: str
    url_name: str
    is_for: Callable[[Actor], bool]

    @property
    def address(self) -> str:
        return reverse(self.url_name)


@dataclass(frozen=True)
class Register(Generic[M, A]):
    """A register: its rows for an actor on a day, their filters and columns.

    `around` reads what the columns need beside the rows themselves, for one page or block of a
    file at a time, in a number of queries that never grows. `default_sort` is a column's key, led
    by "-" for descending; without one the rows stand in the order they were entered. `begins` is
    what the bare address is narrowed to for an actor; `is_cards` makes each row a card on a phone.
    """

    code: str
    title: str
    unit: str
    url_name: str
    permission: Permission
    rows: Callable[[Actor, date], QuerySet[M]]
    filterset: type[ListFilter]
    columns: tuple[Column[M, A], ...]
    around: Callable[[Sequence[M], Actor, date], A]
    default_sort: str = ""
    export_permission: Permission = Permission.EXPORT
    next_step: str = ""
    note: str = ""
    is_personal: bool = False
    template: str = "listing/register_list.html"
    entry: Entry | None = None
    begins: Callable[[Actor], str] | None = None
    is_cards: bool = False
    extras: Callable[[Actor], dict[str, Any]] | None = None

    @property
    def place(self) -> Place:
        names = (*self.filterset.base_filters, "sort", "col")
        return Place(self.code, self.title, self.url_name, self.permission, frozenset(names))

    @property
    def everything(self) -> str:
        """The address of the whole list, also for whom the bare one begins narrowed."""
        return reverse(self.url_name) + ("?sort=" if self.begins else "")

    @property
    def sortable(self) -> dict[str, str]:
        """The field path of each column that sorts."""
        return {column.key: column.sort for column in self.columns if column.sort}


def nothing_around(rows: Sequence[Any], actor: Actor, day: date) -> None:
    """For a register whose columns need nothing beside the rows themselves."""
    return
