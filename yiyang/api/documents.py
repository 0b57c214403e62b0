"""A resource's documents, written as JSON by the database itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import F, Func, QuerySet, TextField, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast
from rest_framework import serializers

from yiyang.api.resources import Resource

_DOCUMENT = "_document"


class JsonObject(Func):
    """json_build_object: keeps the order of the names, unlike jsonb."""

    function = "json_build_object"
    output_field = TextField()


def with_documents(rows: QuerySet[Any], resource: Resource, names: Sequence[str]) -> Any:
    """The rows as JSON texts of the named fields, one each, still a lazy queryset."""
    return _written(rows, resource, names).values_list(_DOCUMENT, flat=True)


def with_keyed_documents(
    rows: QuerySet[Any], resource: Resource, names: Sequence[str], *, key: str = "pk"
) -> Any:
    """The same texts, each with the number of its record."""
    return _written(rows, resource, names).values_list(key, _DOCUMENT)


def _written(rows: QuerySet[Any], resource: Resource, names: Sequence[str]) -> QuerySet[Any]:
    fields = resource.fields
    parts: list[Combinable] = []
    for name in names:
        parts += [Value(name), expression_of(fields[name])]
    written: QuerySet[Any] = rows.annotate(**{_DOCUMENT: Cast(JsonObject(*parts), TextField())})
    return written


def with_cells(rows: QuerySet[Any], resource: Resource, names: Sequence[str]) -> Any:
    """The rows as tuples of the named fields, for a table."""
    fields = resource.fields
    cells = {f"_{name}": expression_of(fields[name]) for name in names}
    return rows.annotate(**cells).values_list(*cells)


def expression_of(field: Any) -> Combinable:
    """Where the database finds a field: its dotted source, a decimal as exact text."""
    source = F(".".join(field.source_attrs).replace(".", "__"))
    if isinstance(field, serializers.DecimalField):
        return Cast(source, TextField())
    return source
