"""A correction may leave a target without a number or a due day."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("targets", "0010_guarded_figures"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="targetrevision",
            name="decided_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="审核人",
            ),
        ),
        migrations.AlterField(
            model_name="targetrevision",
            name="decided_on",
            field=models.DateField(blank=True, null=True, verbose_name="审核日期"),
        ),
        migrations.AlterField(
            model_name="targetrevision",
            name="due_after",
            field=models.DateField(blank=True, null=True, verbose_name="新到期日"),
        ),
        migrations.AlterField(
            model_name="targetrevision",
            name="due_before",
            field=models.DateField(blank=True, null=True, verbose_name="原到期日"),
        ),
        migrations.AlterField(
            model_name="targetrevision",
            name="threshold_after",
            field=models.DecimalField(
                blank=True, decimal_places=6, max_digits=12, null=True, verbose_name="新目标值"
            ),
        ),
        migrations.AlterField(
            model_name="targetrevision",
            name="threshold_before",
            field=models.DecimalField(
                blank=True, decimal_places=6, max_digits=12, null=True, verbose_name="原目标值"
            ),
        ),
        migrations.AlterField(
            model_name="targetrevision",
            name="upper_after",
            field=models.DecimalField(
                blank=True, decimal_places=6, max_digits=12, null=True, verbose_name="新上限"
            ),
        ),
        migrations.AlterField(
            model_name="targetrevision",
            name="upper_before",
            field=models.DecimalField(
                blank=True, decimal_places=6, max_digits=12, null=True, verbose_name="原上限"
            ),
        ),
    ]
