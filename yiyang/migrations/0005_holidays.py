"""The register of holidays, under the change log."""

from django.db import migrations, models

from yiyang.changelog.operations import TrackChanges


class Migration(migrations.Migration):
    dependencies = [
        ("yiyang", "0004_accounts"),
    ]

    operations = [
        migrations.CreateModel(
            name="Holiday",
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
                ("day", models.DateField(verbose_name="日期")),
                (
                    "kind",
                    models.CharField(
                        choices=[("OFF", "放假"), ("WORKED", "调休上班")],
                        max_length=10,
                        verbose_name="类型",
                    ),
                ),
                ("name", models.CharField(max_length=40, verbose_name="节日")),
                ("source", models.CharField(max_length=100, verbose_name="依据")),
            ],
            options={
                "verbose_name": "节假日",
                "verbose_name_plural": "节假日",
                "ordering": ["day"],
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
                        name="yiyang_holiday_void_has_reason",
                        violation_error_message="作废必须写明原因。",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("voided_at", None)),
                        fields=("day",),
                        name="yiyang_holiday_day_once",
                        nulls_distinct=False,
                        violation_error_message="这一天已有安排；要改动，请先把原来的作废。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind", "OFF"), ("day__iso_week_day__in", (6, 7)), _connector="OR"
                        ),
                        name="yiyang_holiday_worked_on_a_weekend",
                        violation_error_message="调休上班只能是星期六或星期日。",
                    ),
                ],
            },
        ),
        TrackChanges("Holiday"),
    ]
