"""统计表备案: 表号、制定机关、批准文号与有效期限."""

import django.contrib.postgres.constraints
import django.db.models.functions.comparison
from django.db import migrations, models
from django.db.models import F, Func, Q, Value

from yiyang.changelog.operations import TrackChanges


def _same_table() -> Func:
    number = django.db.models.functions.comparison.Cast(
        Func(F("table"), function="hashtext"), models.BigIntegerField()
    )
    return Func(number, number, Value("[]"), function="int8range")


class Migration(migrations.Migration):
    dependencies = [
        ("yiyang", "0002_changelog_functions"),
        ("targets", "0021_proposals"),
    ]

    operations = [
        migrations.CreateModel(
            name="TabulationFiling",
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
                    "table",
                    models.CharField(
                        choices=[
                            ("institutions", "医养结合机构情况表"),
                            ("signups", "签约服务情况表"),
                            ("beds", "床位情况表"),
                            ("health", "老年人健康服务情况表"),
                            ("targets", "指标完成情况表"),
                        ],
                        max_length=20,
                        verbose_name="统计表",
                    ),
                ),
                ("number", models.CharField(max_length=40, verbose_name="表号")),
                ("issuer", models.CharField(max_length=60, verbose_name="制定机关")),
                ("approval", models.CharField(max_length=60, verbose_name="批准（备案）文号")),
            ],
            options={
                "verbose_name": "统计表备案",
                "verbose_name_plural": "统计表备案",
                "ordering": ["table", "starts_on"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(void_reason="", voided_at=None)
                        | (Q(voided_at__isnull=False) & ~Q(void_reason="")),
                        name="targets_tabulationfiling_void_has_reason",
                        violation_error_message="作废必须写明原因。",
                    ),
                    models.CheckConstraint(
                        condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                        name="targets_tabulationfiling_ends_after_start",
                        violation_error_message="截止日期不能早于起始日期。",
                    ),
                    models.CheckConstraint(
                        condition=Q(ends_on__isnull=False),
                        name="targets_tabulationfiling_has_an_end",
                        violation_error_message=(
                            "请填写有效期限的最后一天；到期未续的，表按内部工作表印。"
                        ),
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        name="targets_tabulationfiling_one_a_day",
                        expressions=[
                            (_same_table(), "&&"),
                            (
                                Func(
                                    F("starts_on"), F("ends_on"), Value("[]"), function="daterange"
                                ),
                                "&&",
                            ),
                        ],
                        condition=Q(voided_at=None),
                        violation_error_message=(
                            "这张表这些日子里已有备案；要更正，请先把原来的作废。"
                        ),
                    ),
                ],
            },
        ),
        TrackChanges("tabulationfiling"),
    ]
