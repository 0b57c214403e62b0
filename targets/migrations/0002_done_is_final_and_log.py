"""A finished run is never rewritten, and the change log on policies and targets."""

from django.db import migrations

from yiyang.changelog.operations import TrackChanges

TRACKED = (
    "PolicyDocument",
    "PolicyClause",
    "PolicyTask",
    "Bureau",
    "BureauName",
    "TaskBureau",
    "Target",
    "Milestone",
)

FINAL = """
CREATE FUNCTION targets_refuse_rewriting_done() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'check_violation',
        CONSTRAINT = 'targets_run_done_is_final',
        MESSAGE = '已完成的批次不能改动；要更正，请写明原因重新量度。';
END
$$;
CREATE TRIGGER targets_run_done_is_final BEFORE UPDATE OR DELETE ON targets_indicatorrun
FOR EACH ROW WHEN (OLD.status = 'DONE') EXECUTE FUNCTION targets_refuse_rewriting_done()
"""


class Migration(migrations.Migration):
    dependencies = [
        ("targets", "0001_initial"),
        ("yiyang", "0002_changelog_functions"),
    ]

    operations = [
        migrations.RunSQL(FINAL, "DROP FUNCTION targets_refuse_rewriting_done() CASCADE"),
        *(TrackChanges(model) for model in TRACKED),
    ]
