"""What is corrected of a published policy beside its targets' demands, and by whom it may be."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

from yiyang.changelog.operations import TrackChanges

KEEP_DECISION = """
CREATE TRIGGER targets_policychange_decision_is_final BEFORE UPDATE OR DELETE
ON targets_policychange FOR EACH ROW WHEN (OLD.state <> 'PENDING')
EXECUTE FUNCTION targets_refuse_redeciding()
"""

# 装载数据文件没有操作人，不受此限；人改已发布政策的时效，须有本人批准、内容一样的更正。
KEEP_END = """
CREATE FUNCTION targets_refuse_unreviewed_end() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    actor bigint := nullif(current_setting('yiyang.actor', true), '')::bigint;
BEGIN
    IF actor IS NULL THEN
        RETURN NEW;
    END IF;
    PERFORM 1 FROM targets_policychange
    WHERE policy_id = OLD.id AND kind = 'END' AND state = 'APPLIED' AND decided_by_id = actor
        AND (after->>'status', after->>'from_day', after->>'superseded_by')
            IS NOT DISTINCT FROM
            (NEW.status, NEW.repealed_on::text, NEW.superseded_by_id::text);
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation',
            CONSTRAINT = 'targets_policy_ends_by_change',
            MESSAGE = '已发布政策的时效，须经另一人批准的更正才能改动。';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER targets_policy_ends_by_change BEFORE UPDATE ON targets_policydocument
FOR EACH ROW WHEN (
    OLD.entry_state = 'PUBLISHED'
    AND (NEW.status, NEW.repealed_on, NEW.superseded_by_id)
        IS DISTINCT FROM (OLD.status, OLD.repealed_on, OLD.superseded_by_id)
) EXECUTE FUNCTION targets_refuse_unreviewed_end()
"""

# 阶段目标同此：新写的须在批准的更正里，删去的须是批准的更正不再有的。
KEEP_STEPS = """
CREATE FUNCTION targets_refuse_unreviewed_steps() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    actor bigint := nullif(current_setting('yiyang.actor', true), '')::bigint;
BEGIN
    IF actor IS NULL THEN
        RETURN NEW;
    END IF;
    PERFORM 1 FROM targets_target target
    JOIN targets_policydocument policy ON policy.id = target.policy_id
    WHERE target.id = NEW.target_id AND policy.entry_state = 'PUBLISHED';
    IF NOT FOUND THEN
        RETURN NEW;
    END IF;
    PERFORM 1 FROM targets_policychange change
    JOIN targets_target target ON target.policy_id = change.policy_id
    WHERE target.id = NEW.target_id AND change.kind = 'STEPS' AND change.state = 'APPLIED'
        AND change.decided_by_id = actor
        AND change.after->target.code @> jsonb_build_array(
            jsonb_build_array(NEW.due_on::text, NEW.threshold::text)
        );
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation',
            CONSTRAINT = 'targets_steps_change_by_review',
            MESSAGE = '已发布目标的阶段目标，须经另一人批准的更正才能改动。';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER targets_steps_change_by_review BEFORE INSERT OR UPDATE ON targets_milestone
FOR EACH ROW EXECUTE FUNCTION targets_refuse_unreviewed_steps()
"""

KEEP_PARTS = """
CREATE OR REPLACE FUNCTION targets_refuse_deleting_parts() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    document bigint;
    actor bigint := nullif(current_setting('yiyang.actor', true), '')::bigint;
BEGIN
    IF TG_TABLE_NAME = 'targets_milestone' THEN
        SELECT policy_id INTO document FROM targets_target WHERE id = OLD.target_id;
    ELSIF TG_TABLE_NAME = 'targets_taskbureau' THEN
        SELECT policy_id INTO document FROM targets_policytask WHERE id = OLD.task_id;
    ELSE
        document := OLD.policy_id;
    END IF;
    PERFORM 1 FROM targets_policydocument WHERE id = document AND entry_state = 'DRAFT';
    IF FOUND THEN
        RETURN OLD;
    END IF;
    IF TG_TABLE_NAME = 'targets_milestone' THEN
        PERFORM 1 FROM targets_policychange change
        JOIN targets_target target ON target.id = OLD.target_id
        WHERE change.policy_id = document AND change.kind = 'STEPS' AND change.state = 'APPLIED'
            AND change.decided_by_id = actor AND change.after ? target.code
            AND NOT EXISTS (
                SELECT 1 FROM jsonb_array_elements(change.after->target.code) step
                WHERE step->>0 = OLD.due_on::text
            );
        IF FOUND THEN
            RETURN OLD;
        END IF;
    ELSIF TG_TABLE_NAME = 'targets_taskbureau' THEN
        PERFORM 1 FROM targets_policychange change
        JOIN targets_policytask task ON task.id = OLD.task_id
        WHERE change.policy_id = document AND change.kind = 'TASK' AND change.state = 'APPLIED'
            AND change.decided_by_id = actor AND change.subject = task.position::text
            AND NOT (change.after->'main' ? OLD.printed_name)
            AND NOT (change.after->'support' ? OLD.printed_name);
        IF FOUND THEN
            RETURN OLD;
        END IF;
    END IF;
    RAISE EXCEPTION USING ERRCODE = 'check_violation',
        CONSTRAINT = 'targets_parts_stay_with_their_policy',
        MESSAGE = '只有草稿里的条款、目标、任务可以删去。';
END
$$
"""
DROP = "DROP FUNCTION {}() CASCADE"


class Migration(migrations.Migration):
    dependencies = [
        ("targets", "0015_assistants_report"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PolicyChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
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
                ("decided_on", models.DateField(blank=True, null=True, verbose_name="审核日期")),
                ("answer", models.CharField(blank=True, max_length=300, verbose_name="审核意见")),
                (
                    "kind",
                    models.CharField(
                        choices=[("STEPS", "阶段目标"), ("END", "时效"), ("TASK", "任务的责任")],
                        max_length=5,
                        verbose_name="更正什么",
                    ),
                ),
                ("subject", models.CharField(blank=True, max_length=10, verbose_name="哪一项")),
                ("before", models.JSONField(verbose_name="原来")),
                ("after", models.JSONField(verbose_name="改为")),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="审核人",
                    ),
                ),
                (
                    "policy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="changes",
                        to="targets.policydocument",
                        verbose_name="政策",
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="提出人",
                    ),
                ),
            ],
            options={
                "verbose_name": "政策更正",
                "verbose_name_plural": "政策更正",
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=Q(state="PENDING"),
                        fields=("policy", "kind", "subject"),
                        name="targets_policychange_one_pending",
                        violation_error_message="这一项已有一份更正待审核，请先等它审核完。",
                    ),
                    models.CheckConstraint(
                        condition=~Q(reason=""),
                        name="targets_policychange_has_reason",
                        violation_error_message="更正政策须写明原因与依据。",
                    ),
                    models.CheckConstraint(
                        condition=Q(state="PENDING", decided_by=None, decided_on=None)
                        | (
                            ~Q(state="PENDING")
                            & Q(decided_by__isnull=False, decided_on__isnull=False)
                        ),
                        name="targets_policychange_decided_by_someone",
                        violation_error_message="审核须同时记下审核人与日期。",
                    ),
                    models.CheckConstraint(
                        condition=Q(decided_by=None) | ~Q(decided_by=F("proposed_by")),
                        name="targets_policychange_two_persons",
                        violation_error_message="更正须由提出人以外的人审核。",
                    ),
                    models.CheckConstraint(
                        condition=~Q(state="REFUSED", answer=""),
                        name="targets_policychange_refused_with_answer",
                        violation_error_message="不同意更正，请写明意见。",
                    ),
                ],
            },
        ),
        migrations.RunSQL(
            KEEP_DECISION,
            "DROP TRIGGER targets_policychange_decision_is_final ON targets_policychange",
        ),
        migrations.RunSQL(KEEP_END, DROP.format("targets_refuse_unreviewed_end")),
        migrations.RunSQL(KEEP_STEPS, DROP.format("targets_refuse_unreviewed_steps")),
        migrations.RunSQL(KEEP_PARTS, migrations.RunSQL.noop),
        TrackChanges("PolicyChange"),
    ]
