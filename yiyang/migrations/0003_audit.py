"""The audit's tables, guarded against change, and the one way old sealed events leave them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

REFUSE_AUDIT_CHANGE = """
CREATE FUNCTION yiyang_refuse_audit_change() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
AS $body$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('yiyang.audit_expiring', true) = 'on' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION '审计%只增不改：到期清除请用 expire_audit 命令。', TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END
$body$
"""

# SECURITY DEFINER: the app role may delete nothing, except through here what is sealed, whole and
# older than the law asks. 183 is yiyang.audit.retention.MINIMUM_KEEP_DAYS; that the chain may
# begin after `through` is vouched for by the caller, in the anchor file.
EXPIRE_AUDIT = """
CREATE FUNCTION yiyang_expire_audit(through bigint, keep_days integer) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $body$
DECLARE
    removed bigint;
BEGIN
    IF keep_days < 183 THEN
        RAISE EXCEPTION '审计至少保存 183 天，不能只留 % 天。', keep_days
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NOT EXISTS (SELECT FROM yiyang_auditbatch WHERE last_position = through) THEN
        RAISE EXCEPTION '位置 % 不是一批的末位：审计只能整批清除。', through
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF NOT EXISTS (SELECT FROM yiyang_auditbatch WHERE first_position > through) THEN
        RAISE EXCEPTION '最后一批不能清除：链要从它接下去。'
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF EXISTS (
        SELECT FROM yiyang_auditseal seal JOIN yiyang_auditevent event ON event.id = seal.event_id
        WHERE seal.position <= through
          AND event.at > statement_timestamp() - make_interval(days => keep_days)
    ) THEN
        RAISE EXCEPTION '位置 % 以前还有未满 % 天的审计，不能清除。', through, keep_days
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM set_config('yiyang.audit_expiring', 'on', true);
    DELETE FROM yiyang_auditevent event USING yiyang_auditseal seal
        WHERE seal.event_id = event.id AND seal.position <= through;
    GET DIAGNOSTICS removed = ROW_COUNT;
    DELETE FROM yiyang_auditseal WHERE position <= through;
    DELETE FROM yiyang_auditbatch WHERE last_position <= through;
    PERFORM set_config('yiyang.audit_expiring', 'off', true);
    RETURN removed;
END
$body$
"""

OWNER_ONLY = "REVOKE ALL ON FUNCTION yiyang_refuse_audit_change() FROM PUBLIC"

# Against the owner's own slips; the app role is granted neither right.
GUARDS = [
    f"CREATE TRIGGER yiyang_append_only BEFORE UPDATE OR DELETE ON {table}"
    " FOR EACH STATEMENT EXECUTE FUNCTION yiyang_refuse_audit_change()"
    for table in ("yiyang_auditevent", "yiyang_auditseal", "yiyang_auditbatch")
]


class Migration(migrations.Migration):
    dependencies = [
        ("yiyang", "0002_changelog_functions"),
    ]

    operations = [
        migrations.CreateModel(
            name="AuditBatch",
            fields=[
                (
                    "number",
                    models.BigIntegerField(primary_key=True, serialize=False, verbose_name="批号"),
                ),
                ("sealed_at", models.DateTimeField(verbose_name="封存时刻")),
                ("first_position", models.BigIntegerField(unique=True, verbose_name="首位")),
                ("last_position", models.BigIntegerField(unique=True, verbose_name="末位")),
                ("last_event_id", models.BigIntegerField(verbose_name="最大事件编号")),
                ("key_id", models.CharField(max_length=32, verbose_name="密钥编号")),
                (
                    "previous_head",
                    models.CharField(blank=True, max_length=64, verbose_name="前一批的链头"),
                ),
                ("head", models.CharField(max_length=64, unique=True, verbose_name="链头")),
            ],
            options={
                "verbose_name": "审计封存批次",
                "verbose_name_plural": "审计封存批次",
            },
        ),
        migrations.CreateModel(
            name="AuditEvent",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False, verbose_name="编号")),
                ("at", models.DateTimeField(verbose_name="时刻")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("SIGN_IN", "登录"),
                            ("SIGN_OUT", "退出"),
                            ("DENIED", "访问被拒"),
                            ("FAILED", "处理出错"),
                            ("VIEW_PERSONAL", "查看个人信息"),
                            ("REVEAL", "查看明文"),
                            ("EXPORT", "导出"),
                            ("ACCOUNT_CHANGE", "账号变更"),
                            ("SESSION_END", "结束会话"),
                            ("TOKEN", "接口令牌"),
                            ("SETTING", "设置变更"),
                            ("PERSON_CHANGE", "个人信息更正"),
                            ("MERGE", "合并个人记录"),
                            ("DESTROY", "销毁个人信息"),
                            ("KEY_ROTATION", "密钥轮换"),
                            ("API_CALL", "接口调用"),
                            ("VIEW_AUDIT", "查看审计"),
                            ("AUDIT_EXPIRY", "清除到期审计"),
                        ],
                        max_length=20,
                        verbose_name="事项",
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[("ALLOWED", "成功"), ("DENIED", "拒绝"), ("FAILED", "失败")],
                        max_length=10,
                        verbose_name="结果",
                    ),
                ),
                ("subject", models.CharField(blank=True, max_length=150, verbose_name="对象")),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="理由")),
                ("details", models.JSONField(default=dict, verbose_name="细节")),
                (
                    "request_id",
                    models.CharField(blank=True, max_length=32, verbose_name="请求编号"),
                ),
                ("network", models.CharField(blank=True, max_length=45, verbose_name="来源地址")),
                (
                    "session_digest",
                    models.CharField(blank=True, max_length=32, verbose_name="会话散列"),
                ),
                ("key_id", models.CharField(max_length=32, verbose_name="密钥编号")),
                ("mac", models.CharField(max_length=64, verbose_name="校验值")),
            ],
            options={
                "verbose_name": "审计事件",
                "verbose_name_plural": "审计事件",
            },
        ),
        migrations.AddConstraint(
            model_name="auditbatch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("first_position__gte", 1), ("last_position__gte", models.F("first_position"))
                ),
                name="audit_batch_range",
                violation_error_message="封存位置从 1 起，末位不小于首位。",
            ),
        ),
        migrations.CreateModel(
            name="AuditSeal",
            fields=[
                (
                    "event",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="seal",
                        serialize=False,
                        to="yiyang.auditevent",
                        verbose_name="事件",
                    ),
                ),
                ("position", models.BigIntegerField(unique=True, verbose_name="位置")),
                ("link", models.CharField(max_length=64, verbose_name="链值")),
            ],
            options={
                "verbose_name": "审计封存",
                "verbose_name_plural": "审计封存",
            },
        ),
        migrations.AddField(
            model_name="auditevent",
            name="actor",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="账号",
            ),
        ),
        migrations.AddField(
            model_name="auditseal",
            name="batch",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="seals",
                to="yiyang.auditbatch",
                verbose_name="批次",
            ),
        ),
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(fields=["at"], name="audit_event_by_time"),
        ),
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(fields=["kind", "id"], name="audit_event_by_kind"),
        ),
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(fields=["subject", "id"], name="audit_event_by_subject"),
        ),
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(fields=["request_id"], name="audit_event_by_request"),
        ),
        migrations.AddConstraint(
            model_name="auditevent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "SIGN_IN",
                            "SIGN_OUT",
                            "DENIED",
                            "FAILED",
                            "VIEW_PERSONAL",
                            "REVEAL",
                            "EXPORT",
                            "ACCOUNT_CHANGE",
                            "SESSION_END",
                            "TOKEN",
                            "SETTING",
                            "PERSON_CHANGE",
                            "MERGE",
                            "DESTROY",
                            "KEY_ROTATION",
                            "API_CALL",
                            "VIEW_AUDIT",
                            "AUDIT_EXPIRY",
                        ],
                    )
                ),
                name="audit_event_kind_known",
                violation_error_message="审计事项不在事项表中。",
            ),
        ),
        migrations.AddConstraint(
            model_name="auditevent",
            constraint=models.CheckConstraint(
                condition=models.Q(("outcome__in", ["ALLOWED", "DENIED", "FAILED"])),
                name="audit_event_outcome_known",
                violation_error_message="审计结果只能是成功、拒绝或失败。",
            ),
        ),
        migrations.AddConstraint(
            model_name="auditevent",
            constraint=models.CheckConstraint(
                condition=models.Q(("subject__regex", "^([a-z][a-z0-9_-]*:[A-Za-z0-9._-]+)?$")),
                name="audit_event_subject_form",
                violation_error_message="对象须写成“表名:编号”，人写 person:uid。",
            ),
        ),
        migrations.AddConstraint(
            model_name="auditseal",
            constraint=models.CheckConstraint(
                condition=models.Q(("position__gte", 1)),
                name="audit_seal_position",
                violation_error_message="封存位置从 1 起。",
            ),
        ),
        migrations.RunSQL(
            REFUSE_AUDIT_CHANGE, "DROP FUNCTION yiyang_refuse_audit_change() CASCADE"
        ),
        migrations.RunSQL(EXPIRE_AUDIT, "DROP FUNCTION yiyang_expire_audit(bigint, integer)"),
        migrations.RunSQL(OWNER_ONLY, migrations.RunSQL.noop),
        migrations.RunSQL(GUARDS, migrations.RunSQL.noop),
    ]
