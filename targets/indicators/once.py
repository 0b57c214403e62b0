"""Working out each row's facts once, before many tallies ask for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import F, Field, Q, QuerySet
from django.db.models.constants import LOOKUP_SEP
from django.db.models.expressions import RawSQL

from targets.indicators.base import Tally
from targets.indicators.lens import Lens


def worked_out(
    rows: QuerySet[Any], wanted: Iterable[str], tallies: Iterable[Tally], lens: Lens
) -> tuple[QuerySet[Any], Lens]:
    """The same rows with `wanted` and the facts the tallies ask for as plain columns.

    Without this Django writes a fact again into every counter that mentions it: 150 subqueries
    for the homes instead of a dozen. The lens comes back with the rows' own query in it.
    """
    options = rows.model._meta
    own = {field.attname for field in options.concrete_fields}
    asked = dict.fromkeys([*wanted, *_asked(rows, tallies)])
    joined = [name for name in asked if name not in own and name not in rows.query.annotations]
    inner = rows.order_by().annotate(**{name: F(name) for name in joined}).values(*asked).query
    sql, parameters = inner.sql_with_params()
    clause, before = lens.prefix(sql)
    # OFFSET 0：否则规划器又把子查询并回去，逐个计数重算。
    body = (f"{clause}{sql} OFFSET 0", (*before, *parameters))
    facts = {name: inner.annotations[name] for name in asked if name not in own}
    known = {
        # 两个名字都来自本查询自己
        name: RawSQL(f'"{options.db_table}"."{name}"', (), _stored(fact.output_field))  # noqa: S611
        for name, fact in facts.items()
    }
    return rows.model._default_manager.annotate(**known), Lens({options.db_table: body})


def _stored(field: Any) -> Field[Any, Any]:
    """The field as a plain column: of a relation, what it stores."""
    stored: Field[Any, Any] = field.target_field if field.is_relation else field
    return stored


def _asked(rows: QuerySet[Any], tallies: Iterable[Tally]) -> Iterator[str]:
    """The fields and facts that the tallies mention, each by its whole path."""
    for tally in tallies:
        conditions = [tally.among, tally.where, tally.missing or Q()]
        conditions += [exclusion.where for exclusion in tally.excluding]
        for condition in conditions:
            yield from _paths(rows, condition)
        if tally.amount:
            yield tally.amount


def _paths(rows: QuerySet[Any], condition: Q) -> Iterator[str]:
    for child in condition.children:
        if isinstance(child, Q):
            yield from _paths(rows, child)
            continue
        lookup = str(child[0])  # type: ignore[index]
        transforms, _, _ = rows.query.solve_lookup_type(lookup)
        path = lookup.removesuffix(LOOKUP_SEP + LOOKUP_SEP.join(transforms))
        yield rows.model._meta.pk.attname if path == "pk" else _attname(rows, path)


def _attname(rows: QuerySet[Any], path: str) -> str:
    """A foreign key of the row itself by its column, anything else by its path."""
    if path in rows.query.annotations or LOOKUP_SEP in path:
        return path
    attname: str = rows.model._meta.get_field(path).attname
    return attname
