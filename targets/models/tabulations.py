"""Under which number a statistical table is filed with the statistics office, and until when."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Cast

from yiyang.access.fields import classify
from yiyang.access.scope import Everyone
from yiyang.facts import DatedFact, DatedQuerySet, whole_span


class TableCode(models.TextChoices):
    INSTITUTIONS = "institutions", "医养结合机构情况表"
    SIGNUPS = "signups", "签约服务情况表"
    BEDS = "beds", "床位情况表"
    HEALTH = "health", "老年人健康服务情况表"
    TARGETS = "targets", "指标完成情况表"


def _same_table() -> Func:
    """The table as a range of one number: btree_gist, which would compare texts, may be missing."""
    number: Any = Cast(Func(F("table"), function="hashtext"), models.BigIntegerField())
    return Func(number, number, Value("[]"), function="int8range")


class TabulationFiling(DatedFact):
    """The head of a statistical table for some days; without one it is internal (统计法)."""

    table = models.CharField("统计表", max_length=20, choices=TableCode)
    number = models.CharField("表号", max_length=40)
    issuer = models.CharField("制定机关", max_length=60)
    approval = models.CharField("批准（备案）文号", max_length=60)

    row_scope = Everyone()
    field_classes: ClassVar = classify(
        public=("id", "table", "number", "issuer", "approval", "starts_on", "ends_on"),
        internal=("voided_at", "void_reason"),
    )
    objects = DatedQuerySet.as_manager()

    class Meta(DatedFact.Meta):
        verbose_name = verbose_name_plural = "统计表备案"
        ordering = ["table", "starts_on"]
        constraints = [
            *DatedFact.Meta.constraints,
            models.CheckConstraint(
                condition=Q(ends_on__isnull=False),
                name="targets_tabulationfiling_has_an_end",
                violation_error_message="请填写有效期限的最后一天；到期未续的，表按内部工作表印。",
            ),
            ExclusionConstraint(
                name="targets_tabulationfiling_one_a_day",
                expressions=[(_same_table(), "&&"), (whole_span(), "&&")],
                condition=Q(voided_at=None),
                violation_error_message="这张表这些日子里已有备案；要更正，请先把原来的作废。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.get_table_display()}"
