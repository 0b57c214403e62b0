"""What has been said officially: papers made from stored runs, kept as they were made."""

from __future__ import annotations

from typing import ClassVar
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from institutions.models import Region
from targets.models.runs import IndicatorRun
from yiyang.access.fields import classify
from yiyang.access.roles import Permission
from yiyang.access.scope import ByRegion, Holding, ScopedQuerySet


class PaperKind(models.TextChoices):
    NIGHTLY = "NIGHTLY", "日报"
    WEEKLY = "WEEKLY", "周报"
    MONTHLY = "MONTHLY", "月报"
    QUARTERLY = "QUARTERLY", "季度报告"
    YEARLY = "YEARLY", "年度报告"
    BULLETIN = "BULLETIN", "通报"
    TABLE = "TABLE", "统计表"
    RETURN = "RETURN", "季度监测表"
    EDITION = "EDITION", "定版"
    PROPOSAL = "PROPOSAL", "建议提案答复"


class PaperQuerySet(ScopedQuerySet["Paper"]):
    """Reads of the archive."""

    def newest_first(self) -> PaperQuerySet:
        return self.order_by("-last_day", "-id")


class Paper(models.Model):
    """One paper as it was made; append-only.

    `content` holds every text and number it prints, so that it can be printed again years later,
    identically, without asking any register. It is counted by a reader who sees no persons.
    `key` names the occasion: the same one is archived once.
    """

    uid = models.UUIDField("编号", default=uuid4, unique=True, editable=False)
    kind = models.CharField("种类", max_length=10, choices=PaperKind)
    key = models.CharField("事由", max_length=120, unique=True)
    region = models.ForeignKey(Region, models.PROTECT, related_name="papers", verbose_name="区划")
    title = models.CharField("标题", max_length=200)
    first_day = models.DateField("统计期首日")
    last_day = models.DateField("统计期末日")
    run = models.ForeignKey(
        IndicatorRun,
        models.PROTECT,
        related_name="papers",
        verbose_name="量度批次",
        null=True,
        blank=True,
    )
    content = models.JSONField("内容")
    fingerprint = models.CharField("指纹", max_length=64)
    made_at = models.DateTimeField("成稿时间")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name="成稿人",
        null=True,
        blank=True,
        help_text="空为门户自动成稿",
    )

    objects = PaperQuerySet.as_manager()

    row_scope = ByRegion("region") & Holding(Permission.VIEW_TARGETS)
    field_classes: ClassVar = classify(
        public=("id", "uid", "kind", "region", "title", "first_day", "last_day", "run"),
        internal=("key", "content", "fingerprint", "made_at", "made_by"),
    )

    class Meta:
        verbose_name = verbose_name_plural = "文稿"
        indexes = (
            models.Index(fields=["-last_day", "-id"], name="targets_paper_newest"),
            models.Index(fields=["run", "kind"], name="targets_paper_of_run"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")),
                name="targets_paper_days_in_order",
                violation_error_message="统计期的末日不能早于首日。",
            ),
            models.CheckConstraint(
                condition=Q(fingerprint__regex=r"^[0-9a-f]{64}$"),
                name="targets_paper_has_fingerprint",
                violation_error_message="文稿须有内容的指纹。",
            ),
        )

    def __str__(self) -> str:
        return self.title
