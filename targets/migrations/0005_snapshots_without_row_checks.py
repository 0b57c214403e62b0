"""No row-by-row check of keys that a run takes from its own measurement."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("institutions", "0004_former_region_names"),
        ("targets", "0004_night_mark"),
    ]

    operations = [
        migrations.AlterField(
            model_name="indicatorsnapshot",
            name="definition",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="snapshots",
                to="targets.indicatordefinition",
            ),
        ),
        migrations.AlterField(
            model_name="indicatorsnapshot",
            name="region",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="snapshots",
                to="institutions.region",
            ),
        ),
        migrations.AlterField(
            model_name="indicatorsnapshot",
            name="run",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="snapshots",
                to="targets.indicatorrun",
            ),
        ),
    ]
