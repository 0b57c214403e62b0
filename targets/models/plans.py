"""What-if plans: supposed changes, and the figures they would bring."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from institutions.models import Region
from yiyang.access.fields import classify
from yiyang.access.scope import ByRegion
from yiyang.facts import FactQuerySet


class PlanStatus(models.TextChoices):
    DRAFT = "DRAFT", "草拟"
    SAVED = "SAVED", "已保存"


class Plan(models.Model):
    """A named set of supposed steps for a region, to be measured on `as_of`."""

    name = models.CharField("名称", max_length=100)
    region = models.ForeignKey(Region, models.PROTECT, related_name="plans")
    as_of = models.DateField("设想的统计日")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="plans")
    status = models.CharField("状态", max_length=10, choices=PlanStatus, default=PlanStatus.DRAFT)
    created_at = models.DateTimeField("建立时间", auto_now_add=True)
    note = models.CharField("说明", max_length=300, blank=True)

    row_scope = ByRegion("region")
    field_classes: ClassVar = classify(
        internal=("id", "name", "region", "as_of", "author", "status", "created_at", "note")
    )
    objects = FactQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "测算方案"
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.name


class StepKind(models.TextChoices):
    SIGN_AGREEMENT = "SIGN_AGREEMENT", "签订草拟的协议"
    NEW_AGREEMENT = "NEW_AGREEMENT", "新签一份协议"
    OPEN_CHANNEL = "OPEN_CHANNEL", "开通绿色通道"
    ADD_BEDS = "ADD_BEDS", "增加护理型床位"
    CONVERT_BEDS = "CONVERT_BEDS", "普通床位转为护理型"
    RENEW_LICENCE = "RENEW_LICENCE", "证照续期"
    CHANGE_TARGET = "CHANGE_TARGET", "改变目标值"


class PlanStep(models.Model):
    """One supposed step; `subject_id` is the record it is about, its kind says which table."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="steps")
    position = models.PositiveSmallIntegerField("次序")
    kind = models.CharField("步骤", max_length=20, choices=StepKind)
    subject_id = models.BigIntegerField("对象")
    partner_id = models.BigIntegerField("另一方", null=True, blank=True)
    amount = models.DecimalField("数量", max_digits=12, decimal_places=6, null=True, blank=True)

    row_scope = ByRegion("plan__region")
    field_classes: ClassVar = classify(
        internal=("id", "plan", "position", "kind", "subject_id", "partner_id", "amount")
    )
    objects = FactQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "方案步骤"
        ordering = ["plan", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "position"],
                name="targets_planstep_position_once",
                violation_error_message="该方案这一次序已有步骤。",
            ),
            models.CheckConstraint(
                condition=Q(amount=None) | Q(amount__gte=0),
                name="targets_planstep_amount_not_negative",
                violation_error_message="数量不能为负。",
            ),
        ]


class PlanFigure(models.Model):
    """What a saved plan promised for one reading: before and after; append-only."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="figures")
    region = models.ForeignKey(Region, models.PROTECT, related_name="plan_figures")
    indicator = models.CharField("指标", max_length=20)
    reading = models.CharField("口径", max_length=40)
    numerator_before = models.BigIntegerField("原分子", null=True)
    denominator_before = models.BigIntegerField("原分母", null=True)
    numerator = models.BigIntegerField("设想分子", null=True)
    denominator = models.BigIntegerField("设想分母", null=True)

    row_scope = ByRegion("region")
    field_classes: ClassVar = classify(
        internal=(
            *("id", "plan", "region", "indicator", "reading", "numerator_before"),
            *("denominator_before", "numerator", "denominator"),
        )
    )
    objects = FactQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "方案测算"
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "region", "indicator", "reading"],
                name="targets_planfigure_once",
                violation_error_message="该方案这一区划、指标、口径已有测算。",
            )
        ]
