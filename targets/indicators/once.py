"""Working out each row's facts once, before many tallies ask for them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from targets.indicators.base import Tally
from targets.indicators.lens import Lens


def worked_out(
    rows: QuerySet[Any], tallies: Iterable[Tally], lens: Lens
) -> tuple[QuerySet[Any], Lens]:
    """The same rows with the facts the tallies ask for as plain columns, and the lens they need.

    Without this Django writes a fact's subquery again into every counter that mentions it: 150
    subqueries for the homes instead of a dozen.
    """
    table = rows.model._meta.db_table
    facts = [name for name in rows.query.annotations if name in _asked(tallies)]
    columns = [field.attname for field in rows.model._meta.concrete_fields]
    sql, parameters = rows.order_by().values(*columns, *facts).query.sql_with_params()
    clause, before = lens.prefix(sql)
    # OFFSET 0：否则规划器又把子查询并回去，逐个计数重算。
    body = (f"{clause}{sql} OFFSET 0", (*before, *parameters))
    known = {}
    for name in facts:
        column = f'"{table}"."{name}"'  # 两个名字都来自本查询自己
        known[name] = RawSQL(column, (), rows.query.annotations[name].output_field)  # noqa: S611
    return rows.model._default_manager.annotate(**known), Lens({table: body})


def _asked(tallies: Iterable[Tally]) -> set[str]:
    """The fields and facts that the tallies mention."""
    asked: set[str] = set()
    for tally in tallies:
        conditions = [tally.among, tally.where, tally.missing or Q()]
        conditions += [exclusion.where for exclusion in tally.excluding]
        for condition in conditions:
            asked |= condition.referenced_base_fields
        asked.add(tally.amount or "")
    return asked
