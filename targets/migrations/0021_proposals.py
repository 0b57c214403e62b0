"""建议提案: proposals with their bureaus, events and the figures answers use."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from yiyang.changelog.operations import TrackChanges


class Migration(migrations.Migration):
    dependencies = [
        ("institutions", "0013_register_uploads"),
        ("targets", "0020_editions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Proposal",
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
                        choices=[("RECOMMENDATION", "人大建议"), ("PROPOSAL", "政协提案")],
                        max_length=16,
                        verbose_name="类别",
                    ),
                ),
                ("year", models.PositiveSmallIntegerField(verbose_name="年度")),
                ("number", models.CharField(max_length=30, verbose_name="编号")),
                ("title", models.CharField(max_length=100, verbose_name="案由")),
                (
                    "proposer_kind",
                    models.CharField(
                        choices=[
                            ("DELEGATION", "代表团"),
                            ("DEPUTIES", "代表（含联名）"),
                            ("PARTY", "党派团体"),
                            ("SECTOR", "界别"),
                            ("MEMBERS", "委员（含联名）"),
                            ("COMMITTEE", "专门委员会"),
                        ],
                        max_length=12,
                        verbose_name="提出者类别",
                    ),
                ),
                ("proposer", models.CharField(max_length=60, verbose_name="提出者")),
                ("wording", models.CharField(blank=True, max_length=2000, verbose_name="建议要点")),
                ("assigned_on", models.DateField(verbose_name="交办日期")),
                ("due_by", models.DateField(verbose_name="答复期限")),
                ("extended_to", models.DateField(blank=True, null=True, verbose_name="延期到")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("REGISTERED", "已登记"),
                            ("HANDLING", "承办中"),
                            ("DRAFTING", "起草中"),
                            ("REVIEW", "待审核"),
                            ("APPROVED", "待答复"),
                            ("ANSWERED", "已答复"),
                            ("ARCHIVED", "已归档"),
                            ("DECLINED", "已退回交办单位"),
                        ],
                        default="REGISTERED",
                        max_length=12,
                        verbose_name="状态",
                    ),
                ),
                ("round", models.PositiveSmallIntegerField(default=1, verbose_name="第几次办理")),
                ("registered_on", models.DateField(verbose_name="登记日期")),
                ("reply", models.CharField(blank=True, max_length=8000, verbose_name="答复正文")),
                (
                    "result",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("A", "A类：已经解决或采纳"),
                            ("B", "B类：正在解决或列入计划"),
                            ("C", "C类：留作参考"),
                        ],
                        max_length=1,
                        verbose_name="办理结果",
                    ),
                ),
                ("approved_on", models.DateField(blank=True, null=True, verbose_name="审核日期")),
                ("answered_on", models.DateField(blank=True, null=True, verbose_name="答复日期")),
                ("letter", models.CharField(blank=True, max_length=60, verbose_name="复函文号")),
                (
                    "satisfaction",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("SATISFIED", "满意"),
                            ("FAIRLY", "基本满意"),
                            ("DISSATISFIED", "不满意"),
                            ("SILENT", "未反馈"),
                        ],
                        max_length=12,
                        verbose_name="满意度",
                    ),
                ),
                (
                    "approved_by",
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
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "lead",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="targets.bureau",
                        verbose_name="承办单位",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="institutions.region",
                        verbose_name="区划",
                    ),
                ),
                (
                    "registered_by",
                    models.ForeignKey(
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
            ],
            options={
                "verbose_name": "建议提案",
                "verbose_name_plural": "建议提案",
                "ordering": ["-year", "-id"],
            },
        ),
        migrations.CreateModel(
            name="ProposalAssistant",
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="targets.bureau",
                    ),
                ),
                (
                    "proposal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assistants",
                        to="targets.proposal",
                    ),
                ),
            ],
            options={
                "verbose_name": "会办单位",
                "verbose_name_plural": "会办单位",
                "ordering": ["id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ProposalEvent",
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
                            ("REGISTER", "登记"),
                            ("AMEND", "修改登记"),
                            ("TAKE", "承办"),
                            ("DRAFT", "起草"),
                            ("SUBMIT", "送审"),
                            ("RETURN", "退回修改"),
                            ("APPROVE", "审核通过"),
                            ("ANSWER", "答复"),
                            ("JUDGE", "登记满意度"),
                            ("REDO", "重新办理"),
                            ("ARCHIVE", "归档"),
                            ("EXTEND", "延期"),
                            ("OPINE", "会办意见"),
                            ("DECLINE", "退回交办单位"),
                        ],
                        max_length=10,
                        verbose_name="办理",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("REGISTERED", "已登记"),
                            ("HANDLING", "承办中"),
                            ("DRAFTING", "起草中"),
                            ("REVIEW", "待审核"),
                            ("APPROVED", "待答复"),
                            ("ANSWERED", "已答复"),
                            ("ARCHIVED", "已归档"),
                            ("DECLINED", "已退回交办单位"),
                        ],
                        max_length=12,
                        verbose_name="办理后的状态",
                    ),
                ),
                ("round", models.PositiveSmallIntegerField(default=1, verbose_name="第几次办理")),
                ("text", models.CharField(blank=True, max_length=2000, verbose_name="情况")),
                ("taken_on", models.DateField(verbose_name="日期")),
                ("taken_at", models.DateTimeField(auto_now_add=True, verbose_name="时间")),
                (
                    "assistant",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="targets.proposalassistant",
                        verbose_name="会办单位",
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "proposal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="targets.proposal",
                    ),
                ),
            ],
            options={
                "verbose_name": "建议提案办理记录",
                "verbose_name_plural": "建议提案办理记录",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="ProposalFigure",
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
                ("number", models.PositiveSmallIntegerField(verbose_name="序号")),
                ("name", models.CharField(max_length=60, verbose_name="写作")),
                ("indicator", models.CharField(max_length=20, verbose_name="指标")),
                ("reading", models.CharField(max_length=40, verbose_name="口径")),
                (
                    "side",
                    models.CharField(
                        choices=[
                            ("VALUE", "指标值"),
                            ("NUMERATOR", "分子"),
                            ("DENOMINATOR", "分母"),
                        ],
                        max_length=12,
                        verbose_name="取数",
                    ),
                ),
                (
                    "since",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("LAST_YEAR", "比上年同期"),
                            ("LAST_QUARTER", "比上季度末"),
                            ("LAST_MONTH", "比上月同日"),
                            ("LAST_TIME", "比上次"),
                        ],
                        max_length=12,
                        verbose_name="对比的说法",
                    ),
                ),
                (
                    "earlier_run",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="targets.indicatorrun",
                        verbose_name="对比批次",
                    ),
                ),
                (
                    "proposal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="figures",
                        to="targets.proposal",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="institutions.region",
                        verbose_name="区划",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="targets.indicatorrun",
                        verbose_name="本期批次",
                    ),
                ),
            ],
            options={
                "verbose_name": "答复所用数字",
                "verbose_name_plural": "答复所用数字",
                "ordering": ["number", "id"],
                "abstract": False,
            },
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "DECLINED"), _negated=True),
                fields=("region", "kind", "year", "number"),
                name="targets_proposal_number_once",
                violation_error_message="本年度这一类别的这个编号已登记；请核对编号。",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=models.Q(("due_by__gte", models.F("assigned_on"))),
                name="targets_proposal_due_after_assigned",
                violation_error_message="答复期限不能早于交办日期。",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("extended_to", None), ("extended_to__gt", models.F("due_by")), _connector="OR"
                ),
                name="targets_proposal_extended_later",
                violation_error_message="延期须晚于原来的期限。",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("state__in", ["REVIEW", "APPROVED", "ANSWERED", "ARCHIVED"]), _negated=True
                    ),
                    models.Q(
                        ("drafted_by__isnull", False),
                        ("submitted_by__isnull", False),
                        models.Q(("reply", ""), _negated=True),
                        models.Q(("result", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="targets_proposal_review_has_reply",
                violation_error_message="送审须有答复正文与办理结果。",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["APPROVED", "ANSWERED", "ARCHIVED"]), _negated=True),
                    models.Q(("approved_by__isnull", False), ("approved_on__isnull", False)),
                    _connector="OR",
                ),
                name="targets_proposal_sent_is_approved",
                violation_error_message="答复须先经审核。",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("approved_by", None),
                    models.Q(
                        models.Q(("approved_by", models.F("submitted_by")), _negated=True),
                        models.Q(("approved_by", models.F("drafted_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="targets_proposal_approved_by_another",
                violation_error_message="答复须由起草人、送审人以外的人审核。",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("answered_on__isnull", False), ("state__in", ("ANSWERED", "ARCHIVED"))
                    ),
                    models.Q(
                        models.Q(("state__in", ("ANSWERED", "ARCHIVED")), _negated=True),
                        ("answered_on", None),
                        ("satisfaction", ""),
                    ),
                    _connector="OR",
                ),
                name="targets_proposal_sent_has_day",
                violation_error_message="已答复的须有答复日期；未答复的没有满意度。",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "ARCHIVED"), _negated=True),
                    models.Q(("satisfaction", ""), _negated=True),
                    _connector="OR",
                ),
                name="targets_proposal_archived_is_judged",
                violation_error_message="归档前须登记满意度；没有反馈的登记“未反馈”。",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposalassistant",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("void_reason", ""), ("voided_at", None)),
                    models.Q(
                        ("voided_at__isnull", False), models.Q(("void_reason", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="targets_proposalassistant_void_has_reason",
                violation_error_message="作废必须写明原因。",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposalassistant",
            constraint=models.UniqueConstraint(
                condition=models.Q(("voided_at", None)),
                fields=("proposal", "bureau"),
                name="targets_proposalassistant_once",
                nulls_distinct=False,
                violation_error_message="这个部门已是会办单位。",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposalevent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("assistant__isnull", False), ("verb", "OPINE")),
                    models.Q(models.Q(("verb", "OPINE"), _negated=True), ("assistant", None)),
                    _connector="OR",
                ),
                name="targets_proposalevent_opinion_names_the_bureau",
                violation_error_message="会办意见须写明是哪个会办单位的。",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposalfigure",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("void_reason", ""), ("voided_at", None)),
                    models.Q(
                        ("voided_at__isnull", False), models.Q(("void_reason", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="targets_proposalfigure_void_has_reason",
                violation_error_message="作废必须写明原因。",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposalfigure",
            constraint=models.UniqueConstraint(
                condition=models.Q(("voided_at", None)),
                fields=("proposal", "number"),
                name="targets_proposalfigure_once",
                nulls_distinct=False,
                violation_error_message="这个序号已有数字；请换一个序号。",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposalfigure",
            constraint=models.CheckConstraint(
                condition=models.Q(("number__gte", 1), ("number__lte", 99)),
                name="targets_proposalfigure_number",
                violation_error_message="一份答复最多引用 99 个数字。",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposalfigure",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("earlier_run", None),
                    models.Q(("earlier_run", models.F("run")), _negated=True),
                    _connector="OR",
                ),
                name="targets_proposalfigure_two_runs",
                violation_error_message="对比须是另一次量度。",
            ),
        ),
        TrackChanges("Proposal"),
        TrackChanges("ProposalAssistant"),
        TrackChanges("ProposalFigure"),
    ]
