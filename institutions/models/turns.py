"""Days on which records move between regions without anybody writing, kept so as to be logged."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from institutions.models.institutions import Institution
from institutions.models.regions import Region
from yiyang.access.fields import classify
from yiyang.access.scope import Nobody, ScopedManager


class ScopeTurn(models.Model):
    """On this day an institution's seat, or a region's place, began or ceased to hold.

    The row has no use but its entry in the change log: a profile entered in November for January
    moves an institution in January, and the feed of changes needs a number for that.
    """

    turned_on = models.DateField("日期")
    institution = models.ForeignKey(
        Institution, models.PROTECT, null=True, related_name="turns", verbose_name="机构"
    )
    region = models.ForeignKey(
        Region, models.PROTECT, null=True, related_name="turns", verbose_name="区划"
    )

    row_scope = Nobody()
    field_classes: ClassVar = classify(internal=("id", "turned_on", "institution", "region"))
    objects = ScopedManager()

    class Meta:
        verbose_name = verbose_name_plural = "归属变动日"
        constraints = [
            models.UniqueConstraint(
                fields=["turned_on", "institution"],
                name="institutions_scopeturn_institution_once",
                violation_error_message="这一天该机构的归属变动已经记下。",
            ),
            models.UniqueConstraint(
                fields=["turned_on", "region"],
                name="institutions_scopeturn_region_once",
                violation_error_message="这一天该区划的隶属变动已经记下。",
            ),
            models.CheckConstraint(
                condition=Q(institution=None, region__isnull=False)
                | Q(institution__isnull=False, region=None),
                name="institutions_scopeturn_of_one",
                violation_error_message="归属变动或属于机构，或属于区划，只能一个。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.turned_on}"


class TurnMark(models.Model):
    """Up to which day the turns are kept; one row, and the lock of who keeps them."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    turned_through = models.DateField("记到")

    row_scope = Nobody()
    field_classes: ClassVar = classify(internal=("id", "turned_through"))
    objects = ScopedManager()

    class Meta:
        verbose_name = verbose_name_plural = "归属变动进度"
        constraints = [
            models.CheckConstraint(
                condition=Q(id=1),
                name="institutions_turnmark_one_row",
                violation_error_message="归属变动进度只有一行。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.turned_through}"
