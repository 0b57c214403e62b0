"""Whole registers of the other office, and their rows."""

import uuid

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("institutions", "0012_merges"),
        ("yiyang", "0010_api_answers"),
    ]

    operations = [
        migrations.CreateModel(
            name="RegisterUpload",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "uid",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, unique=True, verbose_name="编号"
                    ),
                ),
                ("month_end", models.DateField(verbose_name="月末日")),
                ("sha256", models.CharField(max_length=64, verbose_name="内容指纹")),
                ("rows", models.PositiveIntegerField(verbose_name="行数")),
                ("asks", models.BooleanField(default=False, verbose_name="代提修改申请")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("RECEIVED", "已收下，等待处理"),
                            ("RUNNING", "正在处理"),
                            ("DONE", "已处理"),
                            ("FAILED", "没有处理"),
                        ],
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("counts", models.JSONField(default=dict, verbose_name="各类行数")),
                (
                    "message",
                    models.CharField(blank=True, max_length=300, verbose_name="没有处理的原因"),
                ),
                (
                    "received_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        verbose_name="收到时间",
                    ),
                ),
                (
                    "finished_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="处理完的时间"),
                ),
                ("changes", models.PositiveIntegerField(default=0, verbose_name="变更条数")),
                (
                    "first_number",
                    models.BigIntegerField(blank=True, null=True, verbose_name="首个变更编号"),
                ),
                (
                    "last_number",
                    models.BigIntegerField(blank=True, null=True, verbose_name="末个变更编号"),
                ),
                (
                    "token",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="uploads",
                        to="yiyang.apitoken",
                        verbose_name="令牌",
                    ),
                ),
            ],
            options={
                "verbose_name": "民政整册",
                "verbose_name_plural": "民政整册",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="UploadRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(verbose_name="第几行")),
                ("code", models.CharField(blank=True, max_length=32, verbose_name="机构编码")),
                ("document", models.JSONField(default=dict, verbose_name="报送的内容")),
                ("status", models.CharField(blank=True, max_length=20, verbose_name="结果")),
                ("errors", models.JSONField(default=list, verbose_name="没有写入的原因")),
                ("requests", models.JSONField(default=list, verbose_name="修改申请")),
                (
                    "region",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="institutions.region",
                        verbose_name="区划",
                    ),
                ),
                (
                    "upload",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sent",
                        to="institutions.registerupload",
                        verbose_name="整册",
                    ),
                ),
            ],
            options={
                "verbose_name": "整册的行",
                "verbose_name_plural": "整册的行",
                "ordering": ["upload", "number"],
            },
        ),
        migrations.AddIndex(
            model_name="registerupload",
            index=models.Index(fields=["month_end", "-id"], name="institutions_upload_month"),
        ),
        migrations.AddConstraint(
            model_name="registerupload",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "month_end",
                        models.Func(
                            models.F("month_end"),
                            output_field=models.DateField(),
                            template="(date_trunc('month', %(expressions)s::timestamp) + interval '1 month - 1 day')::date",
                        ),
                    )
                ),
                name="institutions_upload_month_end",
                violation_error_message="整册按月报送，日期须是当月最后一天。",
            ),
        ),
        migrations.AddConstraint(
            model_name="registerupload",
            constraint=models.CheckConstraint(
                condition=models.Q(("sha256__regex", "^[0-9a-f]{64}$")),
                name="institutions_upload_sha256_form",
                violation_error_message="内容指纹须为 64 位十六进制。",
            ),
        ),
        migrations.AddConstraint(
            model_name="registerupload",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ("DONE", "FAILED")), _negated=True),
                    ("finished_at__isnull", False),
                    _connector="OR",
                ),
                name="institutions_upload_finished_when",
                violation_error_message="处理完的整册须有时间。",
            ),
        ),
        migrations.AddConstraint(
            model_name="uploadrow",
            constraint=models.UniqueConstraint(
                fields=("upload", "number"),
                name="institutions_uploadrow_once",
                violation_error_message="这一行已经存过。",
            ),
        ),
    ]
