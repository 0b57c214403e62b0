"""Destruction plans, and the one function through which a person's key can be destroyed."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from yiyang.changelog.operations import TrackChanges

# 应用角色删不了密钥；只有这个函数能删，而它只认另一人确认过的计划。
DESTROY = """
CREATE FUNCTION contracts_destroy_person(item_id bigint) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $body$
DECLARE
    doomed bigint;
    done timestamptz;
BEGIN
    SELECT item.person_id, item.destroyed_at INTO doomed, done
    FROM contracts_destructionitem item
    JOIN contracts_destructionplan plan ON plan.id = item.plan_id
    WHERE item.id = item_id AND plan.confirmed_by_id <> plan.made_by_id
    FOR UPDATE OF item;
    IF NOT FOUND THEN
        RAISE EXCEPTION '销毁个人信息须先有计划，并由另一人确认。'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF done IS NOT NULL THEN
        RETURN false;
    END IF;
    DELETE FROM contracts_personkey WHERE person_id = doomed;
    UPDATE contracts_person SET name_sealed = NULL, name_digest = NULL, id_sealed = NULL,
        id_digest = NULL, phone_sealed = NULL
    WHERE id = doomed;
    UPDATE contracts_destructionitem SET destroyed_at = clock_timestamp() WHERE id = item_id;
    RETURN true;
END
$body$
"""

# 确认的是哪些人，就销毁哪些人：确认之后计划不改、不添人。
KEEP_PLAN = """
CREATE FUNCTION contracts_keep_confirmed_plan() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
AS $body$
BEGIN
    IF (NEW.as_of, NEW.made_by_id, NEW.made_at) IS DISTINCT FROM
        (OLD.as_of, OLD.made_by_id, OLD.made_at)
        OR OLD.confirmed_by_id IS NOT NULL AND (NEW.confirmed_by_id, NEW.confirmed_at)
            IS DISTINCT FROM (OLD.confirmed_by_id, OLD.confirmed_at)
    THEN
        RAISE EXCEPTION '销毁计划%不能改：请另行制定。', OLD.id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$body$;
CREATE TRIGGER contracts_keep_confirmed BEFORE UPDATE ON contracts_destructionplan
    FOR EACH ROW EXECUTE FUNCTION contracts_keep_confirmed_plan()
"""
KEEP_ITEMS = """
CREATE FUNCTION contracts_refuse_late_item() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
AS $body$
BEGIN
    PERFORM 1 FROM contracts_destructionplan
    WHERE id = NEW.plan_id AND confirmed_by_id IS NULL FOR SHARE;
    IF NOT FOUND OR NEW.destroyed_at IS NOT NULL THEN
        RAISE EXCEPTION '销毁计划%已经确认，不能再添人。', NEW.plan_id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$body$;
CREATE TRIGGER contracts_refuse_late BEFORE INSERT ON contracts_destructionitem
    FOR EACH ROW EXECUTE FUNCTION contracts_refuse_late_item()
"""


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0003_disclosures"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DestructionPlan",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("as_of", models.DateField(verbose_name="截至日期")),
                ("made_at", models.DateTimeField(verbose_name="制定时间")),
                (
                    "confirmed_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="确认时间"),
                ),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="办结时间")),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "个人信息销毁计划",
                "verbose_name_plural": "个人信息销毁计划",
            },
        ),
        migrations.CreateModel(
            name="DestructionItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "ground",
                    models.CharField(
                        choices=[
                            ("DEATH", "死亡后保存期满"),
                            ("LEFT", "迁出后保存期满"),
                            ("VOIDED", "作废后保存期满"),
                            ("DUPLICATE", "所重复的记录已到期"),
                        ],
                        max_length=10,
                        verbose_name="依据",
                    ),
                ),
                ("since", models.DateField(verbose_name="起算日")),
                (
                    "destroyed_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="销毁时间"),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="destruction_items",
                        to="contracts.person",
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="items",
                        to="contracts.destructionplan",
                    ),
                ),
            ],
            options={
                "verbose_name": "个人信息销毁明细",
                "verbose_name_plural": "个人信息销毁明细",
            },
        ),
        migrations.AddConstraint(
            model_name="destructionplan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at", None), ("confirmed_at", None), ("confirmed_by", None)),
                    models.Q(("confirmed_at__isnull", False), ("confirmed_by__isnull", False)),
                    _connector="OR",
                ),
                name="contracts_destructionplan_confirmed_when",
                violation_error_message="确认须同时记下确认人与时间；未确认的计划不能办结。",
            ),
        ),
        migrations.AddConstraint(
            model_name="destructionplan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("confirmed_by", None),
                    models.Q(("confirmed_by", models.F("made_by")), _negated=True),
                    _connector="OR",
                ),
                name="contracts_destructionplan_two_persons",
                violation_error_message="销毁计划须由制定人以外的人确认。",
            ),
        ),
        migrations.AddConstraint(
            model_name="destructionitem",
            constraint=models.UniqueConstraint(
                fields=("plan", "person"),
                name="contracts_destructionitem_once",
                violation_error_message="这个人已在本计划中。",
            ),
        ),
        migrations.RunSQL(DESTROY, "DROP FUNCTION contracts_destroy_person(bigint)"),
        migrations.RunSQL(KEEP_PLAN, "DROP FUNCTION contracts_keep_confirmed_plan() CASCADE"),
        migrations.RunSQL(KEEP_ITEMS, "DROP FUNCTION contracts_refuse_late_item() CASCADE"),
        TrackChanges("DestructionPlan"),
        TrackChanges("DestructionItem"),
    ]
