"""What an address asks of a list: filters, order, columns and where the page begins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic

from django.db.models import QuerySet
from django.http import Http404, QueryDict

from yiyang.access.http import ActorRequest
from yiyang.listing.filters import ListFilter
from yiyang.listing.paging import Mark, Order, mark_of
from yiyang.listing.register import A, Column, M, Register

MOST_DIGITS = 18
NOT_A_PLACE = "地址里的 after 不认识，或名单已有变动；请回到第一页再往下翻。"


@dataclass(frozen=True, slots=True)
class Asked(Generic[M, A]):
    """One list as asked for; `filters` may be invalid, then there are no rows to speak of."""

    register: Register[M, A]
    filters: ListFilter
    sort: str
    columns: tuple[Column[M, A], ...]

    @property
    def order(self) -> Order:
        key = self.sort.removeprefix("-")
        if not key:
            return Order()
        path = self.register.sortable[key]
        return Order(path.removeprefix("-"), self.sort.startswith("-") != path.startswith("-"))

    @property
    def rows(self) -> QuerySet[M]:
        rows: QuerySet[M] = self.filters.qs
        return rows

    @property
    def has_own_columns(self) -> bool:
        return self.columns != default_columns(self.register)

    @property
    def query(self) -> QueryDict:
        """Everything asked but the page, in as few parameters as say it."""
        asked = self.filters.query
        if self.sort != self.register.default_sort:
            asked["sort"] = self.sort
        if self.has_own_columns:
            asked.setlist("col", [column.key for column in self.columns])
        return asked


def asked_of(request: ActorRequest, register: Register[M, A], query: QueryDict) -> Asked[M, A]:
    """Read the parameters; an order or column the register does not have is not found."""
    filters = register.filterset(query, request=request, rows=register.rows)
    return Asked(register, filters, _sort(register, query), _columns(register, query))


def mark_asked(request: ActorRequest, asked: Asked[M, A]) -> Mark | None:
    """Where the page begins, None for the first; looked up among all rows the actor may see."""
    text = request.GET.get("after", "")
    if not text:
        return None
    # 位数上限防止超出数据库整数范围。
    if not (text.isascii() and text.isdigit()) or len(text) > MOST_DIGITS:
        raise Http404(NOT_A_PLACE)
    seen = asked.register.rows(request.actor, asked.filters.day)
    mark = mark_of(seen, asked.order, int(text))
    if mark is None:
        raise Http404(NOT_A_PLACE)
    return mark


def default_columns(register: Register[M, A]) -> tuple[Column[M, A], ...]:
    return tuple(column for column in register.columns if column.is_default)


def _sort(register: Register[M, A], query: QueryDict) -> str:
    sort: str = query.get("sort", "") or register.default_sort
    if sort and sort.removeprefix("-") not in register.sortable:
        raise Http404("名单不能按这一列排序；请点表头上的链接。")
    return sort


def _columns(register: Register[M, A], query: QueryDict) -> tuple[Column[M, A], ...]:
    """The columns asked for, in the register's own order; the first always stands."""
    keys = set(query.getlist("col"))
    if not keys:
        return default_columns(register)
    if not keys <= {column.key for column in register.columns}:
        raise Http404("名单没有这一列；请在“选择列”里勾选。")
    first = register.columns[0]
    return tuple(column for column in register.columns if column is first or column.key in keys)
