"""What a resource of the API is: one frozen declaration that views, feed and schema read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cache
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.http import http_date
from rest_framework.serializers import Serializer

from yiyang.access.roles import Permission
from yiyang.access.scope import Actor
from yiyang.listing.filters import ListFilter

Document = Mapping[str, Any]
Rows = Callable[[Actor, date], QuerySet[Any]]


@dataclass(frozen=True, slots=True)
class Farewell:
    """When a resource was announced to end, and the first day it may be gone."""

    announced_on: date
    gone_on: date

    @property
    def headers(self) -> dict[str, str]:
        """Deprecation (RFC 9745) and Sunset (RFC 8594), with the page that explains them."""
        return {
            "Deprecation": f"@{_second(self.announced_on)}",
            "Sunset": http_date(_second(self.gone_on)),
            "Link": '</api/docs/#versions>; rel="deprecation"; type="text/html"',
        }


def _second(day: date) -> int:
    return int(datetime.combine(day, time(), UTC).timestamp())


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource: its rows for an actor on a day, their filters and their documents.

    `serializer` lists the fields by hand; each is read from its dotted `source`. A page is ordered
    by `key`, a whole number that never changes, so that paging holds under writes. One record is
    addressed by `lookup`, a path, under the name `lookup_name`. Where a document cannot be written
    by the database, `documents` makes those of one page in a fixed number of queries.
    """

    code: str
    title: str
    serializer: type[Serializer[Any]]
    rows: Rows
    filterset: type[ListFilter]
    permission: Permission = Permission.VIEW_INSTITUTIONS
    key: str = "pk"
    lookup: str = "pk"
    lookup_name: str = "id"
    documents: Callable[[Sequence[Any], Actor, date], list[Document]] | None = None
    note: str = ""
    farewell: Farewell | None = None

    @property
    def url_name(self) -> str:
        return f"{self.code}-list"

    @property
    def detail_name(self) -> str:
        return f"{self.code}-detail"

    @property
    def field_names(self) -> tuple[str, ...]:
        return tuple(self.fields)

    @property
    def fields(self) -> Mapping[str, Any]:
        """The fields by their names, made once: making them anew costs more than a page."""
        return _fields_of(self.serializer)

    @property
    def model(self) -> type[Model]:
        """The table the rows come from."""
        return self.serializer.Meta.model  # type: ignore[attr-defined,no-any-return]


@cache
def _fields_of(serializer: type[Serializer[Any]]) -> Mapping[str, Any]:
    return dict(serializer().fields)


_resources: dict[str, Resource] = {}
_other_scopes: dict[str, str] = {}
_writable: dict[str, str] = {}


def register_resources(resources: Iterable[Resource]) -> None:
    """Put resources into the API, in the order its documentation lists them."""
    for resource in resources:
        _resources[resource.code] = resource


def all_resources() -> tuple[Resource, ...]:
    return tuple(_resources.values())


def resource_of(code: str) -> Resource:
    """The resource of that code. KeyError where there is none."""
    return _resources[code]


def register_read_scope(code: str, title: str) -> None:
    """Name something that tokens may read beside the resources, such as the feed of changes."""
    _other_scopes[code] = title


def register_write_scope(code: str, title: str) -> None:
    """Name something that tokens may write."""
    _writable[code] = title


def read_scopes() -> tuple[tuple[str, str], ...]:
    """Everything a token may be let read, code and title."""
    resources = ((one.code, one.title) for one in all_resources())
    return (*resources, *_other_scopes.items())


def write_scopes() -> tuple[tuple[str, str], ...]:
    """Everything a token may be let write, code and title."""
    return tuple(_writable.items())
