"""定版: what is proposed, who publishes it, and that the database keeps it as it was."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from yiyang.changelog.operations import TrackChanges

# 提请时写定：批次须是完成的全市量度，统计期到它的统计日为止；之后只有审核的结果可写，写一次。
KEEP = """
CREATE FUNCTION targets_refuse_unsound_edition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM targets_indicatorrun run
    WHERE run.id = NEW.run_id AND run.status = 'DONE' AND NOT run.is_preview
        AND run.as_of = NEW.last_day;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation',
            CONSTRAINT = 'targets_edition_of_a_done_run',
            MESSAGE = '只有完成的全市量度才能定版，统计期的末日须是它的统计日。';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER targets_edition_of_a_done_run BEFORE INSERT ON targets_edition
FOR EACH ROW EXECUTE FUNCTION targets_refuse_unsound_edition();

CREATE FUNCTION targets_refuse_changed_edition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'PROPOSED' AND to_jsonb(NEW) - '{state,number,supersedes_id,decided_by_id,decided_on,answer}'::text[]
        = to_jsonb(OLD) - '{state,number,supersedes_id,decided_by_id,decided_on,answer}'::text[] THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION USING ERRCODE = 'check_violation',
        CONSTRAINT = 'targets_edition_is_final',
        MESSAGE = '定版写定后不再改动；有更正的，请另出新版。';
END
$$;
CREATE TRIGGER targets_edition_is_final BEFORE UPDATE ON targets_edition
FOR EACH ROW EXECUTE FUNCTION targets_refuse_changed_edition()
"""
DROP = """
DROP FUNCTION targets_refuse_unsound_edition() CASCADE;
DROP FUNCTION targets_refuse_changed_edition() CASCADE
"""


class Migration(migrations.Migration):
    dependencies = [
        ("targets", "0019_papers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Edition",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "uid",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, unique=True, verbose_name="编号"
                    ),
                ),
                ("title", models.CharField(max_length=100, verbose_name="标题")),
                ("first_day", models.DateField(verbose_name="统计期自")),
                ("last_day", models.DateField(verbose_name="统计期至")),
                (
                    "number",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="第几版"),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("PROPOSED", "待发布"),
                            ("PUBLISHED", "已发布"),
                            ("RETURNED", "已退回"),
                        ],
                        default="PROPOSED",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="说明")),
                ("nonce", models.CharField(editable=False, max_length=64, verbose_name="随机数")),
                (
                    "fingerprint",
                    models.CharField(editable=False, max_length=64, verbose_name="指纹"),
                ),
                ("digests", models.JSONField(editable=False, verbose_name="各部分的指纹")),
                ("proposed_on", models.DateField(verbose_name="提请日期")),
                ("decided_on", models.DateField(blank=True, null=True, verbose_name="发布日期")),
                ("answer", models.CharField(blank=True, max_length=300, verbose_name="退回原因")),
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
                    "proposed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="提请人",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="editions",
                        to="targets.indicatorrun",
                        verbose_name="量度批次",
                    ),
                ),
                (
                    "supersedes",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="superseded_by",
                        to="targets.edition",
                        verbose_name="取代的一版",
                    ),
                ),
            ],
            options={
                "verbose_name": "定版",
                "verbose_name_plural": "定版",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("last_day__gte", models.F("first_day"))),
                        name="targets_edition_period",
                        violation_error_message="统计期的末日不能早于首日。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by", None),
                            models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="targets_edition_two_persons",
                        violation_error_message="定版须由提请人以外的人发布。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("answer", ""),
                                ("decided_by", None),
                                ("decided_on", None),
                                ("number", None),
                                ("state", "PROPOSED"),
                            ),
                            models.Q(
                                ("answer", ""),
                                ("decided_by__isnull", False),
                                ("decided_on__isnull", False),
                                ("number__isnull", False),
                                ("state", "PUBLISHED"),
                            ),
                            models.Q(
                                ("decided_by__isnull", False),
                                ("decided_on__isnull", False),
                                ("number", None),
                                ("state", "RETURNED"),
                                models.Q(("answer", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="targets_edition_decided_by_someone",
                        violation_error_message="发布的须有版次与发布人，退回的须写明原因。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("number", None), ("supersedes", None)),
                            models.Q(("number", 1), ("supersedes", None)),
                            models.Q(("number__gt", 1), ("supersedes__isnull", False)),
                            _connector="OR",
                        ),
                        name="targets_edition_supersedes_the_one_before",
                        violation_error_message="第 2 版起须写明取代哪一版。",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "PUBLISHED")),
                        fields=("first_day", "last_day", "number"),
                        name="targets_edition_number_once",
                        violation_error_message="这一统计期的这一版已经发布，请刷新页面。",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "RETURNED"), _negated=True),
                        fields=("run", "first_day"),
                        name="targets_edition_run_once",
                        violation_error_message="这一批次在这一统计期已经提请或发布过。",
                    ),
                ],
            },
        ),
        migrations.RunSQL(KEEP, DROP),
        TrackChanges("Edition", exclude=("nonce", "digests")),
    ]
