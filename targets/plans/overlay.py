"""Supposed rows laid over the registers, and the lens through which they are read."""

from __future__ import annotations

import json
from typing import Any, TypeVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model, QuerySet

from targets.indicators.lens import Lens, fetch
from targets.models import Target

M = TypeVar("M", bound=Model)
# 比任何真实编号都大：设想的行与真的登记一样，排在已有的行之后。
FIRST_SUPPOSED_ID = 2**62
# 写明 public：与被替换的表同名的 CTE 不会遮住真正的表。
BODY = (
    'SELECT * FROM "public"."{table}" WHERE "{key}" <> ALL(%s::bigint[]) UNION ALL '
    'SELECT * FROM jsonb_populate_recordset(NULL::"public"."{table}", %s::jsonb)'
)


class Overlay:
    """Rows added to or put in place of register rows, and targets changed; never stored."""

    def __init__(self) -> None:
        self.targets: dict[int, Target] = {}
        self._rows: dict[type[Model], dict[int, Model]] = {}
        self._superseded: dict[type[Model], set[int]] = {}
        self._next_id = FIRST_SUPPOSED_ID

    @property
    def tables(self) -> frozenset[str]:
        """The tables that hold something else than the registers do."""
        return frozenset(model._meta.db_table for model in {*self._rows, *self._superseded})

    @property
    def lens(self) -> Lens:
        """The registers as the steps laid down so far would leave them."""
        models = dict.fromkeys((*self._rows, *self._superseded))
        return Lens({model._meta.db_table: self._body(model) for model in models})

    def first(self, rows: QuerySet[M]) -> M | None:
        """The first of `rows` as read through the overlay."""
        names = [field.attname for field in rows.model._meta.concrete_fields]
        found = list(fetch(rows.values(*names)[:1], self.lens))
        return rows.model(**found[0]) if found else None

    def add(self, row: Model) -> None:
        """Suppose a row the register does not hold."""
        row.pk = self._next_id
        self._next_id += 1
        self._rows.setdefault(type(row), {})[row.pk] = row

    def replace(self, row: Model) -> None:
        """Suppose that the register's row of this key reads like `row`."""
        self.remove(row)
        self._rows.setdefault(type(row), {})[row.pk] = row

    def remove(self, row: Model) -> None:
        """Suppose that the register's row does not count, as if voided."""
        self._rows.get(type(row), {}).pop(row.pk, None)
        self._superseded.setdefault(type(row), set()).add(row.pk)

    def _body(self, model: type[Model]) -> tuple[str, tuple[Any, ...]]:
        options = model._meta
        assert options.pk is not None
        supposed = [_columns(row) for row in self._rows.get(model, {}).values()]
        return (
            BODY.format(table=options.db_table, key=options.pk.column),
            (
                sorted(self._superseded.get(model, ())),
                json.dumps(supposed, cls=DjangoJSONEncoder, ensure_ascii=False),
            ),
        )


def _columns(row: Model) -> dict[str, Any]:
    return {field.column: getattr(row, field.attname) for field in row._meta.concrete_fields}
