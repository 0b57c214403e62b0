"""How far the nights have been measured."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("targets", "0003_notes_plans_findings_parts"),
    ]

    operations = [
        migrations.CreateModel(
            name="NightMark",
            fields=[
                (
                    "id",
                    models.PositiveSmallIntegerField(
                        default=1, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("measured_through", models.DateField(verbose_name="夜间量度做到")),
            ],
            options={
                "verbose_name": "夜间量度进度",
                "verbose_name_plural": "夜间量度进度",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("id", 1)),
                        name="targets_nightmark_one_row",
                        violation_error_message="夜间量度进度只有一行。",
                    )
                ],
            },
        ),
    ]
