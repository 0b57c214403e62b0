import django.db.models.deletion
from django.db import migrations, models

from yiyang.changelog.operations import TrackChanges


class Migration(migrations.Migration):
    dependencies = [
        ("institutions", "0003_contacts_and_successions"),
    ]

    operations = [
        migrations.CreateModel(
            name="FormerRegionName",
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
                ("name", models.CharField(max_length=60, verbose_name="原名称")),
                ("last_on", models.DateField(verbose_name="最后一日")),
                ("basis", models.CharField(max_length=200, verbose_name="更名依据")),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="former_names",
                        to="institutions.region",
                    ),
                ),
            ],
            options={
                "verbose_name": "区划原名",
                "verbose_name_plural": "区划原名",
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
                        name="institutions_formerregionname_void_has_reason",
                        violation_error_message="作废必须写明原因。",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("voided_at", None)),
                        fields=("region", "last_on"),
                        name="institutions_formername_once",
                        nulls_distinct=False,
                        violation_error_message="该区划这一天已登记过更名。",
                    ),
                ],
            },
        ),
        TrackChanges("FormerRegionName"),
    ]
