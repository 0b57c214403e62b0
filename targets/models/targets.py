"""Targets: what a policy asks of an indicator, by when, in which region."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from institutions.models import Region
from targets.models.policies import (
    Confirmation,
    OfPolicyQuerySet,
    PolicyClause,
    PolicyDocument,
    where_published,
)
from yiyang.access.fields import classify
from yiyang.facts import FactQuerySet


class Comparator(models.TextChoices):
    AT_LEAST = ">=", "不低于"
    EQUAL = "=", "等于"
    RANGE = "range", "介于"
    NONE = "none", "无数字"


class Target(models.Model):
    """A target of a policy: which reading is judged, against what, by when.

    Thresholds are exact decimals: "0.8" for a ratio, "5" for a count.
    """

    code = models.SlugField("目标代号", max_length=40, unique=True)
    policy = models.ForeignKey(PolicyDocument, models.PROTECT, related_name="targets")
    clause = models.ForeignKey(PolicyClause, models.PROTECT, related_name="targets")
    position = models.PositiveSmallIntegerField("表内次序")
    region = models.ForeignKey(
        Region, models.PROTECT, related_name="targets", verbose_name="适用区划（含下级）"
    )
    indicator = models.CharField("指标", max_length=20)
    judged_reading = models.CharField(
        "判定口径", max_length=40, blank=True, help_text="空为不由机器判定"
    )
    due_on = models.DateField("到期日", null=True, blank=True)
    comparator = models.CharField("比较", max_length=5, choices=Comparator)
    threshold = models.DecimalField(
        "目标值", max_digits=12, decimal_places=6, null=True, blank=True
    )
    threshold_upper = models.DecimalField(
        "目标值上限", max_digits=12, decimal_places=6, null=True, blank=True
    )
    has_upper_failure = models.BooleanField("超过上限算未达标", default=True)
    confirmation = models.CharField("核实情况", max_length=12, choices=Confirmation)
    wording = models.CharField("目标说明", max_length=200)
    note = models.CharField("口径说明", max_length=300, blank=True)

    row_scope = where_published("policy__")
    field_classes: ClassVar = classify(
        public=(
            *("id", "code", "policy", "clause", "position", "region", "indicator"),
            *("judged_reading", "due_on", "comparator", "threshold", "threshold_upper"),
            *("has_upper_failure", "confirmation", "wording", "note"),
        )
    )
    objects = OfPolicyQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "目标"
        ordering = ["policy", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["policy", "position"],
                name="targets_target_position_once",
                violation_error_message="该文件这一次序已有目标。",
            ),
            models.CheckConstraint(
                condition=Q(comparator=Comparator.NONE, threshold=None, threshold_upper=None)
                | Q(
                    comparator=Comparator.RANGE,
                    threshold__isnull=False,
                    threshold_upper__gte=F("threshold"),
                )
                | Q(
                    comparator__in=(Comparator.AT_LEAST, Comparator.EQUAL),
                    threshold__isnull=False,
                    threshold_upper=None,
                ),
                name="targets_target_threshold_fits_comparator",
                violation_error_message="目标值与比较方式不符：介于须有上下限，无数字不填目标值。",
            ),
            models.CheckConstraint(
                condition=Q(threshold=None) | Q(threshold__gte=0),
                name="targets_target_threshold_not_negative",
                violation_error_message="目标值不能为负。",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Milestone(models.Model):
    """A yearly step towards a target; with steps, pace can be told before the due day."""

    target = models.ForeignKey(Target, models.PROTECT, related_name="milestones")
    due_on = models.DateField("节点日")
    threshold = models.DecimalField("阶段目标", max_digits=12, decimal_places=6)

    row_scope = where_published("target__policy__")
    field_classes: ClassVar = classify(public=("id", "target", "due_on", "threshold"))
    objects = FactQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "阶段目标"
        ordering = ["target", "due_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["target", "due_on"],
                name="targets_milestone_once",
                violation_error_message="该目标这一天已有阶段目标。",
            )
        ]
