# 双方各自的签订日期、续签可在作废后重办、按规则编号的流水号

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0005_facts_read_by_the_night"),
        ("institutions", "0004_former_region_names"),
    ]

    operations = [
        migrations.CreateModel(
            name="AgreementSerial",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("year", models.PositiveSmallIntegerField(verbose_name="年度")),
                ("last", models.PositiveIntegerField(verbose_name="最后一号")),
            ],
            options={
                "verbose_name": "协议流水号",
                "verbose_name_plural": "协议流水号",
            },
        ),
        migrations.AddField(
            model_name="partnershipagreement",
            name="elderly_signed_on",
            field=models.DateField(blank=True, null=True, verbose_name="养老方签订日期"),
        ),
        migrations.AddField(
            model_name="partnershipagreement",
            name="medical_signed_on",
            field=models.DateField(blank=True, null=True, verbose_name="医疗方签订日期"),
        ),
        migrations.AlterField(
            model_name="partnershipagreement",
            name="renewal_of",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="renewals",
                to="contracts.partnershipagreement",
                verbose_name="续签自",
            ),
        ),
        migrations.AddConstraint(
            model_name="partnershipagreement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("terminated_on", None), ("signed_on__isnull", False), _connector="OR"
                ),
                name="contracts_agreement_terminated_was_signed",
                violation_error_message="草稿没有签订，不能解约；请作废。",
            ),
        ),
        migrations.AddConstraint(
            model_name="partnershipagreement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("elderly_signed_on", None), ("medical_signed_on", None)),
                    models.Q(
                        ("signed_on", None),
                        models.Q(
                            ("medical_signed_on", None),
                            ("elderly_signed_on", None),
                            _connector="OR",
                        ),
                    ),
                    models.Q(
                        ("elderly_signed_on__isnull", False),
                        ("medical_signed_on__isnull", False),
                        ("signed_on__isnull", False),
                        models.Q(
                            models.Q(
                                ("medical_signed_on__gte", models.F("elderly_signed_on")),
                                ("signed_on", models.F("medical_signed_on")),
                            ),
                            models.Q(
                                ("elderly_signed_on__gte", models.F("medical_signed_on")),
                                ("signed_on", models.F("elderly_signed_on")),
                            ),
                            _connector="OR",
                        ),
                    ),
                    _connector="OR",
                ),
                name="contracts_agreement_signed_with_the_later_side",
                violation_error_message="签订日期须是双方签订日期中较晚的一天；只有一方签的仍是草稿。",
            ),
        ),
        migrations.AddConstraint(
            model_name="partnershipagreement",
            constraint=models.UniqueConstraint(
                condition=models.Q(("renewal_of__isnull", False), ("voided_at", None)),
                fields=("renewal_of",),
                name="contracts_agreement_renewed_once",
                violation_error_message="这份协议已有续签；请打开续签的那一份。",
            ),
        ),
        migrations.AddField(
            model_name="agreementserial",
            name="region",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="institutions.region",
                verbose_name="区划",
            ),
        ),
        migrations.AddConstraint(
            model_name="agreementserial",
            constraint=models.UniqueConstraint(
                fields=("year", "region"),
                name="contracts_agreementserial_once",
                violation_error_message="这个区划这一年已有流水号。",
            ),
        ),
    ]
