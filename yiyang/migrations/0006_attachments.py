"""Files kept with records; what is sealed stays out of the change log."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

from yiyang.changelog.operations import TrackChanges


class Migration(migrations.Migration):
    dependencies = [
        ("yiyang", "0005_holidays"),
    ]

    operations = [
        migrations.CreateModel(
            name="Attachment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "voided_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="作废时间"
                    ),
                ),
                (
                    "void_reason",
                    models.CharField(
                        blank=True, editable=False, max_length=200, verbose_name="作废原因"
                    ),
                ),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("holder", models.CharField(max_length=40, verbose_name="所属登记")),
                ("object_id", models.BigIntegerField(verbose_name="所属记录")),
                ("name", models.CharField(max_length=100, verbose_name="文件名")),
                (
                    "kind",
                    models.CharField(
                        choices=[("PDF", "PDF"), ("JPEG", "JPEG 图片"), ("PNG", "PNG 图片")],
                        max_length=10,
                        verbose_name="种类",
                    ),
                ),
                ("size", models.PositiveIntegerField(verbose_name="字节数")),
                ("sha256", models.CharField(max_length=64, verbose_name="摘要")),
                ("added_at", models.DateTimeField(verbose_name="上传时间")),
            ],
            options={
                "verbose_name": "附件",
                "verbose_name_plural": "附件",
                "ordering": ["-id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="AttachmentContent",
            fields=[
                (
                    "attachment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="content",
                        serialize=False,
                        to="yiyang.attachment",
                    ),
                ),
                ("wrapped", models.BinaryField(verbose_name="包裹的密钥")),
                ("sealed", models.BinaryField(verbose_name="密文")),
            ],
            options={
                "verbose_name": "附件内容",
                "verbose_name_plural": "附件内容",
            },
        ),
        migrations.AddConstraint(
            model_name="attachment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("void_reason", ""), ("voided_at", None)),
                    models.Q(
                        ("voided_at__isnull", False), models.Q(("void_reason", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="yiyang_attachment_void_has_reason",
                violation_error_message="作废必须写明原因。",
            ),
        ),
        migrations.AddConstraint(
            model_name="attachment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("voided_at", None)),
                fields=("holder", "object_id", "sha256"),
                name="yiyang_attachment_once",
                violation_error_message="这份文件已经上传过，不必再传。",
            ),
        ),
        migrations.AddConstraint(
            model_name="attachment",
            constraint=models.CheckConstraint(
                condition=models.Q(("sha256__regex", "^[0-9a-f]{64}$")),
                name="yiyang_attachment_sha256_form",
                violation_error_message="文件摘要须为 64 位十六进制。",
            ),
        ),
        TrackChanges("Attachment"),
    ]
