"""The region tree as SQL functions, and the change log on every register of this app."""

from django.db import migrations

from yiyang.changelog.operations import TrackChanges

TRACKED = (
    "Region",
    "RegionPlacement",
    "Population",
    "Institution",
    "InstitutionProfile",
    "Licence",
    "GreenChannel",
    "CareService",
    "InsuranceDesignation",
    "BedCount",
    "Occupancy",
    "StaffCount",
    "PilotProject",
    "RegionGrant",
    "InstitutionGrant",
)

# UNION（不是 UNION ALL）：即使隶属关系成环也会停下。
SUBTREE = """
CREATE FUNCTION institutions_subtree(roots bigint[], day date) RETURNS SETOF bigint
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    WITH RECURSIVE below(region_id) AS (
        SELECT unnest(roots)
        UNION
        SELECT placement.region_id
        FROM institutions_regionplacement placement
        JOIN below ON placement.parent_id = below.region_id
        WHERE placement.voided_at IS NULL
          AND placement.starts_on <= day
          AND (placement.ends_on IS NULL OR placement.ends_on >= day)
    )
    SELECT region_id FROM below
$$
"""


class Migration(migrations.Migration):
    dependencies = [
        ("institutions", "0001_initial"),
        ("yiyang", "0002_changelog_functions"),
    ]

    operations = [
        migrations.RunSQL(SUBTREE, "DROP FUNCTION institutions_subtree(bigint[], date)"),
        *(TrackChanges(model) for model in TRACKED),
    ]
