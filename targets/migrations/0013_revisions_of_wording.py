"""A correction of a target's number corrects the name that says it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("targets", "0012_supervision"),
    ]

    operations = [
        migrations.AddField(
            model_name="targetrevision",
            name="wording_after",
            field=models.CharField(blank=True, max_length=200, verbose_name="新目标说明"),
        ),
        migrations.AddField(
            model_name="targetrevision",
            name="wording_before",
            field=models.CharField(blank=True, max_length=200, verbose_name="原目标说明"),
        ),
    ]
