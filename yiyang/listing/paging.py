"""Pages by key: the next page begins after the last row shown, however deep that is.

Rows are ordered by (sort value, id) in one direction, rows without a value last. A page reads
first the rows that have a value, from a row comparison an index on (value, id) answers at any
depth, forwards and backwards alike; and only when these run out the rows that have none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar

from django.core.exceptions import FieldDoesNotExist
from django.db.models import BooleanField, F, Field, Func, Model, Q, QuerySet, Value
from django.db.models.constants import LOOKUP_SEP
from django.db.models.sql.compiler import SQLCompiler

M = TypeVar("M", bound=Model)
COUNTED_UP_TO = 10_000
KEY = "pk"


@dataclass(frozen=True, slots=True)
class Order:
    """By which field path rows are sorted, and which way; by their number where not said."""

    path: str = KEY
    is_descending: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """The last row of a page: its number and the value it is sorted by."""

    key: int
    value: Any = None


class _Beyond(Func):
    """(value, id) lies beyond another (value, id): one comparison of rows, which an index knows."""

    output_field: Field[Any, Any] = BooleanField()
    conditional = True

    def __init__(self, *expressions: Any, sign: str, **extra: Any) -> None:
        super().__init__(*expressions, **extra)
        self.sign = sign

    def as_sql(self, compiler: SQLCompiler, connection: Any, **_: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        parts = [compiler.compile(one) for one in self.get_source_expressions()]
        texts = [text for text, _ in parts]
        half = len(texts) // 2
        left, right = ", ".join(texts[:half]), ", ".join(texts[half:])
        return f"({left}) {self.sign} ({right})", [one for _, given in parts for one in given]


def mark_of(rows: QuerySet[M], order: Order, key: int) -> Mark | None:
    """Where the row of that number stands in the order; None when the rows do not hold it."""
    if order.path == KEY:
        return Mark(key)
    found = rows.filter(pk=key).annotate(marked=F(order.path)).values_list("marked", flat=True)[:1]
    return next((Mark(key, value) for value in found), None)


def page_after(rows: QuerySet[M], order: Order, mark: Mark | None, size: int) -> list[M]:
    """The next `size` rows past the mark, or the first ones; in at most two queries."""
    if order.path == KEY:
        return list(_past_key(rows, order, mark)[:size])
    is_among_gaps = mark is not None and mark.value is None
    found: list[M] = []
    if not is_among_gaps:
        found = list(_past_value(rows, order, mark)[:size])
    if len(found) < size and may_be_empty(rows, order.path):
        gaps = rows.filter(**{f"{order.path}__isnull": True})
        rest = _past_key(gaps, order, mark if is_among_gaps else None)
        found += rest[: size - len(found)]
    return found


def ordered(rows: QuerySet[M], order: Order) -> QuerySet[M]:
    """All rows in the order of the pages."""
    if order.path == KEY:
        return rows.order_by("-pk" if order.is_descending else "pk")
    value = F(order.path)
    if order.is_descending:
        return rows.order_by(value.desc(nulls_last=True), "-pk")
    return rows.order_by(value.asc(nulls_last=True), "pk")


def counted(rows: QuerySet[Any]) -> int:
    """How many, exactly up to 10,000; one more than that stands for all beyond."""
    return rows.order_by()[: COUNTED_UP_TO + 1].count()


def count_words(number: int, unit: str) -> str:
    return f"1 万{unit}以上" if number > COUNTED_UP_TO else f"{number:,} {unit}"


def _past_key(rows: QuerySet[M], order: Order, mark: Mark | None) -> QuerySet[M]:
    if mark is not None:
        rows = rows.filter(**{f"pk__{'lt' if order.is_descending else 'gt'}": mark.key})
    return rows.order_by("-pk" if order.is_descending else "pk")


def _past_value(rows: QuerySet[M], order: Order, mark: Mark | None) -> QuerySet[M]:
    if may_be_empty(rows, order.path):
        rows = rows.filter(**{f"{order.path}__isnull": False})
    if mark is not None:
        sign = "<" if order.is_descending else ">"
        beyond = _Beyond(F(order.path), F(KEY), Value(mark.value), Value(mark.key), sign=sign)
        rows = rows.filter(Q(beyond))
    names = (order.path, KEY)
    return rows.order_by(*(f"-{name}" if order.is_descending else name for name in names))


def may_be_empty(rows: QuerySet[Any], path: str) -> bool:
    """Whether rows can be without a value at the end of the path."""
    model: type[Model] = rows.model
    for name in path.split(LOOKUP_SEP):
        try:
            field = model._meta.get_field(name)
        except FieldDoesNotExist:  # 注记出来的值
            return True
        if getattr(field, "null", True):
            return True
        if field.related_model is not None and not isinstance(field.related_model, str):
            model = field.related_model
    return False
