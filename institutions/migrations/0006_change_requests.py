"""Requests to change what the other office registers; what was asked and answered stays."""

import uuid

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from yiyang.changelog.operations import TrackChanges

# 申请提出后、答复后都不能改写：答复的人看到的，必须就是当初提出的。
KEEP_REQUEST = """
CREATE FUNCTION institutions_keep_request() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'pending' THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation',
            CONSTRAINT = 'institutions_request_answer_is_final',
            MESSAGE = '这份申请已经答复或撤回，不能再改；需要时请另提一份。';
    END IF;
    IF (NEW.uid, NEW.institution_id, NEW.side, NEW.starts_on, NEW.changes, NEW.reason,
        NEW.made_by_id, NEW.made_at, NEW.due_on)
       IS DISTINCT FROM
       (OLD.uid, OLD.institution_id, OLD.side, OLD.starts_on, OLD.changes, OLD.reason,
        OLD.made_by_id, OLD.made_at, OLD.due_on) THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation',
            CONSTRAINT = 'institutions_request_is_kept',
            MESSAGE = '申请提出后不能改动；请撤回后另提一份。';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER institutions_keep_request BEFORE UPDATE ON institutions_changerequest
FOR EACH ROW EXECUTE FUNCTION institutions_keep_request()
"""
DROP_KEEP_REQUEST = """
DROP TRIGGER institutions_keep_request ON institutions_changerequest;
DROP FUNCTION institutions_keep_request()
"""


class Migration(migrations.Migration):
    dependencies = [
        ("institutions", "0005_imports"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ChangeRequest",
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
                        default=uuid.uuid4, editable=False, unique=True, verbose_name="申请编号"
                    ),
                ),
                (
                    "side",
                    models.CharField(
                        choices=[("health", "卫健"), ("civil_affairs", "民政")],
                        max_length=15,
                        verbose_name="由谁答复",
                    ),
                ),
                ("starts_on", models.DateField(verbose_name="从哪天起")),
                ("changes", models.JSONField(verbose_name="改动")),
                ("reason", models.CharField(max_length=200, verbose_name="理由")),
                (
                    "made_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        editable=False,
                        verbose_name="提出时间",
                    ),
                ),
                ("due_on", models.DateField(help_text="当日答复不算超期", verbose_name="应答复日")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "待校核"),
                            ("agreed", "同意"),
                            ("returned", "退回"),
                            ("withdrawn", "撤回"),
                        ],
                        default="pending",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("answer", models.CharField(blank=True, max_length=200, verbose_name="答复")),
                (
                    "answered_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="答复时间"),
                ),
                (
                    "answered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="答复人",
                    ),
                ),
                (
                    "institution",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="change_requests",
                        to="institutions.institution",
                        verbose_name="机构",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="提出人",
                    ),
                ),
            ],
            options={
                "verbose_name": "修改申请",
                "verbose_name_plural": "修改申请",
                "indexes": [
                    models.Index(fields=["state", "side"], name="institutions_request_open")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("answered_by", models.F("made_by")), _negated=True),
                        name="institutions_request_maker_is_not_checker",
                        violation_error_message="提出人不能校核自己的申请，请由对方部门的人答复。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("answered_by__isnull", False),
                                ("state__in", ("agreed", "returned")),
                                ("answered_at__isnull", False),
                            ),
                            models.Q(
                                ("state__in", ("pending", "withdrawn")),
                                ("answered_at", None),
                                ("answered_by", None),
                            ),
                            _connector="OR",
                        ),
                        name="institutions_request_answer_has_a_person",
                        violation_error_message="同意或退回须有答复人和时间；未答复的不能有。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "returned"), _negated=True),
                            models.Q(("answer", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="institutions_request_return_has_reason",
                        violation_error_message="退回必须写明原因，让提出人知道怎么改。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="institutions_request_has_reason",
                        violation_error_message="请写明理由：文号或事由。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("side__in", ["health", "civil_affairs"])),
                        name="institutions_request_side_known",
                        violation_error_message="答复部门只能是卫健或民政。",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "pending")),
                        fields=("institution", "side"),
                        name="institutions_request_one_pending",
                        violation_error_message="这个机构已有一份申请在等同一部门答复；请等答复，或先撤回那一份。",
                    ),
                ],
            },
        ),
        migrations.RunSQL(KEEP_REQUEST, DROP_KEEP_REQUEST),
        TrackChanges("ChangeRequest"),
    ]
