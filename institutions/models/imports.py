"""Imports of office sheets: the file as it came, how its columns were matched, what came of it."""

from __future__ import annotations

from typing import ClassVar, Self
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q

from yiyang.access.fields import classify
from yiyang.access.roles import Permission
from yiyang.access.scope import ByRegion, Holding, Nobody, Own, ScopedQuerySet


class ImportState(models.TextChoices):
    UPLOADED = "UPLOADED", "待对应列"
    MATCHED = "MATCHED", "正在检查"
    PREVIEWED = "PREVIEWED", "待确认"
    CONFIRMED = "CONFIRMED", "等待导入"
    RUNNING = "RUNNING", "正在导入"
    DONE = "DONE", "已导入"
    CANCELLED = "CANCELLED", "已取消"
    FAILED = "FAILED", "未导入"


# 正在后台进行、页面须自己刷新的。
UNDER_WAY = (ImportState.MATCHED, ImportState.CONFIRMED, ImportState.RUNNING)
# 还没有了结、要发件人接着办的。
UNFINISHED = (ImportState.UPLOADED, ImportState.PREVIEWED, ImportState.FAILED, *UNDER_WAY)


class BatchQuerySet(ScopedQuerySet["ImportBatch"]):
    def unfinished(self) -> Self:
        """Batches that wait for their sender, or are under way."""
        return self.filter(state__in=UNFINISHED)


class ImportBatch(models.Model):
    """One sheet sent for one register by one account."""

    uid = models.UUIDField(default=uuid4, unique=True, editable=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="import_batches",
        verbose_name="发件人",
    )
    register = models.CharField("登记", max_length=30)
    file_name = models.CharField("文件名", max_length=200)
    sha256 = models.CharField("文件指纹", max_length=64)
    size = models.PositiveIntegerField("字节数")
    wrapped_key = models.BinaryField("数据密钥（密）", null=True)
    is_whole = models.BooleanField("是整份台账", null=True)
    # 表头所在的行号、每一列的表头、列对应的登记项名（不用的列为空）。
    header_row = models.PositiveIntegerField("表头行", default=0)
    header_rows = models.PositiveSmallIntegerField("表头行数", default=1)
    header = models.JSONField("表头", default=list)
    columns = models.JSONField("列对应", default=list)
    state = models.CharField("状态", max_length=10, choices=ImportState)
    rows = models.PositiveIntegerField("数据行", default=0)
    done_rows = models.PositiveIntegerField("已处理行", default=0)
    counts = models.JSONField("各类行数", default=dict)
    notes = models.JSONField("说明", default=list)
    message = models.CharField("未导入的原因", max_length=500, blank=True)
    uploaded_at = models.DateTimeField("上传时间")
    confirmed_at = models.DateTimeField("确认时间", null=True, blank=True)
    finished_at = models.DateTimeField("结束时间", null=True, blank=True)
    cancel_asked_at = models.DateTimeField("要求取消的时间", null=True, blank=True)
    heard_at = models.DateTimeField("后台最近一次报告", null=True, blank=True)
    dropped_at = models.DateTimeField("文件清除时间", null=True, blank=True)

    row_scope = Own("author") | (
        Holding(Permission.REVIEW)
        & ByRegion("author__region_grants__region", dated="author__region_grants")
    )
    field_classes: ClassVar = classify(
        internal=(
            *("id", "uid", "author", "register", "file_name", "sha256", "size", "is_whole"),
            *("header_row", "header_rows", "header", "columns", "state", "rows", "done_rows"),
            *("counts", "notes", "message", "uploaded_at", "confirmed_at", "finished_at"),
            *("cancel_asked_at", "heard_at", "dropped_at"),
        ),
        personal=("wrapped_key",),
    )
    objects = BatchQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "导入批次"
        ordering = ["-id"]
        indexes = [models.Index(fields=["author", "-id"], name="institutions_batch_author")]
        constraints = [
            models.CheckConstraint(
                condition=Q(register__regex=r"^[a-z_]{2,30}$"),
                name="institutions_importbatch_register_form",
                violation_error_message="登记名称只能用小写字母和下划线。",
            ),
            models.CheckConstraint(
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$"),
                name="institutions_importbatch_sha256_form",
                violation_error_message="文件指纹须为 64 位十六进制。",
            ),
            # 确认须有确认时间：导入了什么、何时确认，事后都要说得出。
            models.CheckConstraint(
                condition=~Q(state__in=("CONFIRMED", "RUNNING", "DONE"))
                | Q(confirmed_at__isnull=False),
                name="institutions_importbatch_confirmed_when",
                violation_error_message="未确认的批次不能导入。",
            ),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_under_way(self) -> bool:
        return self.state in UNDER_WAY

    @property
    def needs_mending(self) -> bool:
        """Whether the preview found lines that are wrong."""
        return self.state == ImportState.PREVIEWED and bool(self.counts.get("ERROR"))

    @property
    def state_in_words(self) -> str:
        return "有误待改" if self.needs_mending else self.get_state_display()

    @property
    def percent(self) -> int:
        """How far the background has come, as far as it has said."""
        return min(100, self.done_rows * 100 // self.rows) if self.rows else 0


class ImportPiece(models.Model):
    """A piece of the file as it came, sealed with the batch's own key."""

    batch = models.ForeignKey(ImportBatch, models.PROTECT, related_name="pieces")
    number = models.PositiveIntegerField("序号")
    size = models.PositiveIntegerField("字节数")
    sealed = models.BinaryField("内容（密）")

    row_scope = Nobody()
    field_classes: ClassVar = classify(
        internal=("id", "batch", "number", "size"), personal=("sealed",)
    )
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "导入文件分块"
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "number"],
                name="institutions_importpiece_once",
                violation_error_message="这一块已经存过。",
            )
        ]


class RowKind(models.TextChoices):
    ERROR = "ERROR", "有误"
    CHANGED = "CHANGED", "变更"
    NEW = "NEW", "新增"
    UNCHANGED = "UNCHANGED", "未变"


class ImportPage(models.Model):
    """A page of checked rows of one kind, sealed with the batch's own key."""

    batch = models.ForeignKey(ImportBatch, models.PROTECT, related_name="pages")
    kind = models.CharField("行别", max_length=10, choices=RowKind)
    number = models.PositiveIntegerField("页码")
    sealed = models.BinaryField("内容（密）")

    row_scope = Nobody()
    field_classes: ClassVar = classify(
        internal=("id", "batch", "kind", "number"), personal=("sealed",)
    )
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "导入预览页"
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "kind", "number"],
                name="institutions_importpage_once",
                violation_error_message="这一页已经存过。",
            )
        ]


class ColumnMatch(models.Model):
    """How an account matched a header the last time it sent one like it."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="column_matches"
    )
    register = models.CharField("登记", max_length=30)
    header_digest = models.CharField("表头指纹", max_length=64)
    columns = models.JSONField("列对应", default=list)
    used_at = models.DateTimeField("最近使用")

    row_scope = Own("user")
    field_classes: ClassVar = classify(
        internal=("id", "user", "register", "header_digest", "columns", "used_at")
    )
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "列对应"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "register", "header_digest"],
                name="institutions_columnmatch_once",
                violation_error_message="这个表头的对应已经记下。",
            ),
            models.CheckConstraint(
                condition=Q(register__regex=r"^[a-z_]{2,30}$")
                & Q(header_digest__regex=r"^[0-9a-f]{64}$"),
                name="institutions_columnmatch_form",
                violation_error_message="登记名称或表头指纹的写法不对。",
            ),
        ]
