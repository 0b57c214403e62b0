"""Corrections of a published policy: proposed by one, decided by another, footnoted."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from targets.models.policies import PolicyDocument, where_published
from targets.models.targets import Comparator, Target
from yiyang.access.fields import classify
from yiyang.facts import FactQuerySet


class RevisionState(models.TextChoices):
    PENDING = "PENDING", "待审核"
    APPLIED = "APPLIED", "已生效"
    REFUSED = "REFUSED", "未同意"


class Correction(models.Model):
    """What every correction carries: the reason, who proposed it, who decided and how."""

    reason = models.CharField("更正的原因与依据", max_length=300)
    state = models.CharField(
        "状态", max_length=8, choices=RevisionState, default=RevisionState.PENDING
    )
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="提出人"
    )
    proposed_on = models.DateField("提出日期")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="审核人",
    )
    decided_on = models.DateField("审核日期", null=True, blank=True)
    answer = models.CharField("审核意见", max_length=300, blank=True)

    class Meta:
        abstract = True


def decided_by_another(name: str, subject: str) -> list[models.BaseConstraint]:
    """A reason, one decision by somebody else, and an answer to what is refused."""
    return [
        models.CheckConstraint(
            condition=~Q(reason=""),
            name=f"{name}_has_reason",
            violation_error_message=f"更正{subject}须写明原因与依据。",
        ),
        models.CheckConstraint(
            condition=Q(state=RevisionState.PENDING, decided_by=None, decided_on=None)
            | (
                ~Q(state=RevisionState.PENDING)
                & Q(decided_by__isnull=False, decided_on__isnull=False)
            ),
            name=f"{name}_decided_by_someone",
            violation_error_message="审核须同时记下审核人与日期。",
        ),
        models.CheckConstraint(
            condition=Q(decided_by=None) | ~Q(decided_by=F("proposed_by")),
            name=f"{name}_two_persons",
            violation_error_message="更正须由提出人以外的人审核。",
        ),
        models.CheckConstraint(
            condition=~Q(state=RevisionState.REFUSED, answer=""),
            name=f"{name}_refused_with_answer",
            violation_error_message="不同意更正，请写明意见。",
        ),
    ]


class TargetRevision(Correction):
    """What a published target says before and after a correction, and who wanted it why.

    A changed reading holds from `decided_on` on; a corrected number was always meant so.
    """

    target = models.ForeignKey(
        Target, models.PROTECT, related_name="revisions", verbose_name="目标"
    )
    reading_before = models.CharField("原判定口径", max_length=40, blank=True)
    reading_after = models.CharField("新判定口径", max_length=40, blank=True)
    comparator_before = models.CharField("原比较", max_length=5, choices=Comparator)
    comparator_after = models.CharField("新比较", max_length=5, choices=Comparator)
    threshold_before = models.DecimalField(
        "原目标值", max_digits=12, decimal_places=6, null=True, blank=True
    )
    threshold_after = models.DecimalField(
        "新目标值", max_digits=12, decimal_places=6, null=True, blank=True
    )
    upper_before = models.DecimalField(
        "原上限", max_digits=12, decimal_places=6, null=True, blank=True
    )
    upper_after = models.DecimalField(
        "新上限", max_digits=12, decimal_places=6, null=True, blank=True
    )
    due_before = models.DateField("原到期日", null=True, blank=True)
    due_after = models.DateField("新到期日", null=True, blank=True)
    wording_before = models.CharField("原目标说明", max_length=200, blank=True)
    wording_after = models.CharField("新目标说明", max_length=200, blank=True)
    row_scope = where_published("target__policy__")
    field_classes: ClassVar = classify(
        public=(
            *("id", "target", "reading_before", "reading_after", "comparator_before"),
            *("comparator_after", "threshold_before", "threshold_after", "upper_before"),
            *("upper_after", "due_before", "due_after", "wording_before", "wording_after"),
            *("reason", "state"),
        ),
        internal=("proposed_by", "proposed_on", "decided_by", "decided_on", "answer"),
    )
    objects = FactQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "目标更正"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["target"],
                name="targets_revision_one_pending",
                condition=Q(state=RevisionState.PENDING),
                violation_error_message="这项目标已有一份更正待审核，请先等它审核完。",
            ),
            *decided_by_another("targets_revision", "目标"),
        ]

    @property
    def changes_reading(self) -> bool:
        return self.reading_before != self.reading_after


class ChangeKind(models.TextChoices):
    STEPS = "STEPS", "阶段目标"
    END = "END", "时效"
    TASK = "TASK", "任务的责任"


class PolicyChange(Correction):
    """What else of a published policy is corrected: its yearly steps, its end, who answers.

    `before` and `after` hold the values the kind is about; `subject` the task's place. A change
    is applied only to what still stands as `before` says.
    """

    policy = models.ForeignKey(
        PolicyDocument, models.PROTECT, related_name="changes", verbose_name="政策"
    )
    kind = models.CharField("更正什么", max_length=5, choices=ChangeKind)
    subject = models.CharField("哪一项", max_length=10, blank=True)
    before = models.JSONField("原来")
    after = models.JSONField("改为")

    row_scope = where_published("policy__")
    field_classes: ClassVar = classify(
        public=("id", "policy", "kind", "subject", "before", "after", "reason", "state"),
        internal=("proposed_by", "proposed_on", "decided_by", "decided_on", "answer"),
    )
    objects = FactQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "政策更正"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["policy", "kind", "subject"],
                name="targets_policychange_one_pending",
                condition=Q(state=RevisionState.PENDING),
                violation_error_message="这一项已有一份更正待审核，请先等它审核完。",
            ),
            *decided_by_another("targets_policychange", "政策"),
        ]
