"""The days off and the weekend days worked, as a resource of the API."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from yiyang.access.scope import Actor
from yiyang.api.feed_kinds import FeedKind
from yiyang.api.resources import Resource
from yiyang.holidays.models import Holiday, HolidayKind
from yiyang.listing.filters import ListFilter, a_day, choice


class HolidayDocument(serializers.ModelSerializer[Any]):
    """One day that is not what its weekday says."""

    class Meta:
        model = Holiday
        fields = ("id", "day", "kind", "name", "source")


class HolidayFilter(ListFilter):
    """Holidays by kind and span of days."""

    kind = choice("类型", HolidayKind.choices)
    first = a_day("日期从", field="day", lookup="gte")
    last = a_day("日期到", field="day", lookup="lte")


def holidays(actor: Actor, day: date) -> QuerySet[Holiday]:
    return Holiday.objects.kept().visible_to(actor)


RESOURCES = (
    Resource(
        code="holidays",
        title="节假日",
        serializer=HolidayDocument,
        rows=holidays,
        filterset=HolidayFilter,
        note="国务院办公厅每年公布的放假与调休上班；答复时限按工作日计。",
    ),
)
KINDS = (FeedKind(RESOURCES[0]),)
