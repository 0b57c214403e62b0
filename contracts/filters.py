"""The filters of the register of older persons: page and export read through this one."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.expressions import RawSQL
from django.http import QueryDict
from django_filters import ChoiceFilter, FilterSet

from contracts.models import FamilyDoctorSignup, HealthManagement, Person, PersonResidence
from contracts.persons.bands import SPANS, aged, span_title
from contracts.persons.standing import Standing, stands
from institutions.models import Region
from institutions.region_filter import RegionFilter
from yiyang.access.http import ActorRequest
from yiyang.listing.filters import NOT_OFFERED

AGE_CHOICES = [(code, span_title(low, high)) for code, (low, high) in SPANS.items()]
SIGNED_CHOICES = [("yes", "当日有效"), ("no", "当日没有有效签约")]
MANAGED_CHOICES = [("yes", "本年四项已完成"), ("no", "本年未完成")]
OTHER_STANDINGS = [(one.value, one.label) for one in Standing if one is not Standing.USUAL]
Persons = QuerySet[Person]


class LivingFilter(RegionFilter):
    """Persons living in the region or anywhere below it."""

    # 从本行走到人的路径。
    person_path = "pk"

    def within(self, qs: QuerySet[Any], regions: RawSQL) -> QuerySet[Any]:
        living = PersonResidence.objects.on(self.parent.day).filter(region__in=regions)
        return qs.filter(Exists(living.filter(person=OuterRef(self.person_path))))


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

    region = LivingFilter(label="区划")
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
