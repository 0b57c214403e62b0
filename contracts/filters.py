"""The filters of the register of older persons: page and export read through this one."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

from django import forms
from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.expressions import RawSQL
from django.http import QueryDict
from django_filters import ChoiceFilter, FilterSet, ModelChoiceFilter

from contracts.models import FamilyDoctorSignup, HealthManagement, Person, PersonResidence
from contracts.persons.bands import SPANS, aged, span_title
from contracts.persons.standing import Standing, stands
from institutions.models import Region, RegionLevel
from yiyang.access.http import ActorRequest

AGE_CHOICES = [(code, span_title(low, high)) for code, (low, high) in SPANS.items()]
SIGNED_CHOICES = [("yes", "当日有效"), ("no", "当日没有有效签约")]
MANAGED_CHOICES = [("yes", "本年四项已完成"), ("no", "本年未完成")]
OTHER_STANDINGS = [(one.value, one.label) for one in Standing if one is not Standing.USUAL]
NOT_OFFERED = "请从列表里选择；区划须在您的授权范围内。"
Persons = QuerySet[Person]


def regions_below(roots: list[int], day: date) -> RawSQL:
    """The regions and everything below them on the day, as a subquery."""
    return RawSQL("SELECT institutions_subtree(%s::bigint[], %s::date)", (roots, day))


def offered_regions(request: ActorRequest) -> QuerySet[Region]:
    """The districts and streets the actor may choose from."""
    actor = request.actor
    roots = list(actor.region_ids)
    if actor.whole_city:
        city = Region.objects.filter(code=settings.PORTAL_REGION)
        roots = list(city.values_list("pk", flat=True))
    levels = (RegionLevel.DISTRICT, RegionLevel.STREET)
    below = regions_below(roots, actor.day)
    return Region.objects.filter(level__in=levels, pk__in=below).order_by("code")


class RegionChoiceField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Districts with their streets indented below them."""

    def label_from_instance(self, obj: Region) -> str:
        return obj.name if obj.level == RegionLevel.DISTRICT else f"　{obj.name}"


class RegionFilter(ModelChoiceFilter):  # type: ignore[misc]
    """Persons living in the region or anywhere below it."""

    def get_queryset(self, request: ActorRequest) -> QuerySet[Region]:
        return offered_regions(request)

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

    def filter(self, qs: Persons, value: Region | None) -> Persons:
        if value is None:
            return qs
        day = self.get_request().actor.day
        living = PersonResidence.objects.on(day).filter(region__in=regions_below([value.pk], day))
        return qs.filter(Exists(living.filter(person=OuterRef("pk"))))


class StandingFilter(ChoiceFilter):  # type: ignore[misc]
    """Persons of one standing; usual residents unless another is asked for."""

    def filter(self, qs: Persons, value: str) -> Persons:
        day = self.parent.request.actor.day
        return qs.filter(stands(Standing(value or Standing.USUAL), day))


def choice(label: str, choices: list[tuple[str, Any]], method: str) -> ChoiceFilter:
    return ChoiceFilter(
        label=label,
        choices=choices,
        method=method,
        empty_label="全部",
        error_messages={"invalid_choice": NOT_OFFERED},
    )


class PersonFilter(FilterSet):  # type: ignore[misc]
    """Region with all below it, age, sign-up, health management and standing, on the day."""

    region = RegionFilter(label="区划")
    age = choice("年龄", AGE_CHOICES, "of_age")
    signed = choice("家庭医生签约", SIGNED_CHOICES, "by_signup")
    managed = choice("健康管理", MANAGED_CHOICES, "by_management")
    standing = StandingFilter(
        label="在册情况",
        choices=OTHER_STANDINGS,
        empty_label=Standing.USUAL.label,
        error_messages={"invalid_choice": NOT_OFFERED},
    )

    @property
    def day(self) -> date:
        return cast(ActorRequest, self.request).actor.day

    def of_age(self, queryset: Persons, name: str, value: str) -> Persons:
        return queryset.filter(aged(value, self.day))

    def by_signup(self, queryset: Persons, name: str, value: str) -> Persons:
        signups = FamilyDoctorSignup.objects.in_force(self.day).filter(person=OuterRef("pk"))
        return queryset.filter(Exists(signups) if value == "yes" else ~Exists(signups))

    def by_management(self, queryset: Persons, name: str, value: str) -> Persons:
        done = HealthManagement.objects.completed(self.day.year, self.day)
        done = done.filter(person=OuterRef("pk"))
        return queryset.filter(Exists(done) if value == "yes" else ~Exists(done))

    @property
    def words(self) -> str:
        """What is filtered by, as a clerk would say it; empty for the whole register."""
        chosen = self.form.cleaned_data
        return "；".join(
            f"{field.label}：{self._word(name, chosen[name])}"
            for name, field in self.form.fields.items()
            if chosen.get(name)
        )

    def _word(self, name: str, value: Any) -> str:
        if isinstance(value, Region):
            return value.name
        return str(dict(self.form.fields[name].choices)[value])

    @property
    def query(self) -> str:
        """The filters in force as a query string: codes only, never what a person is called."""
        asked = QueryDict(mutable=True)
        for name in self.form.fields:
            if self.data.get(name):
                asked[name] = self.data[name]
        return asked.urlencode()
