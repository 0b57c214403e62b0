"""One row of arrays per region and run, read one figure at a time through a view."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

# 旧的一数一行并成一区划一行；完成的批次只在这里改一次，补上各列的口径。
CARRY_OVER = """
ALTER TABLE targets_indicatorrun DISABLE TRIGGER targets_run_done_is_final;
UPDATE targets_indicatorrun run SET definition_ids = used.ids
FROM (
    SELECT run_id, array_agg(definition_id ORDER BY definition_id) AS ids
    FROM (SELECT DISTINCT run_id, definition_id FROM targets_indicatorsnapshot) pairs
    GROUP BY run_id
) used WHERE used.run_id = run.id;
ALTER TABLE targets_indicatorrun ENABLE TRIGGER targets_run_done_is_final;
INSERT INTO targets_regionfigures
    (run_id, region_id, numerators, denominators, excluded, missing, expected)
SELECT run_id, region_id,
    array_agg(numerator ORDER BY definition_id), array_agg(denominator ORDER BY definition_id),
    array_agg(excluded ORDER BY definition_id), array_agg(missing ORDER BY definition_id),
    array_agg(expected ORDER BY definition_id)
FROM targets_indicatorsnapshot GROUP BY run_id, region_id
"""
# 口径用左连接：不读它的文字时，规划器就不去连它。
VIEW = """
CREATE VIEW targets_snapshot AS
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
    coalesce(figure.expected, 0) AS expected
FROM targets_regionfigures figures
JOIN targets_indicatorrun run ON run.id = figures.run_id
CROSS JOIN LATERAL unnest(
    run.definition_ids, figures.numerators, figures.denominators,
    figures.excluded, figures.missing, figures.expected
) WITH ORDINALITY AS figure
    (definition_id, numerator, denominator, excluded, missing, expected, place)
LEFT JOIN targets_indicatordefinition definition ON definition.id = figure.definition_id
"""


def numbers(label: str) -> django.contrib.postgres.fields.ArrayField:
    return django.contrib.postgres.fields.ArrayField(
        base_field=models.BigIntegerField(null=True), size=None, verbose_name=label
    )


class Migration(migrations.Migration):
    dependencies = [
        ("institutions", "0004_former_region_names"),
        ("targets", "0005_snapshots_without_row_checks"),
    ]

    operations = [
        migrations.AddField(
            model_name="indicatorrun",
            name="definition_ids",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(),
                default=list,
                size=None,
                verbose_name="各列口径",
            ),
        ),
        migrations.CreateModel(
            name="RegionFigures",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("numerators", numbers("分子")),
                ("denominators", numbers("分母")),
                ("excluded", numbers("排除")),
                ("missing", numbers("缺报")),
                ("expected", numbers("应报")),
                (
                    "region",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="figures",
                        to="institutions.region",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="figures",
                        to="targets.indicatorrun",
                    ),
                ),
            ],
            options={"verbose_name": "区划指标结果", "verbose_name_plural": "区划指标结果"},
        ),
        migrations.AddConstraint(
            model_name="regionfigures",
            constraint=models.UniqueConstraint(
                fields=("run", "region"),
                name="targets_figures_once",
                violation_error_message="同一批次中该区划已有结果。",
            ),
        ),
        migrations.RunSQL(CARRY_OVER),
        migrations.DeleteModel(name="IndicatorSnapshot"),
        migrations.CreateModel(
            name="IndicatorSnapshot",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("indicator", models.CharField(max_length=20, verbose_name="指标")),
                ("reading", models.CharField(max_length=40, verbose_name="口径")),
                ("numerator", models.BigIntegerField(null=True, verbose_name="分子")),
                ("denominator", models.BigIntegerField(null=True, verbose_name="分母")),
                ("excluded", models.BigIntegerField(verbose_name="排除")),
                ("missing", models.BigIntegerField(verbose_name="缺报")),
                ("expected", models.BigIntegerField(verbose_name="应报")),
            ],
            options={
                "verbose_name": "指标快照",
                "verbose_name_plural": "指标快照",
                "db_table": "targets_snapshot",
                "managed": False,
            },
        ),
        migrations.RunSQL(VIEW),
    ]
