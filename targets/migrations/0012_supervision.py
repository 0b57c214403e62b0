"""督办: orders with their assistants, pauses and events."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from yiyang.changelog.operations import TrackChanges


class Migration(migrations.Migration):
    dependencies = [
        ("institutions", "0005_imports"),
        ("targets", "0011_revisions_without_numbers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Supervision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "year",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="年度"),
                ),
                ("serial", models.PositiveIntegerField(blank=True, null=True, verbose_name="序号")),
                ("number", models.CharField(blank=True, max_length=60, verbose_name="编号")),
                ("title", models.CharField(max_length=100, verbose_name="标题")),
                (
                    "kind",
                    models.CharField(
                        choices=[("ROUTINE", "工作督办"), ("SPECIAL", "专项督办")],
                        max_length=10,
                        verbose_name="类型",
                    ),
                ),
                (
                    "urgency",
                    models.CharField(
                        choices=[("NORMAL", "一般"), ("URGENT", "紧急"), ("MOST_URGENT", "特急")],
                        max_length=12,
                        verbose_name="紧急程度",
                    ),
                ),
                (
                    "basis",
                    models.CharField(
                        choices=[
                            ("TASK", "政策任务"),
                            ("INDICATOR", "指标落后"),
                            ("OTHER", "其他"),
                        ],
                        max_length=10,
                        verbose_name="依据类别",
                    ),
                ),
                ("indicator", models.CharField(blank=True, max_length=20, verbose_name="指标")),
                ("basis_text", models.CharField(max_length=500, verbose_name="依据")),
                ("content", models.CharField(max_length=4000, verbose_name="督办内容")),
                (
                    "frequency",
                    models.CharField(
                        choices=[
                            ("WEEK", "每周"),
                            ("MONTH", "每月"),
                            ("STAGE", "按阶段"),
                            ("ONCE", "办结时一次"),
                        ],
                        max_length=10,
                        verbose_name="反馈频次",
                    ),
                ),
                (
                    "allowed_days",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="办理期限（工作日）"
                    ),
                ),
                ("due_by", models.DateField(blank=True, null=True, verbose_name="完成期限")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("DRAFT", "拟办"),
                            ("ASSIGNED", "待签收"),
                            ("WORKING", "办理中"),
                            ("REVIEW", "待审核"),
                            ("CLOSED", "已销号"),
                            ("WITHDRAWN", "未予立项"),
                        ],
                        default="DRAFT",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("drafted_on", models.DateField(verbose_name="立项日期")),
                ("assigned_on", models.DateField(blank=True, null=True, verbose_name="交办日期")),
                ("signed_on", models.DateField(blank=True, null=True, verbose_name="签收日期")),
                (
                    "submitted_on",
                    models.DateField(blank=True, null=True, verbose_name="申请销号日期"),
                ),
                ("closed_on", models.DateField(blank=True, null=True, verbose_name="销号日期")),
                (
                    "feedback_on",
                    models.DateField(blank=True, null=True, verbose_name="最近反馈日期"),
                ),
                (
                    "feedback_by",
                    models.DateField(blank=True, null=True, verbose_name="要求反馈的日期"),
                ),
                (
                    "assigned_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "closed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "drafted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "lead_bureau",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="supervisions",
                        to="targets.bureau",
                    ),
                ),
                (
                    "lead_region",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="supervisions",
                        to="institutions.region",
                    ),
                ),
                (
                    "signed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "submitted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "task",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="supervisions",
                        to="targets.policytask",
                    ),
                ),
            ],
            options={
                "verbose_name": "督办单",
                "verbose_name_plural": "督办单",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="SupervisionAssistant",
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
                (
                    "bureau",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="targets.bureau",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="institutions.region",
                    ),
                ),
                (
                    "supervision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assistants",
                        to="targets.supervision",
                    ),
                ),
            ],
            options={
                "verbose_name": "督办协办单位",
                "verbose_name_plural": "督办协办单位",
                "ordering": ["id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="SupervisionEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "verb",
                    models.CharField(
                        choices=[
                            ("OPEN", "立项"),
                            ("AMEND", "修改"),
                            ("WITHDRAW", "不予立项"),
                            ("ASSIGN", "交办"),
                            ("SIGN", "签收"),
                            ("FEEDBACK", "反馈"),
                            ("SUBMIT", "申请销号"),
                            ("CLOSE", "销号"),
                            ("RETURN", "退回"),
                            ("CHASE", "催办"),
                            ("PAUSE", "暂停计时（补正）"),
                            ("RESUME", "恢复计时"),
                        ],
                        max_length=10,
                        verbose_name="办理",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("DRAFT", "拟办"),
                            ("ASSIGNED", "待签收"),
                            ("WORKING", "办理中"),
                            ("REVIEW", "待审核"),
                            ("CLOSED", "已销号"),
                            ("WITHDRAWN", "未予立项"),
                        ],
                        max_length=10,
                        verbose_name="办理后的状态",
                    ),
                ),
                ("text", models.CharField(blank=True, max_length=2000, verbose_name="情况")),
                (
                    "asked_by",
                    models.DateField(blank=True, null=True, verbose_name="要求反馈的日期"),
                ),
                ("taken_on", models.DateField(verbose_name="日期")),
                ("taken_at", models.DateTimeField(auto_now_add=True, verbose_name="时间")),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "supervision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="targets.supervision",
                    ),
                ),
            ],
            options={
                "verbose_name": "督办记录",
                "verbose_name_plural": "督办记录",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="SupervisionPause",
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
                ("stopped_on", models.DateField(verbose_name="暂停日期")),
                ("resumed_on", models.DateField(blank=True, null=True, verbose_name="恢复日期")),
                ("reason", models.CharField(max_length=2000, verbose_name="原因")),
                (
                    "supervision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pauses",
                        to="targets.supervision",
                    ),
                ),
            ],
            options={
                "verbose_name": "督办暂停",
                "verbose_name_plural": "督办暂停",
                "ordering": ["stopped_on", "id"],
                "abstract": False,
            },
        ),
        migrations.AddConstraint(
            model_name="supervision",
            constraint=models.UniqueConstraint(
                fields=("year", "serial"),
                name="targets_supervision_serial_once",
                violation_error_message="本年度这一序号已用。",
            ),
        ),
        migrations.AddConstraint(
            model_name="supervision",
            constraint=models.UniqueConstraint(
                condition=models.Q(("number", ""), _negated=True),
                fields=("number",),
                name="targets_supervision_number_once",
                violation_error_message="这个编号已用。",
            ),
        ),
        migrations.AddConstraint(
            model_name="supervision",
            constraint=models.CheckConstraint(
                condition=models.Q(("lead_bureau", None), ("lead_region", None), _connector="XOR"),
                name="targets_supervision_one_lead",
                violation_error_message="牵头单位须是一个部门或一个区。",
            ),
        ),
        migrations.AddConstraint(
            model_name="supervision",
            constraint=models.CheckConstraint(
                condition=models.Q(("allowed_days", None), ("due_by", None), _connector="XOR"),
                name="targets_supervision_one_term",
                violation_error_message="期限请填工作日数或日期，二者填一。",
            ),
        ),
        migrations.AddConstraint(
            model_name="supervision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("allowed_days", None), ("allowed_days__gte", 1), _connector="OR"
                ),
                name="targets_supervision_some_days",
                violation_error_message="办理期限至少 1 个工作日。",
            ),
        ),
        migrations.AddConstraint(
            model_name="supervision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("basis", "TASK"), ("indicator", ""), ("task__isnull", False)),
                    models.Q(
                        ("basis", "INDICATOR"),
                        ("task", None),
                        models.Q(("indicator", ""), _negated=True),
                    ),
                    models.Q(("basis", "OTHER"), ("indicator", ""), ("task", None)),
                    _connector="OR",
                ),
                name="targets_supervision_basis_named",
                violation_error_message="依据是任务的须指明任务，依据是指标的须指明指标。",
            ),
        ),
        migrations.AddConstraint(
            model_name="supervision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("assigned_by", None), ("number", ""), ("state__in", ["DRAFT", "WITHDRAWN"])
                    ),
                    models.Q(
                        ("assigned_by__isnull", False),
                        ("assigned_on__isnull", False),
                        ("state__in", ("ASSIGNED", "WORKING", "REVIEW", "CLOSED")),
                        models.Q(("number", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="targets_supervision_issued_is_assigned",
                violation_error_message="交办须有交办人、日期与编号。",
            ),
        ),
        migrations.AddConstraint(
            model_name="supervision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("state__in", ["REVIEW", "CLOSED"]),
                        ("submitted_by__isnull", False),
                        ("submitted_on__isnull", False),
                    ),
                    models.Q(("state__in", ["REVIEW", "CLOSED"]), _negated=True),
                    _connector="OR",
                ),
                name="targets_supervision_review_is_submitted",
                violation_error_message="审核、销号之前须有承办单位的销号申请。",
            ),
        ),
        migrations.AddConstraint(
            model_name="supervision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("closed_by__isnull", False),
                        ("closed_on__isnull", False),
                        ("state", "CLOSED"),
                    ),
                    models.Q(models.Q(("state", "CLOSED"), _negated=True), ("closed_by", None)),
                    _connector="OR",
                ),
                name="targets_supervision_closed_by_someone",
                violation_error_message="销号须有销号人与日期。",
            ),
        ),
        migrations.AddConstraint(
            model_name="supervision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("assigned_by", None),
                    models.Q(("assigned_by", models.F("drafted_by")), _negated=True),
                    _connector="OR",
                ),
                name="targets_supervision_assigned_by_another",
                violation_error_message="督办单须由立项人以外的人交办。",
            ),
        ),
        migrations.AddConstraint(
            model_name="supervision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("closed_by", None),
                    models.Q(
                        models.Q(("closed_by", models.F("submitted_by")), _negated=True),
                        models.Q(("closed_by", models.F("drafted_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="targets_supervision_closed_by_another",
                violation_error_message="销号须由立项人、申请人以外的人办理。",
            ),
        ),
        migrations.AddConstraint(
            model_name="supervisionassistant",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("void_reason", ""), ("voided_at", None)),
                    models.Q(
                        ("voided_at__isnull", False), models.Q(("void_reason", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="targets_supervisionassistant_void_has_reason",
                violation_error_message="作废必须写明原因。",
            ),
        ),
        migrations.AddConstraint(
            model_name="supervisionassistant",
            constraint=models.UniqueConstraint(
                condition=models.Q(("voided_at", None)),
                fields=("supervision", "bureau", "region"),
                name="targets_assistant_once",
                nulls_distinct=False,
                violation_error_message="这个单位已是协办单位。",
            ),
        ),
        migrations.AddConstraint(
            model_name="supervisionassistant",
            constraint=models.CheckConstraint(
                condition=models.Q(("bureau", None), ("region", None), _connector="XOR"),
                name="targets_assistant_one_unit",
                violation_error_message="协办单位须是一个部门或一个区。",
            ),
        ),
        migrations.AddConstraint(
            model_name="supervisionpause",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("void_reason", ""), ("voided_at", None)),
                    models.Q(
                        ("voided_at__isnull", False), models.Q(("void_reason", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="targets_supervisionpause_void_has_reason",
                violation_error_message="作废必须写明原因。",
            ),
        ),
        migrations.AddConstraint(
            model_name="supervisionpause",
            constraint=models.UniqueConstraint(
                condition=models.Q(("resumed_on", None), ("voided_at", None)),
                fields=("supervision",),
                name="targets_pause_one_open",
                violation_error_message="已在暂停中，请先恢复计时。",
            ),
        ),
        migrations.AddConstraint(
            model_name="supervisionpause",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("resumed_on", None),
                    ("resumed_on__gte", models.F("stopped_on")),
                    _connector="OR",
                ),
                name="targets_pause_ends_after_start",
                violation_error_message="恢复日期不能早于暂停日期。",
            ),
        ),
        TrackChanges("Supervision"),
        TrackChanges("SupervisionAssistant"),
        TrackChanges("SupervisionPause"),
    ]
