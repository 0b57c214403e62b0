import django.contrib.postgres.constraints
import django.db.models.deletion
from django.db import migrations, models

from yiyang.changelog.operations import TrackChanges


class Migration(migrations.Migration):
    dependencies = [
        ("institutions", "0002_tree_and_log"),
    ]

    operations = [
        migrations.CreateModel(
            name="InstitutionContact",
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
                ("name", models.CharField(max_length=30, verbose_name="联系人")),
                ("phone", models.CharField(max_length=30, verbose_name="电话")),
                (
                    "institution",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contacts",
                        to="institutions.institution",
                    ),
                ),
            ],
            options={
                "verbose_name": "联系人",
                "verbose_name_plural": "联系人",
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
                        name="institutions_institutioncontact_void_has_reason",
                        violation_error_message="作废必须写明原因。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on", None),
                            ("ends_on__gte", models.F("starts_on")),
                            _connector="OR",
                        ),
                        name="institutions_institutioncontact_ends_after_start",
                        violation_error_message="截止日期不能早于起始日期。",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(("voided_at", None)),
                        expressions=[
                            (
                                models.Func(
                                    models.F("institution"),
                                    models.F("institution"),
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
                        name="institutions_contact_one_a_day",
                        violation_error_message="该机构这段时间已有联系人，请先截止原联系人。",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RegionSuccession",
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
                    "kind",
                    models.CharField(
                        choices=[("MERGE", "并入"), ("SPLIT", "析出")],
                        max_length=10,
                        verbose_name="方式",
                    ),
                ),
                (
                    "took_place_on",
                    models.DateField(help_text="新区划的第一天", verbose_name="生效日期"),
                ),
                ("basis", models.CharField(max_length=200, verbose_name="依据")),
                (
                    "predecessor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="successions",
                        to="institutions.region",
                    ),
                ),
                (
                    "successor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="precessions",
                        to="institutions.region",
                    ),
                ),
            ],
            options={
                "verbose_name": "区划沿革",
                "verbose_name_plural": "区划沿革",
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
                        name="institutions_regionsuccession_void_has_reason",
                        violation_error_message="作废必须写明原因。",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("voided_at", None)),
                        fields=("predecessor", "successor"),
                        name="institutions_succession_once",
                        nulls_distinct=False,
                        violation_error_message="这两个区划之间的沿革已经登记。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("predecessor", models.F("successor")), _negated=True),
                        name="institutions_succession_not_itself",
                        violation_error_message="区划不能由自己接续。",
                    ),
                ],
            },
        ),
        TrackChanges("InstitutionContact"),
        TrackChanges("RegionSuccession"),
    ]
