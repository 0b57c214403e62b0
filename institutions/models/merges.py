"""Two records of one institution made one: proposed by one, decided and undone by others."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from institutions.models.institutions import Institution
from yiyang.access.fields import classify
from yiyang.access.scope import ByInstitution, ByRegion
from yiyang.facts import FactQuerySet

PERSON = settings.AUTH_USER_MODEL


class MergeState(models.TextChoices):
    PENDING = "PENDING", "待审核"
    DONE = "DONE", "已合并"
    REFUSED = "REFUSED", "未同意"
    UNDONE = "UNDONE", "已撤销"


M = MergeState


class InstitutionMerge(models.Model):
    """Which record stays and which is merged into it; `moved` says what moved, for its undoing."""

    kept = models.ForeignKey(
        Institution, models.PROTECT, related_name="merges_kept", verbose_name="保留的机构"
    )
    dropped = models.ForeignKey(
        Institution, models.PROTECT, related_name="merges_dropped", verbose_name="并入的机构"
    )
    reason = models.CharField("理由与依据", max_length=150)
    state = models.CharField("状态", max_length=8, choices=M, default=M.PENDING)
    proposed_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", verbose_name="提出人")
    proposed_on = models.DateField("提出日期")
    decided_by = models.ForeignKey(
        PERSON, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="审核人"
    )
    decided_on = models.DateField("审核日期", null=True, blank=True)
    answer = models.CharField("审核意见", max_length=200, blank=True)
    undone_by = models.ForeignKey(
        PERSON, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="撤销人"
    )
    undone_on = models.DateField("撤销日期", null=True, blank=True)
    undo_reason = models.CharField("撤销的原因", max_length=150, blank=True)
    moved = models.JSONField("移动的记录", default=dict, blank=True)

    row_scope = ByRegion("kept__profiles__region", dated="kept__profiles") | ByInstitution("kept")
    field_classes: ClassVar = classify(
        internal=(
            *("id", "kept", "dropped", "reason", "state", "proposed_by", "proposed_on"),
            *("decided_by", "decided_on", "answer", "undone_by", "undone_on", "undo_reason"),
            "moved",
        )
    )
    objects = FactQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "机构合并"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["dropped"],
                condition=Q(state__in=[M.PENDING, M.DONE]),
                name="institutions_merge_one_at_a_time",
                violation_error_message="这个机构已有一份合并在等审核，或已经并入；请先看那一份。",
            ),
            models.CheckConstraint(
                condition=~Q(kept=F("dropped")),
                name="institutions_merge_of_two",
                violation_error_message="两条是同一个机构，不用合并。",
            ),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="institutions_merge_has_reason",
                violation_error_message="合并须写明理由与依据。",
            ),
            models.CheckConstraint(
                condition=Q(state=M.PENDING, decided_by=None, decided_on=None)
                | (~Q(state=M.PENDING) & Q(decided_by__isnull=False, decided_on__isnull=False)),
                name="institutions_merge_decided_by_someone",
                violation_error_message="审核须同时记下审核人与日期。",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("proposed_by")),
                name="institutions_merge_two_persons",
                violation_error_message="合并须由提出人以外的人审核。",
            ),
            models.CheckConstraint(
                condition=~Q(state=M.REFUSED, answer=""),
                name="institutions_merge_refused_with_answer",
                violation_error_message="不同意合并，请写明意见。",
            ),
            models.CheckConstraint(
                condition=Q(state=M.UNDONE, undone_by__isnull=False, undone_on__isnull=False)
                & ~Q(undo_reason="")
                | ~Q(state=M.UNDONE) & Q(undone_by=None, undone_on=None, undo_reason=""),
                name="institutions_merge_undone_with_reason",
                violation_error_message="撤销须写明原因，并记下撤销人与日期。",
            ),
            models.CheckConstraint(
                condition=Q(undone_by=None) | ~Q(undone_by=F("decided_by")),
                name="institutions_merge_undone_by_another",
                violation_error_message="撤销须由批准合并以外的人办理。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dropped_id} 并入 {self.kept_id}"
