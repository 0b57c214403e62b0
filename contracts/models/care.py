"""Care given to named persons: yearly health management and home sickbeds."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import ExtractYear

from contracts.models.persons import Person
from institutions.models import Institution
from yiyang.access.fields import classify
from yiyang.access.roles import Permission
from yiyang.access.scope import ByInstitution, ByRegion, Holding
from yiyang.facts import DatedFact, DatedQuerySet, Fact, FactQuerySet, no_overlap

OF_PERSON = Holding(Permission.VIEW_PERSONS) & (
    ByRegion("person__residences__region", dated="person__residences")
    | ByInstitution("institution")
)
CONDITIONS = ("record_on", "exam_on", "guided_on", "form_completed_on")


class HealthManagementQuerySet(FactQuerySet["HealthManagement"]):
    def completed(self, year: int, day: date) -> Self:
        """All four conditions met in `year`, by `day` (rules.md 11)."""
        return self.kept().filter(
            year=year, **{f"{condition}__lte": day for condition in CONDITIONS}
        )


class HealthManagement(Fact):
    """One person's health management in one year, with its four conditions."""

    person = models.ForeignKey(
        Person, models.PROTECT, related_name="health_managements", db_index=False
    )
    institution = models.ForeignKey(
        Institution, models.PROTECT, related_name="health_managements", verbose_name="服务机构"
    )
    year = models.PositiveSmallIntegerField("年度")
    record_on = models.DateField("建立（更新）健康档案", null=True, blank=True)
    exam_on = models.DateField("健康体检", null=True, blank=True)
    guided_on = models.DateField("健康指导", null=True, blank=True)
    form_completed_on = models.DateField("体检表填写完整", null=True, blank=True)

    row_scope = OF_PERSON
    field_classes: ClassVar = classify(
        internal=("id", "voided_at", "void_reason"),
        personal=("person", "institution", "year", *CONDITIONS),
    )
    objects = HealthManagementQuerySet.as_manager()

    class Meta(Fact.Meta):
        verbose_name = verbose_name_plural = "老年人健康管理"
        constraints = [
            *Fact.Meta.constraints,
            models.UniqueConstraint(
                fields=["person", "year"],
                name="contracts_healthmanagement_once_a_year",
                condition=Q(voided_at=None),
                violation_error_message="该人本年度已有健康管理记录，请在原记录上补充。",
            ),
            *(
                models.CheckConstraint(
                    condition=Q(**{condition: None}) | Q(year=ExtractYear(condition)),
                    name=f"contracts_healthmanagement_{condition}_in_year",
                    violation_error_message="四项工作的日期都须在本年度内。",
                )
                for condition in CONDITIONS
            ),
        ]


class HomeSickbed(DatedFact):
    """A home sickbed (家庭病床), opened and closed by a health institution."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="home_sickbeds")
    institution = models.ForeignKey(
        Institution, models.PROTECT, related_name="home_sickbeds", verbose_name="建床机构"
    )

    row_scope = OF_PERSON
    field_classes: ClassVar = classify(
        internal=("id", "voided_at", "void_reason"),
        personal=("person", "institution", "starts_on", "ends_on"),
    )
    objects = DatedQuerySet.as_manager()

    class Meta(DatedFact.Meta):
        verbose_name = verbose_name_plural = "家庭病床"
        constraints = [
            *DatedFact.Meta.constraints,
            no_overlap(
                "person",
                name="contracts_homesickbed_one_a_day",
                message="该人这段时间已有家庭病床，请先撤床。",
            ),
        ]
