"""The filters of the register of older persons: page and export read through this one."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.expressions import RawSQL
from django_filters import ChoiceFilter

from contracts.models import FamilyDoctorSignup, HealthManagement, Person, PersonResidence
from contracts.persons.bands import SPANS, aged, span_title
from contracts.persons.standing import Standing, stands
from institutions.region_filter import RegionFilter
from yiyang.listing.filters import NOT_OFFERED, ListFilter, choice

AGE_CHOICES = [(code, span_title(low, high)) for code, (low, high) in SPANS.items()]
SIGNED_CHOICES = [("yes", "当日有效"), ("no", "当日没有有效签约")]
MANAGED_CHOICES = [("yes", "当年四项已完成"), ("no", "当年未完成")]
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
        return qs.filter(stands(Standing(value or Standing.USUAL), self.parent.day))


class PersonFilter(ListFilter):
    """Region with all below it, age, sign-up, health management and standing, on the day."""

    region = LivingFilter(label="区划")
    age = choice("年龄", AGE_CHOICES, method="of_age")
    signed = choice("家庭医生签约", SIGNED_CHOICES, method="by_signup")
    managed = choice("健康管理", MANAGED_CHOICES, method="by_management")
    standing = StandingFilter(
        label="在册情况",
        choices=OTHER_STANDINGS,
        empty_label=Standing.USUAL.label,
        error_messages={"invalid_choice": NOT_OFFERED},
    )

    def of_age(self, queryset: Persons, name: str, value: str) -> Persons:
        return queryset.filter(aged(value, self.day))

    def by_signup(self, queryset: Persons, name: str, value: str) -> Persons:
        signups = FamilyDoctorSignup.objects.in_force(self.day).filter(person=OuterRef("pk"))
        return queryset.filter(Exists(signups) if value == "yes" else ~Exists(signups))

    def by_management(self, queryset: Persons, name: str, value: str) -> Persons:
        done = HealthManagement.objects.completed(self.day.year, self.day)
        done = done.filter(person=OuterRef("pk"))
        return queryset.filter(Exists(done) if value == "yes" else ~Exists(done))
