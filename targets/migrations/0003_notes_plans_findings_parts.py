import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from yiyang.changelog.operations import TrackChanges


class Migration(migrations.Migration):
    dependencies = [
        ("institutions", "0003_contacts_and_successions"),
        ("targets", "0002_done_is_final_and_log"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="indicatorrun",
            name="exported_snapshot",
            field=models.CharField(blank=True, max_length=60, verbose_name="导出的数据库快照"),
        ),
        migrations.AddField(
            model_name="indicatorrun",
            name="shards",
            field=models.PositiveSmallIntegerField(default=1, verbose_name="分片数"),
        ),
        migrations.CreateModel(
            name="Plan",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=100, verbose_name="名称")),
                ("as_of", models.DateField(verbose_name="设想的统计日")),
                (
                    "status",
                    models.CharField(
                        choices=[("DRAFT", "草拟"), ("SAVED", "已保存")],
                        default="DRAFT",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="建立时间")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="说明")),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="plans",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="plans",
                        to="institutions.region",
                    ),
                ),
            ],
            options={
                "verbose_name": "测算方案",
                "verbose_name_plural": "测算方案",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="ContactNote",
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
                ("indicator", models.CharField(max_length=20, verbose_name="指标")),
                ("contacted_on", models.DateField(verbose_name="联系日期")),
                ("text", models.CharField(max_length=300, verbose_name="情况")),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contact_notes",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "institution",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contact_notes",
                        to="institutions.institution",
                    ),
                ),
            ],
            options={
                "verbose_name": "联系记录",
                "verbose_name_plural": "联系记录",
                "ordering": ["-contacted_on", "-id"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("void_reason", ""), ("voided_at", None)),
                            models.Q(
                                ("voided_at__isnull", False),
                                models.Q(("void_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="targets_contactnote_void_has_reason",
                        violation_error_message="作废必须写明原因。",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PlanFigure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("indicator", models.CharField(max_length=20, verbose_name="指标")),
                ("reading", models.CharField(max_length=40, verbose_name="口径")),
                ("numerator_before", models.BigIntegerField(null=True, verbose_name="原分子")),
                ("denominator_before", models.BigIntegerField(null=True, verbose_name="原分母")),
                ("numerator", models.BigIntegerField(null=True, verbose_name="设想分子")),
                ("denominator", models.BigIntegerField(null=True, verbose_name="设想分母")),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="figures",
                        to="targets.plan",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="plan_figures",
                        to="institutions.region",
                    ),
                ),
            ],
            options={
                "verbose_name": "方案测算",
                "verbose_name_plural": "方案测算",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("plan", "region", "indicator", "reading"),
                        name="targets_planfigure_once",
                        violation_error_message="该方案这一区划、指标、口径已有测算。",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PlanStep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(verbose_name="次序")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("SIGN_AGREEMENT", "签订草拟的协议"),
                            ("NEW_AGREEMENT", "新签一份协议"),
                            ("OPEN_CHANNEL", "开通绿色通道"),
                            ("ADD_BEDS", "增加护理型床位"),
                            ("CONVERT_BEDS", "普通床位转为护理型"),
                            ("RENEW_LICENCE", "证照续期"),
                            ("CHANGE_TARGET", "改变目标值"),
                        ],
                        max_length=20,
                        verbose_name="步骤",
                    ),
                ),
                ("subject_id", models.BigIntegerField(verbose_name="对象")),
                (
                    "partner_id",
                    models.BigIntegerField(blank=True, null=True, verbose_name="另一方"),
                ),
                (
                    "amount",
                    models.DecimalField(
                        blank=True, decimal_places=6, max_digits=12, null=True, verbose_name="数量"
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="steps",
                        to="targets.plan",
                    ),
                ),
            ],
            options={
                "verbose_name": "方案步骤",
                "verbose_name_plural": "方案步骤",
                "ordering": ["plan", "position"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("plan", "position"),
                        name="targets_planstep_position_once",
                        violation_error_message="该方案这一次序已有步骤。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount", None), ("amount__gte", 0), _connector="OR"),
                        name="targets_planstep_amount_not_negative",
                        violation_error_message="数量不能为负。",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="QualityFinding",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("check_id", models.CharField(max_length=40, verbose_name="检查项")),
                ("found", models.PositiveIntegerField(verbose_name="条数")),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="findings",
                        to="institutions.region",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="findings",
                        to="targets.indicatorrun",
                    ),
                ),
            ],
            options={
                "verbose_name": "数据质量发现",
                "verbose_name_plural": "数据质量发现",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("run", "check_id", "region"),
                        name="targets_finding_once",
                        violation_error_message="同一批次中该区划这一检查项已有结果。",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RunPart",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("shard", models.PositiveSmallIntegerField(verbose_name="分片")),
                ("snapshot", models.CharField(max_length=60, verbose_name="所读的数据库快照")),
                ("cells", models.JSONField(verbose_name="分片结果")),
                (
                    "run",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="parts",
                        to="targets.indicatorrun",
                    ),
                ),
            ],
            options={
                "verbose_name": "量度分片",
                "verbose_name_plural": "量度分片",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("run", "shard", "snapshot"),
                        name="targets_runpart_once",
                        violation_error_message="这一分片已经交过结果。",
                    )
                ],
            },
        ),
        TrackChanges("ContactNote"),
    ]
