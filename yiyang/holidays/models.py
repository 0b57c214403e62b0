"""The days off and the weekend days worked, as the yearly notice of the State Council has them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from yiyang.access.fields import classify
from yiyang.access.scope import Everyone
from yiyang.facts import Fact, FactQuerySet, one_kept

WEEKEND = (6, 7)


class HolidayKind(models.TextChoices):
    OFF = "OFF", "放假"
    WORKED = "WORKED", "调休上班"


class Holiday(Fact):
    """One day that is not what its weekday says."""

    day = models.DateField("日期")
    kind = models.CharField("类型", max_length=10, choices=HolidayKind)
    name = models.CharField("节日", max_length=40)
    source = models.CharField("依据", max_length=100)

    row_scope = Everyone()
    field_classes: ClassVar = classify(
        public=("id", "day", "kind", "name", "source"), internal=("voided_at", "void_reason")
    )
    objects = FactQuerySet.as_manager()

    class Meta(Fact.Meta):
        verbose_name = verbose_name_plural = "节假日"
        ordering = ["day"]
        constraints = [
            *Fact.Meta.constraints,
            one_kept(
                "day",
                name="yiyang_holiday_day_once",
                message="这一天已有安排；要改动，请先把原来的作废。",
            ),
            models.CheckConstraint(
                condition=Q(kind=HolidayKind.OFF) | Q(day__iso_week_day__in=WEEKEND),
                name="yiyang_holiday_worked_on_a_weekend",
                violation_error_message="调休上班只能是星期六或星期日。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.name}"
