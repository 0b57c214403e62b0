"""Whole registers that another office's system sends: the receipt, and each row as it was sent."""

from __future__ import annotations

from typing import ClassVar, Self
from uuid import uuid4

from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Now

from institutions.models.regions import Region
from yiyang.access.fields import classify
from yiyang.access.roles import Permission
from yiyang.access.scope import ByRegion, Holding, ScopedQuerySet
from yiyang.api.models import ApiToken

KEEPS_REGISTERS = (
    Holding(Permission.EDIT_ELDERLY) | Holding(Permission.EDIT_HEALTH) | Holding(Permission.REVIEW)
)
MONTH_END = Func(
    F("month_end"),
    template="(date_trunc('month', %(expressions)s::timestamp) + interval '1 month - 1 day')::date",
    output_field=models.DateField(),
)


class UploadState(models.TextChoices):
    RECEIVED = "RECEIVED", "已收下，等待处理"
    RUNNING = "RUNNING", "正在处理"
    DONE = "DONE", "已处理"
    FAILED = "FAILED", "没有处理"


class UploadQuerySet(ScopedQuerySet["RegisterUpload"]):
    """Reads of uploads."""

    def done(self) -> Self:
        return self.filter(state=UploadState.DONE)


class RegisterUpload(models.Model):
    """The whole elderly-care register of one month as the other office holds it.

    `asks`: what the other side keeps is to become change requests. The numbers are those of the
    change log, from the first to the last entry it led to; null where it changed nothing.
    """

    uid = models.UUIDField("编号", default=uuid4, unique=True, editable=False)
    token = models.ForeignKey(ApiToken, models.PROTECT, related_name="uploads", verbose_name="令牌")
    month_end = models.DateField("月末日")
    sha256 = models.CharField("内容指纹", max_length=64)
    rows = models.PositiveIntegerField("行数")
    asks = models.BooleanField("代提修改申请", default=False)
    state = models.CharField("状态", max_length=10, choices=UploadState)
    counts = models.JSONField("各类行数", default=dict)
    message = models.CharField("没有处理的原因", max_length=300, blank=True)
    received_at = models.DateTimeField("收到时间", db_default=Now())
    finished_at = models.DateTimeField("处理完的时间", null=True, blank=True)
    changes = models.PositiveIntegerField("变更条数", default=0)
    first_number = models.BigIntegerField("首个变更编号", null=True, blank=True)
    last_number = models.BigIntegerField("末个变更编号", null=True, blank=True)

    row_scope = KEEPS_REGISTERS
    field_classes: ClassVar = classify(
        internal=(
            *("id", "uid", "token", "month_end", "sha256", "rows", "asks", "state", "counts"),
            *("message", "received_at", "finished_at", "changes", "first_number", "last_number"),
        )
    )
    objects = UploadQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "民政整册"
        ordering = ["-id"]
        indexes = [models.Index(fields=["month_end", "-id"], name="institutions_upload_month")]
        constraints = [
            models.CheckConstraint(
                condition=Q(month_end=MONTH_END),
                name="institutions_upload_month_end",
                violation_error_message="整册按月报送，日期须是当月最后一天。",
            ),
            models.CheckConstraint(
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$"),
                name="institutions_upload_sha256_form",
                violation_error_message="内容指纹须为 64 位十六进制。",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("DONE", "FAILED")) | Q(finished_at__isnull=False),
                name="institutions_upload_finished_when",
                violation_error_message="处理完的整册须有时间。",
            ),
        ]

    def __str__(self) -> str:
        return f"民政整册 {self.month_end:%Y-%m}"


class UploadRowQuerySet(ScopedQuerySet["UploadRow"]):
    """Reads of rows."""

    def readable(self) -> Self:
        """Rows that say at least which institution they are about."""
        return self.exclude(code="")


class UploadRow(models.Model):
    """One row of a whole register as it was sent, and what became of it."""

    upload = models.ForeignKey(
        RegisterUpload, models.PROTECT, related_name="sent", verbose_name="整册"
    )
    number = models.PositiveIntegerField("第几行")
    code = models.CharField("机构编码", max_length=32, blank=True)
    region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="区划"
    )
    document = models.JSONField("报送的内容", default=dict)
    status = models.CharField("结果", max_length=20, blank=True)
    errors = models.JSONField("没有写入的原因", default=list)
    requests = models.JSONField("修改申请", default=list)

    row_scope = ByRegion("region") & KEEPS_REGISTERS
    field_classes: ClassVar = classify(
        internal=(
            *("id", "upload", "number", "code", "region", "document", "status", "errors"),
            "requests",
        )
    )
    objects = UploadRowQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "整册的行"
        ordering = ["upload", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["upload", "number"],
                name="institutions_uploadrow_once",
                violation_error_message="这一行已经存过。",
            )
        ]
