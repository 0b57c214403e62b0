"""How tasks come along, and which bureau a liaison speaks for."""

import django.contrib.postgres.constraints
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from yiyang.changelog.operations import TrackChanges


class Migration(migrations.Migration):
    dependencies = [
        ("targets", "0008_policies_entered_by_hand"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="TaskReport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("PROGRESS", "报进展"),
                            ("CLAIM", "申报完成"),
                            ("CONFIRM", "确认完成"),
                            ("RETURN", "退回"),
                            ("REOPEN", "重新办理"),
                        ],
                        max_length=10,
                        verbose_name="类型",
                    ),
                ),
                ("text", models.CharField(blank=True, max_length=2000, verbose_name="情况")),
                (
                    "percentage",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="完成比例（%）"
                    ),
                ),
                ("reported_on", models.DateField(verbose_name="日期")),
                ("reported_at", models.DateTimeField(auto_now_add=True, verbose_name="时间")),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "part",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reports",
                        to="targets.taskbureau",
                    ),
                ),
            ],
            options={
                "verbose_name": "任务报告",
                "verbose_name_plural": "任务报告",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="BureauGrant",
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
                ("starts_on", models.DateField(verbose_name="起始日期")),
                (
                    "ends_on",
                    models.DateField(
                        blank=True, help_text="最后一个有效日", null=True, verbose_name="截止日期"
                    ),
                ),
                (
                    "bureau",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="grants",
                        to="targets.bureau",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bureau_grants",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "部门授权",
                "verbose_name_plural": "部门授权",
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
                        name="targets_bureaugrant_void_has_reason",
                        violation_error_message="作废必须写明原因。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on", None),
                            ("ends_on__gte", models.F("starts_on")),
                            _connector="OR",
                        ),
                        name="targets_bureaugrant_ends_after_start",
                        violation_error_message="截止日期不能早于起始日期。",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(("voided_at", None)),
                        expressions=[
                            (
                                models.Func(
                                    models.F("user"),
                                    models.F("user"),
                                    models.Value("[]"),
                                    function="int8range",
                                ),
                                "&&",
                            ),
                            (
                                models.Func(
                                    models.F("bureau"),
                                    models.F("bureau"),
                                    models.Value("[]"),
                                    function="int8range",
                                ),
                                "&&",
                            ),
                            (
                                models.Func(
                                    models.F("starts_on"),
                                    models.F("ends_on"),
                                    models.Value("[]"),
                                    function="daterange",
                                ),
                                "&&",
                            ),
                        ],
                        name="targets_bureaugrant_once",
                        violation_error_message="该账号这段时间已有这个部门的授权。",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TaskMilestone",
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
                ("title", models.CharField(max_length=100, verbose_name="节点")),
                ("due_on", models.DateField(verbose_name="完成期限")),
                ("reached_on", models.DateField(blank=True, null=True, verbose_name="达到日期")),
                (
                    "task",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="milestones",
                        to="targets.policytask",
                    ),
                ),
            ],
            options={
                "verbose_name": "任务节点",
                "verbose_name_plural": "任务节点",
                "ordering": ["due_on", "id"],
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
                        name="targets_taskmilestone_void_has_reason",
                        violation_error_message="作废必须写明原因。",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="TaskProgress",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("NOT_STARTED", "未开始"),
                            ("ONGOING", "进行中"),
                            ("CLAIMED", "待确认"),
                            ("DONE", "已完成"),
                        ],
                        default="NOT_STARTED",
                        max_length=12,
                        verbose_name="状态",
                    ),
                ),
                (
                    "percentage",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="完成比例（%）"
                    ),
                ),
                (
                    "reported_on",
                    models.DateField(blank=True, null=True, verbose_name="最近报告日期"),
                ),
                (
                    "claimed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "part",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="progress",
                        to="targets.taskbureau",
                    ),
                ),
            ],
            options={
                "verbose_name": "任务进度",
                "verbose_name_plural": "任务进度",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("claimed_by__isnull", False),
                                ("state", "DONE"),
                                ("confirmed_by__isnull", False),
                            ),
                            models.Q(
                                ("claimed_by__isnull", False),
                                ("confirmed_by", None),
                                ("state", "CLAIMED"),
                            ),
                            models.Q(
                                ("confirmed_by", None), ("state__in", ["NOT_STARTED", "ONGOING"])
                            ),
                            _connector="OR",
                        ),
                        name="targets_taskprogress_done_is_claimed_and_confirmed",
                        violation_error_message="已完成须有部门申报和市卫健审核确认。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("confirmed_by", None),
                            models.Q(("confirmed_by", models.F("claimed_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="targets_taskprogress_two_persons",
                        violation_error_message="完成须由申报人以外的人确认。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("percentage", None), ("percentage__lte", 100), _connector="OR"
                        ),
                        name="targets_taskprogress_percentage",
                        violation_error_message="完成比例应在 0 至 100 之间。",
                    ),
                ],
            },
        ),
        TrackChanges("BureauGrant"),
        TrackChanges("TaskProgress"),
        TrackChanges("TaskMilestone"),
    ]
