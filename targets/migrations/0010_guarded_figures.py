"""Keep with each figure whether it is too small to show to those who see no persons."""

import django.contrib.postgres.fields
from django.db import migrations, models

VIEW = """
CREATE OR REPLACE VIEW targets_snapshot AS
SELECT
    figures.id * 1000 + figure.place AS id,
    figures.run_id,
    figures.region_id,
    figure.definition_id,
    definition.indicator,
    definition.reading,
    figure.numerator,
    figure.denominator,
    coalesce(figure.excluded, 0) AS excluded,
    coalesce(figure.missing, 0) AS missing,
    coalesce(figure.expected, 0) AS expected,
    coalesce(figure.guarded, 0) = 1 AS is_guarded
FROM targets_regionfigures figures
JOIN targets_indicatorrun run ON run.id = figures.run_id
CROSS JOIN LATERAL unnest(
    run.definition_ids, figures.numerators, figures.denominators,
    figures.excluded, figures.missing, figures.expected, figures.guarded
) WITH ORDINALITY AS figure
    (definition_id, numerator, denominator, excluded, missing, expected, guarded, place)
LEFT JOIN targets_indicatordefinition definition ON definition.id = figure.definition_id
"""


class Migration(migrations.Migration):
    dependencies = [("targets", "0009_task_progress")]

    operations = [
        migrations.AddField(
            model_name="regionfigures",
            name="guarded",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.SmallIntegerField(),
                default=list,
                help_text="1 为不显示；一项也没有的存作空数组",
                size=None,
                verbose_name="不足人数，不向看不到老年人的角色显示",
            ),
        ),
        migrations.AddField(
            model_name="indicatorsnapshot",
            name="is_guarded",
            field=models.BooleanField(
                default=False, verbose_name="人数少，不向看不到老年人的角色显示"
            ),
            preserve_default=False,
        ),
        migrations.RunSQL(VIEW),
    ]
