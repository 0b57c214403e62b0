"""The lists of what institutions report: beds, people living in, staff."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

from django.db.models import Exists, OuterRef, QuerySet

from institutions.lists.naming import (
    Named,
    SeatFilter,
    address_of,
    around_institutions,
    name_of,
    of_institutions_called,
    place_of,
)
from institutions.models import BedBasis, BedCount, BedRegister, Occupancy, StaffCount
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor
from yiyang.listing.filters import ListFilter, a_day, choice, search
from yiyang.listing.register import Column, Register

R = TypeVar("R", BedCount, Occupancy, StaffCount)
LATEST = (("latest", "只看每家最近一期"),)
HINT = "机构名称、拼音首字母、编码"


def reports_of(model: type[R]) -> Callable[[Actor, date], QuerySet[R]]:
    """The reports in scope that count a day up to the one asked about."""

    def rows(actor: Actor, day: date) -> QuerySet[R]:
        found = model.objects.kept().visible_to(actor).filter(counted_on__lte=day)
        return found.select_related("institution")

    return rows


class ReportFilter(ListFilter):
    """Institution, region and days of reports; the last of each only, if asked."""

    q = search("机构", HINT)
    region = SeatFilter(label="区划")
    first = a_day("统计日从", field="counted_on", lookup="gte")
    last = a_day("统计日到", field="counted_on", lookup="lte")
    period = choice("期次", LATEST, method="by_period")

    # 同一机构、同一口径才分先后。
    alike: tuple[str, ...] = ("institution",)

    def by_search(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return of_institutions_called(queryset, value, self.day)

    def by_period(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        same = {field: OuterRef(field) for field in self.alike}
        later = queryset.model._default_manager.filter(
            voided_at=None,
            counted_on__gt=OuterRef("counted_on"),
            counted_on__lte=self.day,
            **same,
        )
        return queryset.exclude(Exists(later))


class BedFilter(ReportFilter):
    """Reports of beds, each register and basis by itself."""

    register = choice("登记口径", BedRegister.choices)
    basis = choice("核定或实有", BedBasis.choices)
    alike = ("institution", "register", "basis")


def number(
    model: Any, name: str, heading: str = "", *, is_default: bool = True
) -> Column[Any, Any]:
    """A column of one count; its heading is the field's own Chinese name unless said otherwise."""
    return Column(
        name,
        heading or str(model._meta.get_field(name).verbose_name),
        lambda row, _: getattr(row, name),
        sort=name,
        is_number=True,
        is_default=is_default,
    )


def opening(day_heading: str) -> tuple[Column[Any, Named], ...]:
    """The columns every report begins with."""
    return (
        Column("institution", "机构", name_of, link=address_of),
        Column("code", "机构编码", lambda row, _: row.institution.code, sort="institution__code"),
        Column("place", "区划", place_of),
        Column("counted_on", day_heading, lambda row, _: row.counted_on.isoformat(), "counted_on"),
    )


def register_of(
    model: type[R],
    day_heading: str,
    *columns: Column[Any, Named],
    code: str,
    title: str,
    url_name: str,
    next_step: str,
    filterset: type[ListFilter] = ReportFilter,
) -> Register[R, Named]:
    """A register of reports: all are read, opened and sorted alike."""
    return Register(
        code=code,
        title=title,
        unit="条",
        url_name=url_name,
        permission=Permission.VIEW_INSTITUTIONS,
        rows=reports_of(model),
        filterset=filterset,
        columns=(*opening(day_heading), *columns),
        around=around_institutions,
        default_sort="-counted_on",
        next_step=next_step,
    )


BEDS = register_of(
    BedCount,
    "统计日",
    Column("register", "登记口径", lambda row, _: row.get_register_display(), "register"),
    Column("basis", "核定或实有", lambda row, _: row.get_basis_display(), "basis"),
    number(BedCount, "total"),
    number(BedCount, "nursing"),
    number(BedCount, "rehabilitation"),
    number(BedCount, "hospice", is_default=False),
    number(BedCount, "day_care", "日托床位（不计入总数）", is_default=False),
    number(BedCount, "in_both", "其中两边都登记", is_default=False),
    number(BedCount, "in_both_care", "其中两边都计护理、康复", is_default=False),
    code="beds",
    title="床位台账",
    url_name="bed-list",
    filterset=BedFilter,
    next_step="床位由机构页面填报，或导入床位报表。",
)
OCCUPANCIES = register_of(
    Occupancy,
    "月末日",
    *(number(Occupancy, name) for name in ("occupants", "dependent", "partly_dependent")),
    number(Occupancy, "aged_80_plus"),
    code="occupancies",
    title="月末在住台账",
    url_name="occupancy-list",
    next_step="在住人数由养老机构每月末填报，或导入在住报表。",
)
STAFF = register_of(
    StaffCount,
    "统计日",
    *(number(StaffCount, name) for name in ("physicians", "nurses", "care_workers")),
    *(number(StaffCount, name) for name in ("rehabilitation_staff", "multi_site_physicians")),
    code="staff",
    title="人员台账",
    url_name="staff-list",
    next_step="人员数由机构页面填报，或导入人员报表。",
)
