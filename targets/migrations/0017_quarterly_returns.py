"""季度监测: forms, periods, returns with their numbers, corrections, editions."""

from decimal import Decimal

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("institutions", "0013_register_uploads"),
        ("targets", "0016_policy_changes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="QuarterlyReturn",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        choices=[("INSTITUTION", "机构"), ("DISTRICT", "区"), ("CITY", "市")],
                        max_length=12,
                        verbose_name="层级",
                    ),
                ),
                ("unit_name", models.CharField(max_length=100, verbose_name="填报单位")),
                ("due_on", models.DateField(verbose_name="报出期限")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("FILLING", "填报中"),
                            ("RETURNED", "已退回"),
                            ("SUBMITTED", "待审核"),
                            ("REVIEWED", "已审核"),
                            ("LOCKED", "已锁定"),
                            ("PUBLISHED", "已发布"),
                        ],
                        default="FILLING",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("submitted_on", models.DateField(blank=True, null=True, verbose_name="报出日期")),
                ("reviewed_on", models.DateField(blank=True, null=True, verbose_name="审核日期")),
                ("published_on", models.DateField(blank=True, null=True, verbose_name="发布日期")),
                (
                    "filled_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="填表人",
                    ),
                ),
                (
                    "institution",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="quarterly_returns",
                        to="institutions.institution",
                    ),
                ),
                (
                    "published_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="发布人",
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
                    "reviewed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="审核人",
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
                        verbose_name="报出人",
                    ),
                ),
            ],
            options={
                "verbose_name": "季度监测填报单",
                "verbose_name_plural": "季度监测填报单",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="ReturnCorrection",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reason", models.CharField(max_length=300, verbose_name="更正原因")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("PENDING", "待审核"),
                            ("APPROVED", "已更正"),
                            ("REFUSED", "未同意"),
                        ],
                        default="PENDING",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("proposed_on", models.DateField(verbose_name="提出日期")),
                ("decided_on", models.DateField(blank=True, null=True, verbose_name="审核日期")),
                ("answer", models.CharField(blank=True, max_length=300, verbose_name="审核意见")),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="审核人",
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="提出人",
                    ),
                ),
                (
                    "quarterly_return",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrections",
                        to="targets.quarterlyreturn",
                        verbose_name="填报单",
                    ),
                ),
            ],
            options={
                "verbose_name": "季度监测更正说明",
                "verbose_name_plural": "季度监测更正说明",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="ReturnEvent",
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
                            ("OPEN", "布置"),
                            ("FETCH", "重新取数"),
                            ("SUBMIT", "报出"),
                            ("REVIEW", "审核通过"),
                            ("RETURN", "退回"),
                            ("LOCK", "锁定"),
                            ("PUBLISH", "发布"),
                        ],
                        max_length=10,
                        verbose_name="办理",
                    ),
                ),
                (
                    "state_before",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("FILLING", "填报中"),
                            ("RETURNED", "已退回"),
                            ("SUBMITTED", "待审核"),
                            ("REVIEWED", "已审核"),
                            ("LOCKED", "已锁定"),
                            ("PUBLISHED", "已发布"),
                        ],
                        max_length=10,
                        verbose_name="原状态",
                    ),
                ),
                (
                    "state_after",
                    models.CharField(
                        choices=[
                            ("FILLING", "填报中"),
                            ("RETURNED", "已退回"),
                            ("SUBMITTED", "待审核"),
                            ("REVIEWED", "已审核"),
                            ("LOCKED", "已锁定"),
                            ("PUBLISHED", "已发布"),
                        ],
                        max_length=10,
                        verbose_name="新状态",
                    ),
                ),
                ("text", models.CharField(blank=True, max_length=500, verbose_name="情况")),
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
                    "quarterly_return",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="targets.quarterlyreturn",
                    ),
                ),
            ],
            options={
                "verbose_name": "季度监测办理记录",
                "verbose_name_plural": "季度监测办理记录",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="ReturnForm",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=30, verbose_name="表式代码")),
                ("version", models.PositiveSmallIntegerField(verbose_name="版本")),
                ("title", models.CharField(max_length=100, verbose_name="名称")),
                ("table_number", models.CharField(blank=True, max_length=40, verbose_name="表号")),
                ("issued_by", models.CharField(blank=True, max_length=60, verbose_name="制定机关")),
                (
                    "approval_number",
                    models.CharField(
                        blank=True,
                        help_text="没有批准文号的，各处标“内部工作表”。",
                        max_length=60,
                        verbose_name="批准文号",
                    ),
                ),
                ("valid_from", models.DateField(verbose_name="有效期起")),
                (
                    "valid_until",
                    models.DateField(
                        blank=True, help_text="最后一个有效日", null=True, verbose_name="有效期止"
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="说明")),
                (
                    "state",
                    models.CharField(
                        choices=[("DRAFT", "草稿"), ("USED", "启用")],
                        default="DRAFT",
                        max_length=5,
                        verbose_name="状态",
                    ),
                ),
                ("used_on", models.DateField(blank=True, null=True, verbose_name="启用日期")),
                (
                    "drafted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="拟制人",
                    ),
                ),
                (
                    "used_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="启用人",
                    ),
                ),
            ],
            options={
                "verbose_name": "季度监测表式",
                "verbose_name_plural": "季度监测表式",
                "ordering": ["code", "-version"],
            },
        ),
        migrations.CreateModel(
            name="ReturnCheck",
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
                            ("SUM", "合计等于分项之和"),
                            ("NOT_ABOVE", "不大于另一项"),
                            ("QUOTIENT", "比率与分子、分母相符"),
                            ("AT_MOST_100", "比率不超过 100%"),
                            ("LAST_QUARTER", "与上季度相比（环比）"),
                            ("LAST_YEAR", "与上年同季相比（同比）"),
                        ],
                        max_length=12,
                        verbose_name="审核关系",
                    ),
                ),
                ("left", models.CharField(max_length=10, verbose_name="左项代码")),
                (
                    "terms",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=10),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="右项代码",
                    ),
                ),
                (
                    "tolerance",
                    models.DecimalField(
                        decimal_places=2, default=Decimal("0"), max_digits=16, verbose_name="容差"
                    ),
                ),
                (
                    "least",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("0"),
                        max_digits=16,
                        verbose_name="变动不足此数的不问",
                    ),
                ),
                ("is_hard", models.BooleanField(verbose_name="不符不能提交")),
                (
                    "form",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="checks",
                        to="targets.returnform",
                    ),
                ),
            ],
            options={
                "verbose_name": "季度监测审核关系",
                "verbose_name_plural": "季度监测审核关系",
                "ordering": ["position", "id"],
            },
        ),
        migrations.CreateModel(
            name="ReturnItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(verbose_name="行序")),
                (
                    "code",
                    models.CharField(
                        max_length=10,
                        validators=[
                            django.core.validators.RegexValidator(
                                "\\A[0-9A-Z]{1,10}\\Z", "代码只能用数字与大写字母，1—10 位。"
                            )
                        ],
                        verbose_name="代码",
                    ),
                ),
                ("label", models.CharField(max_length=60, verbose_name="指标名称")),
                (
                    "unit",
                    models.CharField(
                        choices=[
                            ("PLACES", "家"),
                            ("PAIRS", "对"),
                            ("PAPERS", "份"),
                            ("BEDS", "张"),
                            ("PEOPLE", "人"),
                            ("VISITS", "人次"),
                            ("PERCENT", "%"),
                        ],
                        max_length=10,
                        verbose_name="计量单位",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("STOCK", "季末存量"), ("FLOW", "本季流量")],
                        max_length=5,
                        verbose_name="时期",
                    ),
                ),
                (
                    "answered_by",
                    models.CharField(
                        choices=[("INSTITUTION", "机构"), ("DISTRICT", "区")],
                        max_length=12,
                        verbose_name="谁来填",
                    ),
                ),
                (
                    "part_of",
                    models.CharField(
                        blank=True,
                        help_text="不是其中项的不填",
                        max_length=10,
                        verbose_name="其中项所属代码",
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("NUMERATOR", "指标分子"),
                            ("DENOMINATOR", "指标分母"),
                            ("REGISTER", "登记计数"),
                            ("QUOTIENT", "本表两项相除（%）"),
                            ("HAND", "手工填报"),
                        ],
                        max_length=12,
                        verbose_name="取数来源",
                    ),
                ),
                (
                    "source_key",
                    models.CharField(blank=True, max_length=60, verbose_name="取哪一个数"),
                ),
                (
                    "definition",
                    models.CharField(blank=True, max_length=300, verbose_name="指标解释"),
                ),
                (
                    "form",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="items",
                        to="targets.returnform",
                    ),
                ),
            ],
            options={
                "verbose_name": "季度监测项目",
                "verbose_name_plural": "季度监测项目",
                "ordering": ["position", "id"],
            },
        ),
        migrations.CreateModel(
            name="CorrectionLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("old", models.DecimalField(decimal_places=2, max_digits=16, verbose_name="原数")),
                (
                    "new",
                    models.DecimalField(decimal_places=2, max_digits=16, verbose_name="更正为"),
                ),
                (
                    "correction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="targets.returncorrection",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="targets.returnitem",
                    ),
                ),
            ],
            options={
                "verbose_name": "季度监测更正的数",
                "verbose_name_plural": "季度监测更正的数",
                "ordering": ["item__position", "id"],
            },
        ),
        migrations.CreateModel(
            name="ReturnPeriod",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("year", models.PositiveSmallIntegerField(verbose_name="年度")),
                ("quarter", models.PositiveSmallIntegerField(verbose_name="季度")),
                ("institution_due", models.DateField(verbose_name="机构报出期限")),
                ("district_due", models.DateField(verbose_name="区审核上报期限")),
                ("city_due", models.DateField(verbose_name="市汇总期限")),
                ("opened_on", models.DateField(verbose_name="布置日期")),
                (
                    "form",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="periods",
                        to="targets.returnform",
                    ),
                ),
                (
                    "opened_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="布置人",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="institutions.region",
                        verbose_name="汇总区划",
                    ),
                ),
            ],
            options={
                "verbose_name": "季度监测期",
                "verbose_name_plural": "季度监测期",
                "ordering": ["-year", "-quarter", "-id"],
            },
        ),
        migrations.CreateModel(
            name="ReturnEdition",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(verbose_name="版次")),
                ("content", models.JSONField(verbose_name="内容")),
                ("published_on", models.DateField(verbose_name="发布日期")),
                (
                    "correction",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="edition",
                        to="targets.returncorrection",
                    ),
                ),
                (
                    "published_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "period",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="editions",
                        to="targets.returnperiod",
                    ),
                ),
            ],
            options={
                "verbose_name": "季度监测版次",
                "verbose_name_plural": "季度监测版次",
                "ordering": ["number"],
            },
        ),
        migrations.AddField(
            model_name="quarterlyreturn",
            name="period",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="returns",
                to="targets.returnperiod",
            ),
        ),
        migrations.CreateModel(
            name="ReturnValue",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "prefilled",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=16, null=True, verbose_name="取数"
                    ),
                ),
                (
                    "prefilled_from",
                    models.CharField(blank=True, max_length=200, verbose_name="取自"),
                ),
                (
                    "value",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=16,
                        null=True,
                        verbose_name="填报数",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="说明")),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="targets.returnitem",
                    ),
                ),
                (
                    "quarterly_return",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="values",
                        to="targets.quarterlyreturn",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="targets.indicatorrun",
                        verbose_name="批次",
                    ),
                ),
            ],
            options={
                "verbose_name": "季度监测数",
                "verbose_name_plural": "季度监测数",
                "ordering": ["item__position", "item_id"],
            },
        ),
        migrations.AddConstraint(
            model_name="returncorrection",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "PENDING")),
                fields=("quarterly_return",),
                name="targets_returncorrection_one_pending",
                violation_error_message="这张表已有一份更正待审核，请先等它审核完。",
            ),
        ),
        migrations.AddConstraint(
            model_name="returncorrection",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True),
                name="targets_returncorrection_has_reason",
                violation_error_message="更正须写明原因。",
            ),
        ),
        migrations.AddConstraint(
            model_name="returncorrection",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_by", None), ("decided_on", None), ("state", "PENDING")),
                    models.Q(
                        models.Q(("state", "PENDING"), _negated=True),
                        ("decided_by__isnull", False),
                        ("decided_on__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="targets_returncorrection_decided_by_someone",
                violation_error_message="审核须同时记下审核人与日期。",
            ),
        ),
        migrations.AddConstraint(
            model_name="returncorrection",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decided_by", None),
                    models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                    _connector="OR",
                ),
                name="targets_returncorrection_two_persons",
                violation_error_message="更正须由提出人以外的人审核。",
            ),
        ),
        migrations.AddConstraint(
            model_name="returncorrection",
            constraint=models.CheckConstraint(
                condition=models.Q(("answer", ""), ("state", "REFUSED"), _negated=True),
                name="targets_returncorrection_refused_with_answer",
                violation_error_message="不同意更正，请写明意见。",
            ),
        ),
        migrations.AddConstraint(
            model_name="returnevent",
            constraint=models.CheckConstraint(
                condition=models.Q(("text", ""), ("verb", "RETURN"), _negated=True),
                name="targets_returnevent_sent_back_with_reason",
                violation_error_message="退回须写明原因。",
            ),
        ),
        migrations.AddConstraint(
            model_name="returnform",
            constraint=models.UniqueConstraint(
                fields=("code", "version"),
                name="targets_returnform_version_once",
                violation_error_message="这一版表式已有，请刷新页面。",
            ),
        ),
        migrations.AddConstraint(
            model_name="returnform",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "DRAFT")),
                fields=("code",),
                name="targets_returnform_one_draft",
                violation_error_message="这一表式已有一份草稿，请改那一份。",
            ),
        ),
        migrations.AddConstraint(
            model_name="returnform",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_until", None),
                    ("valid_until__gte", models.F("valid_from")),
                    _connector="OR",
                ),
                name="targets_returnform_ends_after_start",
                violation_error_message="有效期止不能早于有效期起。",
            ),
        ),
        migrations.AddConstraint(
            model_name="returnform",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "DRAFT"), ("used_by", None), ("used_on", None)),
                    models.Q(("state", "USED"), ("used_on__isnull", False)),
                    _connector="OR",
                ),
                name="targets_returnform_used_on_a_day",
                violation_error_message="启用须记下日期。",
            ),
        ),
        migrations.AddConstraint(
            model_name="returnform",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state", "DRAFT"),
                    ("drafted_by", None),
                    models.Q(
                        ("used_by__isnull", False),
                        models.Q(("used_by", models.F("drafted_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="targets_returnform_two_persons",
                violation_error_message="表式须由拟制人以外的人启用。",
            ),
        ),
        migrations.AddConstraint(
            model_name="returncheck",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "SUM"), ("terms__len__gte", 1)),
                    models.Q(("kind", "NOT_ABOVE"), ("terms__len", 1)),
                    models.Q(("kind", "QUOTIENT"), ("terms__len", 2)),
                    models.Q(
                        models.Q(("kind__in", ["SUM", "NOT_ABOVE", "QUOTIENT"]), _negated=True),
                        ("terms__len", 0),
                    ),
                    _connector="OR",
                ),
                name="targets_returncheck_terms_fit",
                violation_error_message="右项的个数不对：合计至少一项，不大于一项，比率填分子、分母两项，其余不填。",
            ),
        ),
        migrations.AddConstraint(
            model_name="returncheck",
            constraint=models.CheckConstraint(
                condition=models.Q(("least__gte", 0), ("tolerance__gte", 0)),
                name="targets_returncheck_tolerance_positive",
                violation_error_message="容差与起问数不能是负数。",
            ),
        ),
        migrations.AddConstraint(
            model_name="returncheck",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("is_hard", False),
                    models.Q(("kind__in", ["LAST_QUARTER", "LAST_YEAR"]), _negated=True),
                    _connector="OR",
                ),
                name="targets_returncheck_jumps_are_soft",
                violation_error_message="环比、同比只能要求说明，不能因此不让提交。",
            ),
        ),
        migrations.AddConstraint(
            model_name="returnitem",
            constraint=models.UniqueConstraint(
                fields=("form", "code"),
                name="targets_returnitem_code_once",
                violation_error_message="这一代码本表已有，请另取一个。",
            ),
        ),
        migrations.AddConstraint(
            model_name="returnitem",
            constraint=models.CheckConstraint(
                condition=models.Q(("part_of", models.F("code")), _negated=True),
                name="targets_returnitem_not_own_part",
                violation_error_message="其中项不能属于自己。",
            ),
        ),
        migrations.AddConstraint(
            model_name="returnitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("source", "HAND"), ("source_key", "")),
                    models.Q(
                        models.Q(("source", "HAND"), _negated=True),
                        models.Q(("source_key", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="targets_returnitem_source_named",
                violation_error_message="手工填报的不写取哪一个数，其余的必须写明。",
            ),
        ),
        migrations.AddConstraint(
            model_name="returnitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("source__in", ["QUOTIENT", "HAND"]), ("unit", "PERCENT")),
                    models.Q(
                        models.Q(("unit", "PERCENT"), _negated=True),
                        models.Q(("source", "QUOTIENT"), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="targets_returnitem_percent_is_quotient",
                violation_error_message="计量单位为 % 的由本表两项相除或手工填报，其余不能。",
            ),
        ),
        migrations.AddConstraint(
            model_name="correctionline",
            constraint=models.UniqueConstraint(
                fields=("correction", "item"),
                name="targets_correctionline_once",
                violation_error_message="同一份更正里一项只写一次。",
            ),
        ),
        migrations.AddConstraint(
            model_name="correctionline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("old", models.F("new")), _negated=True), ("new__gte", 0)
                ),
                name="targets_correctionline_changes_something",
                violation_error_message="更正的数须与原数不同，且不能是负数。",
            ),
        ),
        migrations.AddConstraint(
            model_name="returnperiod",
            constraint=models.UniqueConstraint(
                fields=("region", "form", "year", "quarter"),
                name="targets_returnperiod_once",
                violation_error_message="这一季度的这张表已经布置，请从填报日历里打开。",
            ),
        ),
        migrations.AddConstraint(
            model_name="returnperiod",
            constraint=models.CheckConstraint(
                condition=models.Q(("quarter__gte", 1), ("quarter__lte", 4)),
                name="targets_returnperiod_quarter",
                violation_error_message="季度是 1 至 4。",
            ),
        ),
        migrations.AddConstraint(
            model_name="returnperiod",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("institution_due__lte", models.F("district_due")),
                    ("district_due__lte", models.F("city_due")),
                ),
                name="targets_returnperiod_due_in_order",
                violation_error_message="期限须依次：机构不晚于区，区不晚于市。",
            ),
        ),
        migrations.AddConstraint(
            model_name="returnedition",
            constraint=models.UniqueConstraint(
                fields=("period", "number"),
                name="targets_returnedition_once",
                violation_error_message="这一版次已有，请刷新页面。",
            ),
        ),
        migrations.AddConstraint(
            model_name="returnedition",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("correction", None), ("number", 1)),
                    models.Q(("correction__isnull", False), ("number__gt", 1)),
                    _connector="OR",
                ),
                name="targets_returnedition_first_or_corrected",
                violation_error_message="第一版是发布的，其后每一版都须有更正说明。",
            ),
        ),
        migrations.AddIndex(
            model_name="quarterlyreturn",
            index=models.Index(fields=["region", "period"], name="targets_return_region"),
        ),
        migrations.AddIndex(
            model_name="quarterlyreturn",
            index=models.Index(fields=["state", "due_on"], name="targets_return_state"),
        ),
        migrations.AddConstraint(
            model_name="quarterlyreturn",
            constraint=models.UniqueConstraint(
                condition=models.Q(("institution", None)),
                fields=("period", "region"),
                name="targets_return_region_once",
                violation_error_message="这个区划本期已有填报单。",
            ),
        ),
        migrations.AddConstraint(
            model_name="quarterlyreturn",
            constraint=models.UniqueConstraint(
                fields=("period", "institution"),
                name="targets_return_institution_once",
                violation_error_message="这个机构本期已有填报单。",
            ),
        ),
        migrations.AddConstraint(
            model_name="quarterlyreturn",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("institution__isnull", False), ("level", "INSTITUTION")),
                    models.Q(
                        models.Q(("level", "INSTITUTION"), _negated=True), ("institution", None)
                    ),
                    _connector="OR",
                ),
                name="targets_return_level_fits",
                violation_error_message="机构的填报单须写明机构，区、市的不写。",
            ),
        ),
        migrations.AddConstraint(
            model_name="quarterlyreturn",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("reviewed_by", None),
                        ("state__in", ("FILLING", "RETURNED")),
                        ("submitted_by", None),
                    ),
                    models.Q(
                        ("reviewed_by", None),
                        ("state", "SUBMITTED"),
                        ("submitted_by__isnull", False),
                    ),
                    models.Q(
                        ("reviewed_by__isnull", False),
                        ("state__in", ("REVIEWED", "LOCKED", "PUBLISHED")),
                        ("submitted_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="targets_return_state_fits",
                violation_error_message="报出须有报出人，审核过的须有审核人。",
            ),
        ),
        migrations.AddConstraint(
            model_name="quarterlyreturn",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("level", "CITY"), ("published_by__isnull", False), ("state", "PUBLISHED")
                    ),
                    models.Q(
                        models.Q(("state", "PUBLISHED"), _negated=True), ("published_by", None)
                    ),
                    _connector="OR",
                ),
                name="targets_return_published_by_someone",
                violation_error_message="只有市汇总表发布，并记下发布人。",
            ),
        ),
        migrations.AddConstraint(
            model_name="quarterlyreturn",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("reviewed_by", None),
                    models.Q(
                        models.Q(("reviewed_by", models.F("submitted_by")), _negated=True),
                        models.Q(
                            ("filled_by", None),
                            models.Q(("reviewed_by", models.F("filled_by")), _negated=True),
                            _connector="OR",
                        ),
                    ),
                    _connector="OR",
                ),
                name="targets_return_reviewed_by_another",
                violation_error_message="审核须由填表人、报出人以外的人办理。",
            ),
        ),
        migrations.AddConstraint(
            model_name="quarterlyreturn",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("published_by", None),
                    models.Q(("published_by", models.F("submitted_by")), _negated=True),
                    _connector="OR",
                ),
                name="targets_return_published_by_another",
                violation_error_message="发布须由报出人以外的人办理。",
            ),
        ),
        migrations.AddConstraint(
            model_name="returnvalue",
            constraint=models.UniqueConstraint(
                fields=("quarterly_return", "item"),
                name="targets_returnvalue_once",
                violation_error_message="这一项本表已有数。",
            ),
        ),
        migrations.AddConstraint(
            model_name="returnvalue",
            constraint=models.CheckConstraint(
                condition=models.Q(("value", None), ("value__gte", 0), _connector="OR"),
                name="targets_returnvalue_not_negative",
                violation_error_message="填报数不能是负数。",
            ),
        ),
        migrations.AddConstraint(
            model_name="returnvalue",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("value", None),
                    ("prefilled", None),
                    ("value", models.F("prefilled")),
                    models.Q(("note", ""), _negated=True),
                    _connector="OR",
                ),
                name="targets_returnvalue_difference_has_reason",
                violation_error_message="填报数与取数不同，须写明原因。",
            ),
        ),
    ]
