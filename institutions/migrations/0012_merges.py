"""Two records of one institution made one: who decided it, what moved, where to look."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from yiyang.changelog.operations import TrackChanges

# 没有操作人的（装载、迁移）不受此限；人合并、撤销机构，须有本人审核的那一份。
KEEP_MERGES = """
CREATE FUNCTION institutions_refuse_unreviewed_merge() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    actor bigint := nullif(current_setting('yiyang.actor', true), '')::bigint;
BEGIN
    IF actor IS NULL THEN
        RETURN NEW;
    END IF;
    PERFORM 1 FROM institutions_institutionmerge
    WHERE dropped_id = OLD.id AND (
        state = 'DONE' AND decided_by_id = actor AND kept_id = NEW.merged_into_id
        OR state = 'UNDONE' AND undone_by_id = actor AND NEW.merged_into_id IS NULL
    );
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation',
            CONSTRAINT = 'institutions_merged_by_two_persons',
            MESSAGE = '机构的合并与撤销须经另一人审核。';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER institutions_merged_by_two_persons BEFORE UPDATE ON institutions_institution
FOR EACH ROW WHEN (NEW.merged_into_id IS DISTINCT FROM OLD.merged_into_id)
EXECUTE FUNCTION institutions_refuse_unreviewed_merge()
"""
# 已并入的机构不再登记概况：同一家不能又算两次。
KEEP_MERGED = """
CREATE FUNCTION institutions_refuse_profile_of_merged() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM institutions_institution
    WHERE id = NEW.institution_id AND merged_into_id IS NOT NULL;
    IF FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation',
            CONSTRAINT = 'institutions_profile_not_of_merged',
            MESSAGE = '这个机构已并入另一机构，概况请登记在保留的机构上。';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER institutions_profile_not_of_merged BEFORE INSERT OR UPDATE
ON institutions_institutionprofile FOR EACH ROW WHEN (NEW.voided_at IS NULL)
EXECUTE FUNCTION institutions_refuse_profile_of_merged()
"""
DROP = "DROP FUNCTION {}() CASCADE"


class Migration(migrations.Migration):
    dependencies = [
        ("institutions", "0011_scope_turns"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="InstitutionMerge",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reason", models.CharField(max_length=150, verbose_name="理由与依据")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("PENDING", "待审核"),
                            ("DONE", "已合并"),
                            ("REFUSED", "未同意"),
                            ("UNDONE", "已撤销"),
                        ],
                        default="PENDING",
                        max_length=8,
                        verbose_name="状态",
                    ),
                ),
                ("proposed_on", models.DateField(verbose_name="提出日期")),
                ("decided_on", models.DateField(blank=True, null=True, verbose_name="审核日期")),
                ("answer", models.CharField(blank=True, max_length=200, verbose_name="审核意见")),
                ("undone_on", models.DateField(blank=True, null=True, verbose_name="撤销日期")),
                (
                    "undo_reason",
                    models.CharField(blank=True, max_length=150, verbose_name="撤销的原因"),
                ),
                ("moved", models.JSONField(blank=True, default=dict, verbose_name="移动的记录")),
            ],
            options={
                "verbose_name": "机构合并",
                "verbose_name_plural": "机构合并",
                "ordering": ["-id"],
            },
        ),
        migrations.AddField(
            model_name="institution",
            name="merged_into",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merged_from",
                to="institutions.institution",
                verbose_name="并入的机构",
            ),
        ),
        migrations.AddConstraint(
            model_name="institution",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("merged_into", None),
                    models.Q(
                        ("voided_at__isnull", False),
                        models.Q(("merged_into", models.F("id")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="institutions_institution_merged_is_void",
                violation_error_message="并入别的机构的须同时作废，且不能并入自己。",
            ),
        ),
        migrations.AddField(
            model_name="institutionmerge",
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
        migrations.AddField(
            model_name="institutionmerge",
            name="dropped",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merges_dropped",
                to="institutions.institution",
                verbose_name="并入的机构",
            ),
        ),
        migrations.AddField(
            model_name="institutionmerge",
            name="kept",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merges_kept",
                to="institutions.institution",
                verbose_name="保留的机构",
            ),
        ),
        migrations.AddField(
            model_name="institutionmerge",
            name="proposed_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="提出人",
            ),
        ),
        migrations.AddField(
            model_name="institutionmerge",
            name="undone_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="撤销人",
            ),
        ),
        migrations.AddConstraint(
            model_name="institutionmerge",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["PENDING", "DONE"])),
                fields=("dropped",),
                name="institutions_merge_one_at_a_time",
                violation_error_message="这个机构已有一份合并在等审核，或已经并入；请先看那一份。",
            ),
        ),
        migrations.AddConstraint(
            model_name="institutionmerge",
            constraint=models.CheckConstraint(
                condition=models.Q(("kept", models.F("dropped")), _negated=True),
                name="institutions_merge_of_two",
                violation_error_message="两条是同一个机构，不用合并。",
            ),
        ),
        migrations.AddConstraint(
            model_name="institutionmerge",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True),
                name="institutions_merge_has_reason",
                violation_error_message="合并须写明理由与依据。",
            ),
        ),
        migrations.AddConstraint(
            model_name="institutionmerge",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_by", None), ("decided_on", None), ("state", "PENDING")),
                    models.Q(
                        models.Q(("state", "PENDING"), _negated=True),
                        ("decided_by__isnull", False),
                        ("decided_on__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="institutions_merge_decided_by_someone",
                violation_error_message="审核须同时记下审核人与日期。",
            ),
        ),
        migrations.AddConstraint(
            model_name="institutionmerge",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decided_by", None),
                    models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                    _connector="OR",
                ),
                name="institutions_merge_two_persons",
                violation_error_message="合并须由提出人以外的人审核。",
            ),
        ),
        migrations.AddConstraint(
            model_name="institutionmerge",
            constraint=models.CheckConstraint(
                condition=models.Q(("answer", ""), ("state", "REFUSED"), _negated=True),
                name="institutions_merge_refused_with_answer",
                violation_error_message="不同意合并，请写明意见。",
            ),
        ),
        migrations.AddConstraint(
            model_name="institutionmerge",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("state", "UNDONE"),
                        ("undone_by__isnull", False),
                        ("undone_on__isnull", False),
                        models.Q(("undo_reason", ""), _negated=True),
                    ),
                    models.Q(
                        models.Q(("state", "UNDONE"), _negated=True),
                        ("undo_reason", ""),
                        ("undone_by", None),
                        ("undone_on", None),
                    ),
                    _connector="OR",
                ),
                name="institutions_merge_undone_with_reason",
                violation_error_message="撤销须写明原因，并记下撤销人与日期。",
            ),
        ),
        migrations.AddConstraint(
            model_name="institutionmerge",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("undone_by", None),
                    models.Q(("undone_by", models.F("decided_by")), _negated=True),
                    _connector="OR",
                ),
                name="institutions_merge_undone_by_another",
                violation_error_message="撤销须由批准合并以外的人办理。",
            ),
        ),
        migrations.RunSQL(KEEP_MERGES, DROP.format("institutions_refuse_unreviewed_merge")),
        migrations.RunSQL(KEEP_MERGED, DROP.format("institutions_refuse_profile_of_merged")),
        TrackChanges("InstitutionMerge"),
    ]
