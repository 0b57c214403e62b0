"""Policies entered in the browser: drafts, their release by another, corrections afterwards."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from yiyang.changelog.operations import TrackChanges

KEEP_PUBLICATION = """
CREATE FUNCTION targets_keep_publication() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.entered_by_id IS DISTINCT FROM OLD.entered_by_id
        OR OLD.entry_state = 'PUBLISHED'
            AND (NEW.entry_state, NEW.submitted_by_id, NEW.released_by_id, NEW.released_on)
                IS DISTINCT FROM
                (OLD.entry_state, OLD.submitted_by_id, OLD.released_by_id, OLD.released_on)
    THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation',
            CONSTRAINT = 'targets_policy_publication_is_final',
            MESSAGE = '政策的录入人与发布记录不能改动。';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER targets_policy_publication_is_final BEFORE UPDATE ON targets_policydocument
FOR EACH ROW EXECUTE FUNCTION targets_keep_publication()
"""

# 应用可以删草稿里的行；政策一经提交，它的条款、目标、任务谁也删不了。
KEEP_PARTS = """
CREATE FUNCTION targets_refuse_deleting_parts() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    document bigint;
BEGIN
    IF TG_TABLE_NAME = 'targets_milestone' THEN
        SELECT policy_id INTO document FROM targets_target WHERE id = OLD.target_id;
    ELSIF TG_TABLE_NAME = 'targets_taskbureau' THEN
        SELECT policy_id INTO document FROM targets_policytask WHERE id = OLD.task_id;
    ELSE
        document := OLD.policy_id;
    END IF;
    PERFORM 1 FROM targets_policydocument WHERE id = document AND entry_state = 'DRAFT';
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation',
            CONSTRAINT = 'targets_parts_stay_with_their_policy',
            MESSAGE = '只有草稿里的条款、目标、任务可以删去。';
    END IF;
    RETURN OLD;
END
$$
"""
KEEP_PARTS_OF = """
CREATE TRIGGER targets_parts_stay_with_their_policy BEFORE DELETE ON {table}
FOR EACH ROW EXECUTE FUNCTION targets_refuse_deleting_parts()
"""
PARTS = (
    "targets_policyclause",
    "targets_target",
    "targets_milestone",
    "targets_policytask",
    "targets_taskbureau",
)

# 装载数据文件没有操作人，不受此限；人改已发布的目标，须有本人批准的更正。
KEEP_JUDGEMENT = """
CREATE FUNCTION targets_refuse_unreviewed_judgement() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    actor bigint := nullif(current_setting('yiyang.actor', true), '')::bigint;
BEGIN
    IF actor IS NULL THEN
        RETURN NEW;
    END IF;
    PERFORM 1 FROM targets_policydocument WHERE id = OLD.policy_id AND entry_state = 'PUBLISHED';
    IF NOT FOUND THEN
        RETURN NEW;
    END IF;
    PERFORM 1 FROM targets_targetrevision
    WHERE target_id = OLD.id AND state = 'APPLIED' AND decided_by_id = actor
        AND (reading_after, comparator_after, threshold_after, upper_after, due_after)
            IS NOT DISTINCT FROM
            (NEW.judged_reading, NEW.comparator, NEW.threshold, NEW.threshold_upper, NEW.due_on);
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation',
            CONSTRAINT = 'targets_judgement_changes_by_revision',
            MESSAGE = '已发布目标的判定口径、目标值与到期日，须经另一人批准的更正才能改动。';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER targets_judgement_changes_by_revision BEFORE UPDATE ON targets_target
FOR EACH ROW WHEN (
    (NEW.judged_reading, NEW.comparator, NEW.threshold, NEW.threshold_upper, NEW.due_on)
    IS DISTINCT FROM
    (OLD.judged_reading, OLD.comparator, OLD.threshold, OLD.threshold_upper, OLD.due_on)
) EXECUTE FUNCTION targets_refuse_unreviewed_judgement()
"""

KEEP_DECISION = """
CREATE FUNCTION targets_refuse_redeciding() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'check_violation',
        CONSTRAINT = 'targets_revision_decision_is_final',
        MESSAGE = '这份更正已经审核，不能再改；要再改，请另提一份。';
END
$$;
CREATE TRIGGER targets_revision_decision_is_final BEFORE UPDATE OR DELETE
ON targets_targetrevision FOR EACH ROW WHEN (OLD.state <> 'PENDING')
EXECUTE FUNCTION targets_refuse_redeciding()
"""


class Migration(migrations.Migration):
    dependencies = [
        ("institutions", "0004_former_region_names"),
        ("targets", "0007_findings_without_row_checks"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="TargetRevision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "reading_before",
                    models.CharField(blank=True, max_length=40, verbose_name="原判定口径"),
                ),
                (
                    "reading_after",
                    models.CharField(blank=True, max_length=40, verbose_name="新判定口径"),
                ),
                (
                    "comparator_before",
                    models.CharField(
                        choices=[
                            (">=", "不低于"),
                            ("=", "等于"),
                            ("range", "介于"),
                            ("none", "无数字"),
                        ],
                        max_length=5,
                        verbose_name="原比较",
                    ),
                ),
                (
                    "comparator_after",
                    models.CharField(
                        choices=[
                            (">=", "不低于"),
                            ("=", "等于"),
                            ("range", "介于"),
                            ("none", "无数字"),
                        ],
                        max_length=5,
                        verbose_name="新比较",
                    ),
                ),
                (
                    "threshold_before",
                    models.DecimalField(
                        decimal_places=6, max_digits=12, null=True, verbose_name="原目标值"
                    ),
                ),
                (
                    "threshold_after",
                    models.DecimalField(
                        decimal_places=6, max_digits=12, null=True, verbose_name="新目标值"
                    ),
                ),
                (
                    "upper_before",
                    models.DecimalField(
                        decimal_places=6, max_digits=12, null=True, verbose_name="原上限"
                    ),
                ),
                (
                    "upper_after",
                    models.DecimalField(
                        decimal_places=6, max_digits=12, null=True, verbose_name="新上限"
                    ),
                ),
                ("due_before", models.DateField(null=True, verbose_name="原到期日")),
                ("due_after", models.DateField(null=True, verbose_name="新到期日")),
                ("reason", models.CharField(max_length=300, verbose_name="更正的原因与依据")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("PENDING", "待审核"),
                            ("APPLIED", "已生效"),
                            ("REFUSED", "未同意"),
                        ],
                        default="PENDING",
                        max_length=8,
                        verbose_name="状态",
                    ),
                ),
                ("proposed_on", models.DateField(verbose_name="提出日期")),
                ("decided_on", models.DateField(null=True, verbose_name="审核日期")),
                ("answer", models.CharField(blank=True, max_length=300, verbose_name="审核意见")),
            ],
            options={
                "verbose_name": "目标更正",
                "verbose_name_plural": "目标更正",
                "ordering": ["id"],
            },
        ),
        migrations.AddField(
            model_name="policydocument",
            name="entered_by",
            field=models.ForeignKey(
                blank=True,
                help_text="随门户附带的文件没有录入人",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="录入人",
            ),
        ),
        migrations.AddField(
            model_name="policydocument",
            name="entry_note",
            field=models.CharField(blank=True, max_length=300, verbose_name="退回或弃用的原因"),
        ),
        migrations.AddField(
            model_name="policydocument",
            name="entry_state",
            field=models.CharField(
                choices=[
                    ("DRAFT", "草稿"),
                    ("SUBMITTED", "待发布"),
                    ("PUBLISHED", "已发布"),
                    ("DISCARDED", "已弃用"),
                ],
                default="PUBLISHED",
                max_length=10,
                verbose_name="录入状态",
            ),
        ),
        migrations.AddField(
            model_name="policydocument",
            name="released_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="发布人",
            ),
        ),
        migrations.AddField(
            model_name="policydocument",
            name="released_on",
            field=models.DateField(blank=True, null=True, verbose_name="发布日期"),
        ),
        migrations.AddField(
            model_name="policydocument",
            name="submitted_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="提交人",
            ),
        ),
        migrations.AlterField(
            model_name="policydocument",
            name="number",
            field=models.CharField(max_length=60, verbose_name="发文字号"),
        ),
        migrations.AlterField(
            model_name="policydocument",
            name="superseded_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="supersedes",
                to="targets.policydocument",
                verbose_name="取代它的文件",
            ),
        ),
        migrations.AddConstraint(
            model_name="policydocument",
            constraint=models.UniqueConstraint(
                condition=models.Q(("entry_state", "DISCARDED"), _negated=True),
                fields=("number",),
                name="targets_policy_number_once",
                violation_error_message="这个发文字号已经登记，请在政策文件列表里查找。",
            ),
        ),
        migrations.AddConstraint(
            model_name="policydocument",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("superseded_by", None),
                    models.Q(
                        ("status", "SUPERSEDED"),
                        models.Q(("superseded_by", models.F("id")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="targets_policy_superseded_by_another",
                violation_error_message="只有已修订的文件才写取代它的文件，且不能是它自己。",
            ),
        ),
        migrations.AddConstraint(
            model_name="policydocument",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("entered_by", None),
                        ("entry_state", "PUBLISHED"),
                        ("released_by", None),
                        ("released_on", None),
                    ),
                    models.Q(
                        ("entered_by__isnull", False),
                        ("entry_state", "PUBLISHED"),
                        ("released_by__isnull", False),
                        ("released_on__isnull", False),
                        ("submitted_by__isnull", False),
                    ),
                    models.Q(
                        models.Q(("entry_state", "PUBLISHED"), _negated=True),
                        ("entered_by__isnull", False),
                        ("released_by", None),
                        ("released_on", None),
                    ),
                    _connector="OR",
                ),
                name="targets_policy_published_by_someone",
                violation_error_message="录入的政策须经提交和另一人发布，发布人与发布日期同时记下。",
            ),
        ),
        migrations.AddConstraint(
            model_name="policydocument",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("released_by", None),
                    models.Q(
                        models.Q(("released_by", models.F("entered_by")), _negated=True),
                        models.Q(("released_by", models.F("submitted_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="targets_policy_two_persons",
                violation_error_message="政策须由录入人、提交人以外的人发布。",
            ),
        ),
        migrations.AddField(
            model_name="targetrevision",
            name="decided_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="审核人",
            ),
        ),
        migrations.AddField(
            model_name="targetrevision",
            name="proposed_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="提出人",
            ),
        ),
        migrations.AddField(
            model_name="targetrevision",
            name="target",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="revisions",
                to="targets.target",
                verbose_name="目标",
            ),
        ),
        migrations.AddConstraint(
            model_name="targetrevision",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "PENDING")),
                fields=("target",),
                name="targets_revision_one_pending",
                violation_error_message="这项目标已有一份更正待审核，请先等它审核完。",
            ),
        ),
        migrations.AddConstraint(
            model_name="targetrevision",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True),
                name="targets_revision_has_reason",
                violation_error_message="更正目标须写明原因与依据。",
            ),
        ),
        migrations.AddConstraint(
            model_name="targetrevision",
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
                name="targets_revision_decided_by_someone",
                violation_error_message="审核须同时记下审核人与日期。",
            ),
        ),
        migrations.AddConstraint(
            model_name="targetrevision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decided_by", None),
                    models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                    _connector="OR",
                ),
                name="targets_revision_two_persons",
                violation_error_message="更正须由提出人以外的人审核。",
            ),
        ),
        migrations.AddConstraint(
            model_name="targetrevision",
            constraint=models.CheckConstraint(
                condition=models.Q(("answer", ""), ("state", "REFUSED"), _negated=True),
                name="targets_revision_refused_with_answer",
                violation_error_message="不同意更正，请写明意见。",
            ),
        ),
        migrations.RunSQL(KEEP_PUBLICATION, "DROP FUNCTION targets_keep_publication() CASCADE"),
        migrations.RunSQL(KEEP_PARTS, "DROP FUNCTION targets_refuse_deleting_parts() CASCADE"),
        *(migrations.RunSQL(KEEP_PARTS_OF.format(table=t), migrations.RunSQL.noop) for t in PARTS),
        migrations.RunSQL(
            KEEP_JUDGEMENT, "DROP FUNCTION targets_refuse_unreviewed_judgement() CASCADE"
        ),
        migrations.RunSQL(KEEP_DECISION, "DROP FUNCTION targets_refuse_redeciding() CASCADE"),
        TrackChanges("TargetRevision"),
    ]
