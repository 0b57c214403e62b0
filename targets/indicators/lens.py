"""Reading the registers through a lens: as they are, as once known, or as a plan would make them.

A lens replaces tables by queries of the same shape. The same querysets are sent with a WITH clause
that shadows those tables, so no indicator knows whether it counts facts or suppositions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from django.db import DEFAULT_DB_ALIAS
from django.db.models import QuerySet

Parameters = tuple[Any, ...]
EMPTY: Mapping[str, tuple[str, Parameters]] = MappingProxyType({})


@dataclass(frozen=True)
class Lens:
    """Tables to be replaced, each by a SELECT with its parameters."""

    bodies: Mapping[str, tuple[str, Parameters]] = field(default_factory=lambda: EMPTY)

    def prefix(self, sql: str) -> tuple[str, Parameters]:
        """The WITH clause for the replaced tables that `sql` reads, empty when there are none."""
        used = [table for table in self.bodies if f'"{table}"' in sql]
        if not used:
            return "", ()
        # 不许物化：表读几次就展开几次，原表的索引才用得上。
        clauses = ", ".join(
            f'"{table}" AS NOT MATERIALIZED ({self.bodies[table][0]})' for table in used
        )
        parameters = [value for table in used for value in self.bodies[table][1]]
        return f"WITH {clauses} ", tuple(parameters)


AS_IT_IS = Lens()


def fetch(
    queryset: QuerySet[Any, dict[str, Any]], lens: Lens = AS_IT_IS
) -> Iterator[dict[str, Any]]:
    """The rows of a `.values()` queryset as dicts, read through the lens."""
    names = _names(queryset)
    for row in fetch_rows(queryset, lens):
        yield dict(zip(names, row, strict=True))


def fetch_rows(queryset: QuerySet[Any, Any], lens: Lens = AS_IT_IS) -> Iterator[tuple[Any, ...]]:
    """The rows of a `.values()` queryset as tuples, read through the lens."""
    compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
    plain = compiler.as_sql

    def through_lens(*args: Any, **kwargs: Any) -> tuple[str, Parameters]:
        sql, parameters = plain(*args, **kwargs)
        clause, extra = lens.prefix(sql)
        return clause + sql, (*extra, *parameters)

    # 不用服务器端游标：游标里的查询不能并行。
    compiler.as_sql = through_lens
    yield from compiler.results_iter(tuple_expected=True)


def _names(queryset: QuerySet[Any, Any]) -> list[str]:
    query = queryset.query
    if query.selected:
        return list(query.selected)
    return [*query.extra_select, *query.values_select, *query.annotation_select]
