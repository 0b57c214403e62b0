"""The proxy under which a bureau keeps the papers of its part."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("targets", "0013_revisions_of_wording"),
    ]

    operations = [
        migrations.CreateModel(
            name="TaskPart",
            fields=[],
            options={
                "verbose_name": "任务责任部门",
                "verbose_name_plural": "任务责任部门",
                "proxy": True,
                "indexes": [],
                "constraints": [],
            },
            bases=("targets.taskbureau",),
        ),
    ]
