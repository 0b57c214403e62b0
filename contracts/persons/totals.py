"""What was shown and handed out in one month, summed by account for the security administrator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db.models import Count, Q
from django.utils.timezone import make_aware

from contracts.models import ExportColumn, PersonExport, Reveal, RevealField
from yiyang.access.scope import Actor

DECEMBER = 12


@dataclass(frozen=True, slots=True)
class AccountTotal:
    """One account's looks of the month: how many, at how many persons, at which fields."""

    account: str
    looks: int
    persons: int
    by_field: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ShownExport:
    export: PersonExport
    account: str
    columns: str


def months_bounds(month: date) -> tuple[datetime, datetime]:
    """The first instant of the month and of the next one."""
    first = month.replace(day=1)
    following = (
        first.replace(year=first.year + 1, month=1)
        if first.month == DECEMBER
        else first.replace(month=first.month + 1)
    )
    return make_aware(datetime.combine(first, time())), make_aware(
        datetime.combine(following, time())
    )


def reveal_totals(month: date) -> list[AccountTotal]:
    """Looks by account, most first; no person is named, so no row scope narrows them."""
    start, end = months_bounds(month)
    per_field = {f"of_{field.value}": Count("pk", filter=Q(field=field)) for field in RevealField}
    rows = (
        Reveal.objects.filter(at__gte=start, at__lt=end)
        .values("by__display_name", "by__username")
        .annotate(looks=Count("pk"), persons=Count("person", distinct=True), **per_field)
        .order_by("-looks", "by__username")
    )
    return [
        AccountTotal(
            account=f"{row['by__display_name']}（{row['by__username']}）",
            looks=row["looks"],
            persons=row["persons"],
            by_field=tuple(row[name] for name in per_field),
        )
        for row in rows
    ]


def exports_of(month: date, actor: Actor) -> Sequence[ShownExport]:
    """The personal exports of the month in the order of their numbers."""
    start, end = months_bounds(month)
    rows = PersonExport.objects.visible_to(actor).filter(at__gte=start, at__lt=end)
    return [
        ShownExport(
            export=one,
            account=str(one.by),
            columns="、".join(str(ExportColumn(column).label) for column in one.columns),
        )
        for one in rows.select_related("by").order_by("year", "serial")
    ]
