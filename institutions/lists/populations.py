"""The list of published head counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from django.db.models import Q, QuerySet

from institutions.lists.naming import places_on
from institutions.models import Population, PopulationBasis, PopulationGroup
from institutions.region_filter import RegionFilter
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor
from yiyang.listing.filters import ListFilter, a_day, choice, search
from yiyang.listing.register import Column, Entry, Register

Places = Mapping[int, str]
# 小写：居住情况也有 USUAL，那是个人信息，看不到人的角色在页面上一个字也不该见到。
BASES = tuple((one.value.lower(), one.label) for one in PopulationBasis)
C = Column[Population, Places]


def populations_on(actor: Actor, day: date) -> QuerySet[Population]:
    """Every head count of a day up to the one asked about."""
    rows = Population.objects.kept().visible_to(actor).filter(counted_on__lte=day)
    return rows.select_related("region")


class PopulationFilter(ListFilter):
    """Region, group, basis and day of head counts."""

    q = search("查找", "区划名称、区划代码")
    region = RegionFilter(label="区划", field_name="region")
    group = choice("人群", PopulationGroup.choices)
    basis = choice("口径", BASES, method="by_basis")
    first = a_day("统计时点从", field="counted_on", lookup="gte")
    last = a_day("统计时点到", field="counted_on", lookup="lte")

    def by_search(
        self, queryset: QuerySet[Population], name: str, value: str
    ) -> QuerySet[Population]:
        sought = value.strip()
        return queryset.filter(Q(region__name__icontains=sought) | Q(region__code__iexact=sought))

    def by_basis(
        self, queryset: QuerySet[Population], name: str, value: str
    ) -> QuerySet[Population]:
        return queryset.filter(basis=value.upper())


def places_of(rows: Sequence[Population], actor: Actor, day: date) -> Places:
    return places_on([row.region for row in rows], day)


POPULATIONS = Register(
    code="populations",
    title="人口台账",
    unit="条",
    url_name="population-list",
    permission=Permission.VIEW_INSTITUTIONS,
    rows=populations_on,
    filterset=PopulationFilter,
    columns=(
        C("place", "区划", lambda row, places: places[row.region_id], sort="region__code"),
        C("code", "区划代码", lambda row, _: row.region.code, is_default=False),
        C("group", "人群", lambda row, _: row.get_group_display(), sort="group"),
        C("basis", "口径", lambda row, _: row.get_basis_display(), sort="basis"),
        C("counted_on", "统计时点", lambda row, _: row.counted_on.isoformat(), sort="counted_on"),
        C("people", "人数", lambda row, _: row.people, sort="people", is_number=True),
        C("source", "来源", lambda row, _: row.source, is_long=True),
    ),
    around=places_of,
    default_sort="place",
    entry=Entry("登记人口数", "population-new", lambda actor: actor.may(Permission.EDIT_HEALTH)),
    next_step="请登记或导入人口数，注明时点与来源。",
    note="人口数按公布的层级登记，统计时取不晚于统计日的最近一期。",
)
