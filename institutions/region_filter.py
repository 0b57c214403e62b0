"""Choosing a region in a list's filters: its rows are those of the region and of all below it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from django_filters import ModelChoiceFilter

from institutions.models import Region, RegionLevel
from yiyang.access.http import ActorRequest
from yiyang.listing.filters import NOT_OFFERED


def regions_below(roots: list[int], day: date) -> RawSQL:
    """The regions and everything below them on the day, as a subquery."""
    return RawSQL("SELECT institutions_subtree(%s::bigint[], %s::date)", (roots, day))


def offered_regions(request: ActorRequest) -> QuerySet[Region]:
    """The districts and streets the actor may choose from."""
    levels = (RegionLevel.DISTRICT, RegionLevel.STREET)
    return regions_in_scope(request).filter(level__in=levels)


def regions_in_scope(request: ActorRequest) -> QuerySet[Region]:
    """Every region the actor may ask for, the city and the communities too."""
    actor = request.actor
    roots = list(actor.region_ids)
    if actor.whole_city:
        city = Region.objects.filter(code=settings.PORTAL_REGION)
        roots = list(city.values_list("pk", flat=True))
    below = regions_below(roots, actor.day)
    return Region.objects.filter(pk__in=below).order_by("code")


class RegionChoiceField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Districts with their streets indented below them."""

    def label_from_instance(self, obj: Region) -> str:
        return obj.name if obj.level == RegionLevel.DISTRICT else f"　{obj.name}"


class RegionFilter(ModelChoiceFilter):  # type: ignore[misc]
    """Rows whose region, at `field_name`, is the chosen one or lies anywhere below it."""

    def get_queryset(self, request: ActorRequest) -> QuerySet[Region]:
        return regions_in_scope(request) if self.parent.any_region else offered_regions(request)

    @property
    def field(self) -> RegionChoiceField:
        if not hasattr(self, "_field"):
            self._field = RegionChoiceField(
                label=self.label,
                queryset=self.get_queryset(self.get_request()),
                to_field_name="code",
                required=False,
                empty_label="全部",
                error_messages={"invalid_choice": NOT_OFFERED},
            )
        return self._field

    def filter(self, qs: QuerySet[Any], value: Region | None) -> QuerySet[Any]:
        if value is None:
            return qs
        return self.within(qs, regions_below([value.pk], self.parent.day))

    def within(self, qs: QuerySet[Any], regions: RawSQL) -> QuerySet[Any]:
        """The rows of these regions; overridden where the region is not a column."""
        return qs.filter(**{f"{self.field_name}__in": regions})
