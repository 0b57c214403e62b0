"""Filters of resources that have no list of their own in the portal."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from institutions.lists.naming import SeatFilter, of_institutions_called
from institutions.models import LicenceKind, RegionLevel
from institutions.region_filter import RegionFilter
from yiyang.facts import holds_on
from yiyang.listing.filters import ListFilter, choice, search

HOLDING = (("yes", "当日有效"), ("no", "当日无效"))


class DatedFilter(ListFilter):
    """Rows that hold, or do not, on the day."""

    holding = choice("效力", HOLDING, method="by_holding")

    def by_holding(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        held = holds_on(self.day)
        return queryset.filter(held) if value == "yes" else queryset.exclude(held)


class OfInstitutionFilter(DatedFilter):
    """Dated rows about one institution each."""

    q = search("机构", "机构名称、拼音首字母、编码")
    region = SeatFilter(label="区划")

    def by_search(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return of_institutions_called(queryset, value, self.day)


class IdentityFilter(ListFilter):
    """Institutions by their code."""

    q = search("编码", "机构编码")

    def by_search(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(code=value.strip())


class ProfileFilter(OfInstitutionFilter):
    """What institutions were: by institution, region and day."""

    region = RegionFilter(label="区划", field_name="region")


class LicenceFilter(OfInstitutionFilter):
    """Certificates by kind, institution, region and validity."""

    kind = choice("证照种类", LicenceKind.choices)


class WithinFilter(RegionFilter):
    """Regions: the chosen one and all below it."""

    def within(self, qs: QuerySet[Any], regions: RawSQL) -> QuerySet[Any]:
        return qs.filter(pk__in=regions)


class RegionListFilter(ListFilter):
    """Regions by name or code, by level, and by the one they lie in."""

    q = search("查找", "区划名称、区划代码")
    region = WithinFilter(label="区划")
    level = choice("级别", RegionLevel.choices)

    def by_search(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        sought = value.strip()
        return queryset.filter(Q(name__icontains=sought) | Q(code=sought))


class PlacementFilter(DatedFilter):
    """Where regions hang in the tree, by the region above."""

    region = RegionFilter(label="区划", field_name="region")
