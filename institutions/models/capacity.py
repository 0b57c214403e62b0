"""Beds, residents and staff as institutions report them."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Self, TypeVar

from django.db import models
from django.db.models import F, Func, Q

from institutions.models.institutions import Institution
from institutions.models.services import INTERNAL_FIELDS, OF_INSTITUTION
from yiyang.access.fields import classify
from yiyang.facts import Fact, FactQuerySet, one_kept

M = TypeVar("M", bound=models.Model)


class ReportQuerySet(FactQuerySet[M]):
    """Reads of reports that count something on a day (`counted_on`)."""

    def counted_between(self, first: date, last: date) -> Self:
        """Reports kept whose counting day lies in the span, both days included."""
        return self.kept().filter(counted_on__gte=first, counted_on__lte=last)


def by_day(name: str) -> models.Index:
    """The order a list turns its pages in."""
    return models.Index(fields=["counted_on", "id"], condition=Q(voided_at=None), name=name)


class BedRegister(models.TextChoices):
    CIVIL_AFFAIRS = "CIVIL_AFFAIRS", "民政备案"
    HEALTH = "HEALTH", "卫健核定"


class BedBasis(models.TextChoices):
    APPROVED = "APPROVED", "核定"
    ACTUAL = "ACTUAL", "实有"


class BedCount(Fact):
    """Beds of one institution by kind, in one register, on one day (rules.md 18).

    Parts above the total are a data-quality finding, not an error: the office files what it is
    told and then asks.
    """

    institution = models.ForeignKey(Institution, models.PROTECT, related_name="bed_counts")
    counted_on = models.DateField("统计日")
    register = models.CharField("登记口径", max_length=20, choices=BedRegister)
    basis = models.CharField("核定或实有", max_length=10, choices=BedBasis)
    total = models.PositiveIntegerField("床位总数")
    nursing = models.PositiveIntegerField("护理型床位", default=0)
    rehabilitation = models.PositiveIntegerField("康复床位", default=0)
    hospice = models.PositiveIntegerField("安宁疗护床位", default=0)
    day_care = models.PositiveIntegerField("日托床位（不计入总数）", default=0)
    in_both = models.PositiveIntegerField(
        "其中另一口径也登记的床位", default=0, help_text="同时在民政与卫健登记的床位，只计一次"
    )
    in_both_care = models.PositiveIntegerField(
        "其中两边都计为护理、康复的床位", default=0, help_text="两边都算护理型或康复，只计一次"
    )

    row_scope = OF_INSTITUTION
    field_classes: ClassVar = classify(
        public=(
            *("id", "institution", "counted_on", "register", "basis", "total", "nursing"),
            *("rehabilitation", "hospice", "day_care", "in_both", "in_both_care"),
        ),
        internal=INTERNAL_FIELDS,
    )
    objects = ReportQuerySet.as_manager()

    class Meta(Fact.Meta):
        verbose_name = verbose_name_plural = "床位数"
        indexes = [by_day("institutions_bedcount_day")]
        constraints = [
            *Fact.Meta.constraints,
            one_kept(
                "institution",
                "register",
                "basis",
                "counted_on",
                name="institutions_bedcount_once",
                message="该机构这一天同一口径的床位数已经报过，请作废原数后再报。",
            ),
        ]


# 月末日：当月一日加一个月再减一天。
MONTH_END = Func(
    F("counted_on"),
    template="(date_trunc('month', %(expressions)s::timestamp) + interval '1 month - 1 day')::date",
    output_field=models.DateField(),
)


class Occupancy(Fact):
    """People living in an elderly-care institution at a month's end (rules.md 20)."""

    institution = models.ForeignKey(Institution, models.PROTECT, related_name="occupancies")
    counted_on = models.DateField("月末日")
    occupants = models.PositiveIntegerField("在住老年人")
    dependent = models.PositiveIntegerField("其中失能", default=0)
    partly_dependent = models.PositiveIntegerField("其中部分失能", default=0)
    aged_80_plus = models.PositiveIntegerField("其中 80 岁及以上", default=0)

    row_scope = OF_INSTITUTION
    field_classes: ClassVar = classify(
        public=(
            *("id", "institution", "counted_on", "occupants", "dependent"),
            *("partly_dependent", "aged_80_plus"),
        ),
        internal=INTERNAL_FIELDS,
    )
    objects = ReportQuerySet.as_manager()

    class Meta(Fact.Meta):
        verbose_name = verbose_name_plural = "月末在住"
        indexes = [by_day("institutions_occupancy_day")]
        constraints = [
            *Fact.Meta.constraints,
            one_kept(
                "institution",
                "counted_on",
                name="institutions_occupancy_once",
                message="该机构本月的在住人数已经报过，请作废原数后再报。",
            ),
            models.CheckConstraint(
                condition=Q(counted_on=MONTH_END),
                name="institutions_occupancy_month_end",
                violation_error_message="在住人数按月末填报，日期须是当月最后一天。",
            ),
            models.CheckConstraint(
                condition=Q(occupants__gte=F("dependent") + F("partly_dependent"))
                & Q(occupants__gte=F("aged_80_plus")),
                name="institutions_occupancy_parts",
                violation_error_message="失能与部分失能之和、80 岁及以上都不能多于在住总数。",
            ),
        ]


class StaffCount(Fact):
    """Staff of one institution on one day."""

    institution = models.ForeignKey(Institution, models.PROTECT, related_name="staff_counts")
    counted_on = models.DateField("统计日")
    physicians = models.PositiveIntegerField("执业（助理）医师", default=0)
    nurses = models.PositiveIntegerField("注册护士", default=0)
    care_workers = models.PositiveIntegerField("护理员", default=0)
    rehabilitation_staff = models.PositiveIntegerField("康复人员", default=0)
    multi_site_physicians = models.PositiveIntegerField("其中多点执业医师", default=0)

    row_scope = OF_INSTITUTION
    field_classes: ClassVar = classify(
        public=(
            *("id", "institution", "counted_on", "physicians", "nurses", "care_workers"),
            *("rehabilitation_staff", "multi_site_physicians"),
        ),
        internal=INTERNAL_FIELDS,
    )
    objects = ReportQuerySet.as_manager()

    class Meta(Fact.Meta):
        verbose_name = verbose_name_plural = "人员数"
        indexes = [by_day("institutions_staffcount_day")]
        constraints = [
            *Fact.Meta.constraints,
            one_kept(
                "institution",
                "counted_on",
                name="institutions_staffcount_once",
                message="该机构这一天的人员数已经报过，请作废原数后再报。",
            ),
        ]
