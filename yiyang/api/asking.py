"""What a call asks: filters, fields, page; every other parameter is refused."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict

from yiyang.access.http import ActorRequest
from yiyang.api.errors import Fault, Refusal, bad_parameter, refused
from yiyang.api.resources import Resource
from yiyang.listing.filters import ListFilter

PAGE, LARGEST_PAGE = 100, 1000
PAGING = ("after", "limit")
FIELDS = "fields"
LARGEST_KEY = 2**63 - 1
# 制表、换行以外的控制字符，谁也不会真的用来查找。
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Asked:
    """One list as a call asks for it, every part of it checked."""

    resource: Resource
    filters: ListFilter
    names: tuple[str, ...]
    after: int | None
    limit: int

    @property
    def day(self) -> date:
        return self.filters.day

    @property
    def rows(self) -> QuerySet[Any]:
        """All rows asked for, in the order of the pages."""
        rows: QuerySet[Any] = self.filters.qs.order_by(self.resource.key)
        return rows

    @property
    def page(self) -> QuerySet[Any]:
        """The rows past `after`, one more than a page to tell whether there is another."""
        rows = self.rows
        if self.after is not None:
            rows = rows.filter(**{f"{self.resource.key}__gt": self.after})
        return rows[: self.limit + 1]


def asked_of(request: ActorRequest, resource: Resource) -> Asked:
    """Read the address. ApiRefusal where anything in it is unknown or wrong."""
    query = request.GET
    refuse_unknown(query, parameters_of(resource))
    filters = resource.filterset(query, request=request, rows=resource.rows, any_region=True)
    if not filters.is_valid():
        raise refused(Refusal.INVALID, faults=tuple(_faults(filters)))
    return Asked(
        resource,
        filters,
        names_asked(query, resource),
        asked_number(query, "after", LARGEST_KEY),
        asked_number(query, "limit", LARGEST_PAGE, least=1) or PAGE,
    )


def parameters_of(resource: Resource) -> frozenset[str]:
    return frozenset((*resource.filterset.base_filters, *PAGING, FIELDS))


def refuse_unknown(query: QueryDict, known: frozenset[str]) -> None:
    """400 for a parameter the address does not have, given twice, or of unprintable text."""
    for name, values in query.lists():
        if name not in known:
            raise bad_parameter(name[:60], f"没有“{name[:60]}”这个参数。", "unknown_parameter")
        if len(values) > 1:
            raise bad_parameter(name, "这个参数只能给一次；几个值请用逗号分开。", "repeated")
        if CONTROL.search(values[0]):
            raise bad_parameter(name, "参数里有不可见的控制字符，请去掉。", "control_character")


def names_asked(query: QueryDict, resource: Resource) -> tuple[str, ...]:
    """The fields asked for, in the resource's own order; all of them where none is named."""
    names = resource.field_names
    if FIELDS not in query:
        return names
    wanted = {name.strip() for name in str(query[FIELDS]).split(",") if name.strip()}
    if unknown := wanted - set(names):
        raise bad_parameter(FIELDS, f"没有“{min(unknown)[:60]}”这个字段。", "unknown_field")
    if not wanted:
        raise bad_parameter(FIELDS, "请至少写一个字段，用逗号分开。", "required")
    return tuple(name for name in names if name in wanted)


def asked_number(query: QueryDict, name: str, most: int, *, least: int = 0) -> int | None:
    """A whole number of the address; None where it is not given."""
    if name not in query:
        return None
    text = str(query[name])
    is_number = text.isascii() and text.isdigit() and len(text) <= len(str(LARGEST_KEY))
    if not is_number or not least <= int(text) <= most:
        raise bad_parameter(name, f"请写 {least} 至 {most} 之间的整数。", "not_a_number")
    return int(text)


def _faults(filters: ListFilter) -> list[Fault]:
    return [
        Fault(str(message), "invalid", parameter=name)
        for name, messages in filters.form.errors.items()
        for message in messages
    ]
