"""Pilot projects named by a policy."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from institutions.models.institutions import Institution
from institutions.models.regions import Region
from yiyang.access.fields import classify
from yiyang.access.scope import Everyone
from yiyang.facts import Fact, FactQuerySet, one_kept


class PilotProject(Fact):
    """An integrated-care pilot project; unverified ones are named but not counted (rules.md 27)."""

    name = models.CharField("项目名称", max_length=100)
    region = models.ForeignKey(Region, models.PROTECT, related_name="pilot_projects")
    institution = models.ForeignKey(
        Institution, models.PROTECT, null=True, blank=True, related_name="pilot_projects"
    )
    named_on = models.DateField("列入日期")
    in_use_on = models.DateField("投入使用日期", null=True, blank=True)
    verified_on = models.DateField("核实日期", null=True, blank=True, help_text="空为未核实")

    row_scope = Everyone()
    field_classes: ClassVar = classify(
        public=("id", "name", "region", "institution", "named_on", "in_use_on", "verified_on"),
        internal=("voided_at", "void_reason"),
    )
    objects = FactQuerySet.as_manager()

    class Meta(Fact.Meta):
        verbose_name = verbose_name_plural = "试点项目"
        constraints = [
            *Fact.Meta.constraints,
            one_kept("name", name="institutions_pilot_once", message="该试点项目已登记。"),
        ]

    def __str__(self) -> str:
        return self.name
