"""What is kept of each file: its description here, its sealed bytes in a table of their own."""

from __future__ import annotations

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import Q

from yiyang.access.fields import classify
from yiyang.access.scope import Nobody, ScopedManager
from yiyang.attachments.holders import ByHolder
from yiyang.facts import Fact, FactQuerySet


class FileKind(models.TextChoices):
    """Told by the content; the name a file comes with decides nothing."""

    PDF = "PDF", "PDF"
    JPEG = "JPEG", "JPEG 图片"
    PNG = "PNG", "PNG 图片"


class Attachment(Fact):
    """A file of one record, reached by the record's registered name and key."""

    uid = models.UUIDField(default=uuid4, unique=True, editable=False)
    holder = models.CharField("所属登记", max_length=40)
    object_id = models.BigIntegerField("所属记录")
    name = models.CharField("文件名", max_length=100)
    kind = models.CharField("种类", max_length=10, choices=FileKind)
    size = models.PositiveIntegerField("字节数")
    sha256 = models.CharField("摘要", max_length=64)
    added_at = models.DateTimeField("上传时间")
    destroyed_at = models.DateTimeField("销毁时间", null=True, blank=True, editable=False)

    row_scope = ByHolder()
    field_classes: ClassVar = classify(
        internal=(
            *("id", "uid", "holder", "object_id", "name", "kind", "size", "sha256", "added_at"),
            *("voided_at", "void_reason", "destroyed_at"),
        )
    )
    objects = FactQuerySet.as_manager()

    class Meta(Fact.Meta):
        verbose_name = verbose_name_plural = "附件"
        ordering = ["-id"]
        constraints = [
            *Fact.Meta.constraints,
            models.UniqueConstraint(
                fields=["holder", "object_id", "sha256"],
                name="yiyang_attachment_once",
                condition=Q(voided_at=None),
                violation_error_message="这份文件已经上传过，不必再传。",
            ),
            models.CheckConstraint(
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$"),
                name="yiyang_attachment_sha256_form",
                violation_error_message="文件摘要须为 64 位十六进制。",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class AttachmentContent(models.Model):
    """The sealed bytes; outside the change log, which would keep a second copy of them.

    Both columns are empty once the file was destroyed.
    """

    attachment = models.OneToOneField(
        Attachment, models.PROTECT, primary_key=True, related_name="content"
    )
    wrapped = models.BinaryField("包裹的密钥", null=True)
    sealed = models.BinaryField("密文", null=True)

    row_scope = Nobody()
    field_classes: ClassVar = classify(internal=("attachment",), personal=("wrapped", "sealed"))
    objects = ScopedManager()

    class Meta:
        verbose_name = verbose_name_plural = "附件内容"
        constraints = [
            models.CheckConstraint(
                condition=Q(wrapped=None, sealed=None)
                | Q(wrapped__isnull=False, sealed__isnull=False),
                name="yiyang_attachmentcontent_key_and_bytes",
                violation_error_message="附件的密钥与密文须同在，或一并销毁。",
            )
        ]
