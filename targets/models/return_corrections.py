"""更正说明: what changes after a return was published, and the editions that result."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from targets.models.return_forms import PERSON, ReturnItem
from targets.models.returns import OF_RETURN, VIEW, QuarterlyReturn, ReturnPeriod
from yiyang.access.fields import classify
from yiyang.access.scope import ByInstitution, ByRegion, ScopedQuerySet


class CorrectionState(models.TextChoices):
    PENDING = "PENDING", "待审核"
    APPROVED = "APPROVED", "已更正"
    REFUSED = "REFUSED", "未同意"


S = CorrectionState


class ReturnCorrection(models.Model):
    """A proposal to correct numbers of one published return; a decision is final (trigger)."""

    quarterly_return = models.ForeignKey(
        QuarterlyReturn, models.PROTECT, related_name="corrections", verbose_name="填报单"
    )
    reason = models.CharField("更正原因", max_length=300)
    state = models.CharField("状态", max_length=10, choices=S, default=S.PENDING)
    proposed_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", verbose_name="提出人")
    proposed_on = models.DateField("提出日期")
    decided_by = models.ForeignKey(
        PERSON, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="审核人"
    )
    decided_on = models.DateField("审核日期", null=True, blank=True)
    answer = models.CharField("审核意见", max_length=300, blank=True)

    row_scope = OF_RETURN
    field_classes: ClassVar = classify(
        internal=(
            *("id", "quarterly_return", "reason", "state", "proposed_by", "proposed_on"),
            *("decided_by", "decided_on", "answer"),
        )
    )
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "季度监测更正说明"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["quarterly_return"],
                condition=Q(state=S.PENDING),
                name="targets_returncorrection_one_pending",
                violation_error_message="这张表已有一份更正待审核，请先等它审核完。",
            ),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="targets_returncorrection_has_reason",
                violation_error_message="更正须写明原因。",
            ),
            models.CheckConstraint(
                condition=Q(state=S.PENDING, decided_by=None, decided_on=None)
                | (~Q(state=S.PENDING) & Q(decided_by__isnull=False, decided_on__isnull=False)),
                name="targets_returncorrection_decided_by_someone",
                violation_error_message="审核须同时记下审核人与日期。",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("proposed_by")),
                name="targets_returncorrection_two_persons",
                violation_error_message="更正须由提出人以外的人审核。",
            ),
            models.CheckConstraint(
                condition=~Q(state=S.REFUSED, answer=""),
                name="targets_returncorrection_refused_with_answer",
                violation_error_message="不同意更正，请写明意见。",
            ),
        ]


class CorrectionLine(models.Model):
    """One number of a correction: the old one and the new; append-only."""

    correction = models.ForeignKey(ReturnCorrection, models.PROTECT, related_name="lines")
    item = models.ForeignKey(ReturnItem, models.PROTECT, related_name="+")
    old = models.DecimalField("原数", max_digits=16, decimal_places=2)
    new = models.DecimalField("更正为", max_digits=16, decimal_places=2)

    row_scope = VIEW & (
        ByRegion("correction__quarterly_return__region")
        | ByInstitution("correction__quarterly_return__institution")
    )
    field_classes: ClassVar = classify(internal=("id", "correction", "item", "old", "new"))
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "季度监测更正的数"
        ordering = ["item__position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["correction", "item"],
                name="targets_correctionline_once",
                violation_error_message="同一份更正里一项只写一次。",
            ),
            models.CheckConstraint(
                condition=~Q(old=F("new")) & Q(new__gte=0),
                name="targets_correctionline_changes_something",
                violation_error_message="更正的数须与原数不同，且不能是负数。",
            ),
        ]


class ReturnEdition(models.Model):
    """One published version of a period's table, whole and for ever; append-only."""

    period = models.ForeignKey(ReturnPeriod, models.PROTECT, related_name="editions")
    number = models.PositiveSmallIntegerField("版次")
    correction = models.OneToOneField(
        ReturnCorrection, models.PROTECT, null=True, blank=True, related_name="edition"
    )
    content = models.JSONField("内容")
    published_on = models.DateField("发布日期")
    published_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")

    row_scope = VIEW
    field_classes: ClassVar = classify(
        public=("id", "period", "number", "correction", "content", "published_on"),
        internal=("published_by",),
    )
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "季度监测版次"
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["period", "number"],
                name="targets_returnedition_once",
                violation_error_message="这一版次已有，请刷新页面。",
            ),
            models.CheckConstraint(
                condition=Q(number=1, correction=None) | Q(number__gt=1, correction__isnull=False),
                name="targets_returnedition_first_or_corrected",
                violation_error_message="第一版是发布的，其后每一版都须有更正说明。",
            ),
        ]
