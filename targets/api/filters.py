"""Filters of policies, targets, runs and figures."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django_filters import NumberFilter

from institutions.region_filter import RegionFilter
from targets.indicators.catalogue import CATALOGUE
from targets.models import IndicatorRun, IndicatorSnapshot, PolicyDocument, ValidityStatus
from yiyang.listing.filters import ListFilter, a_day, choice

LARGEST_RUN = 2**31 - 1
INDICATORS = tuple({one.code: (one.code, one.title) for one in CATALOGUE}.values())
READINGS = tuple({one.reading: (one.reading, one.reading_title) for one in CATALOGUE}.values())
STANDING = (("in_force", "当日有效"),)


class PolicyFilter(ListFilter):
    """Policies by validity."""

    status = choice("时效", ValidityStatus.choices)
    standing = choice("效力", STANDING, method="by_standing")

    def by_standing(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.filter(pk__in=PolicyDocument.objects.in_force(self.day).values("pk"))


class TargetFilter(ListFilter):
    """Targets by indicator and by whether their policy is in force."""

    indicator = choice("指标", INDICATORS)
    standing = choice("效力", STANDING, method="by_standing")

    def by_standing(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.filter(policy__in=PolicyDocument.objects.in_force(self.day).values("pk"))


class DefinitionFilter(ListFilter):
    """Definitions by indicator and reading."""

    indicator = choice("指标", INDICATORS)
    reading = choice("口径", READINGS)


class RunFilter(ListFilter):
    """Runs by the day they measured."""

    first = a_day("统计日从", field="as_of", lookup="gte")
    last = a_day("统计日到", field="as_of", lookup="lte")


class EditionFilter(ListFilter):
    """Editions by the last day of their period."""

    first = a_day("统计期末日从", field="last_day", lookup="gte")
    last = a_day("统计期末日到", field="last_day", lookup="lte")


class ValueFilter(ListFilter):
    """Figures of one run: the one asked for, else the newest of the day or before it."""

    run = NumberFilter(label="量度批次", method="on_the_day", min_value=1, max_value=LARGEST_RUN)
    region = RegionFilter(label="区划", field_name="region")
    indicator = choice("指标", INDICATORS)
    reading = choice("口径", READINGS)

    def filter_queryset(self, queryset: QuerySet[IndicatorSnapshot]) -> Any:
        rows = super().filter_queryset(queryset)
        run = self.form.cleaned_data.get("run")
        return rows.filter(run=int(run) if run else self._newest())

    def _newest(self) -> int | None:
        runs = IndicatorRun.objects.published().filter(as_of__lte=self.day)
        return runs.newest_first().values_list("pk", flat=True).first()
