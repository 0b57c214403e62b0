"""Data-quality findings counted by each run."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from institutions.models import Region
from targets.models.runs import IndicatorRun
from yiyang.access.fields import classify
from yiyang.access.scope import ByRegion
from yiyang.facts import FactQuerySet


class QualityFinding(models.Model):
    """How many records a check found in a region's own rows on the run's day; append-only."""

    # 与结果表同理，不设库内外键：编号取自同一次量度，逐行核对只拖慢提交。
    run = models.ForeignKey(
        IndicatorRun, models.PROTECT, related_name="findings", db_index=False, db_constraint=False
    )
    check_id = models.CharField("检查项", max_length=40)
    region = models.ForeignKey(Region, models.PROTECT, related_name="findings", db_constraint=False)
    found = models.PositiveIntegerField("条数")

    row_scope = ByRegion("region")
    field_classes: ClassVar = classify(internal=("id", "run", "check_id", "region", "found"))
    objects = FactQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "数据质量发现"
        constraints = [
            models.UniqueConstraint(
                fields=["run", "check_id", "region"],
                name="targets_finding_once",
                violation_error_message="同一批次中该区划这一检查项已有结果。",
            )
        ]
