"""Who holds an account, its past passwords and its sessions; account changes under the log."""

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from yiyang.changelog.operations import TrackChanges

# What a slip in the application must not do either: whoever is told as the actor is neither the
# account itself nor anyone but an enabled security administrator. The portal itself (commands)
# acts under no actor.
GUARD_ACCOUNT = """
CREATE FUNCTION yiyang_guard_account() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
AS $body$
DECLARE
    actor bigint := nullif(current_setting('yiyang.actor', true), '')::bigint;
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.role, NEW.is_active, NEW.staff_number)
            IS NOT DISTINCT FROM (OLD.role, OLD.is_active, OLD.staff_number) THEN
        RETURN NEW;
    END IF;
    IF actor = NEW.id THEN
        RAISE EXCEPTION '不能变更自己的角色、工号，也不能启停自己的账号：请由另一位安全管理员办理。'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'user_not_by_oneself';
    END IF;
    IF actor IS NOT NULL AND NOT EXISTS (
        SELECT FROM yiyang_user WHERE id = actor AND is_active AND role = 'security_admin'
    ) THEN
        RAISE EXCEPTION '只有安全管理员可以开设账号、变更角色或启停账号。'
            USING ERRCODE = 'integrity_constraint_violation',
                  CONSTRAINT = 'user_by_security_admin';
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.role <> OLD.role
            AND coalesce(current_setting('yiyang.reason', true), '') = '' THEN
        RAISE EXCEPTION '变更角色须写明原因。'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'user_role_has_reason';
    END IF;
    RETURN NEW;
END
$body$
"""

HANG_GUARD = """
CREATE TRIGGER yiyang_guard_account
    BEFORE INSERT OR UPDATE OF role, is_active, staff_number ON yiyang_user
    FOR EACH ROW EXECUTE FUNCTION yiyang_guard_account()
"""

# Accounts opened before holders were asked for: each is taken for its own holder, and the day
# its password was set is not known, so that a new one is asked for.
NAME_HOLDERS = """
UPDATE yiyang_user SET staff_number = 'A-' || id WHERE role <> 'civil_affairs_client'
"""


class Migration(migrations.Migration):
    dependencies = [
        ("yiyang", "0003_audit"),
    ]

    operations = [
        migrations.CreateModel(
            name="AccountSession",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("digest", models.CharField(max_length=40, unique=True, verbose_name="会话摘要")),
                ("network", models.GenericIPAddressField(null=True, verbose_name="来源地址")),
                ("device", models.CharField(max_length=60, verbose_name="设备")),
                ("begun_at", models.DateTimeField(verbose_name="登录时间")),
                ("last_seen_at", models.DateTimeField(verbose_name="最近活动")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="结束时间")),
                (
                    "end",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("SIGNED_OUT", "本人退出"),
                            ("REVOKED", "本人结束"),
                            ("REPLACED", "在别处登录"),
                            ("TOO_OLD", "超过最长时限"),
                            ("PASSWORD", "口令已改"),
                            ("CODE_DEVICE", "动态验证码已重置"),
                            ("ROLE", "角色已变更"),
                            ("DISABLED", "账号已停用"),
                        ],
                        max_length=12,
                        verbose_name="结束原因",
                    ),
                ),
            ],
            options={
                "verbose_name": "会话",
                "verbose_name_plural": "会话",
            },
        ),
        migrations.CreateModel(
            name="PasswordRecord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("password", models.CharField(max_length=128, verbose_name="口令散列")),
                ("set_on", models.DateField(verbose_name="设定日期")),
            ],
            options={
                "verbose_name": "历史口令",
                "verbose_name_plural": "历史口令",
            },
        ),
        migrations.RemoveField(
            model_name="user",
            name="last_login",
        ),
        migrations.AddField(
            model_name="user",
            name="password_set_on",
            field=models.DateField(blank=True, null=True, verbose_name="口令设定日期"),
        ),
        migrations.AddField(
            model_name="user",
            name="staff_number",
            field=models.CharField(
                blank=True,
                max_length=32,
                validators=[
                    django.core.validators.RegexValidator(
                        "^[A-Z0-9][A-Z0-9-]{1,31}$",
                        "工号由 2—32 个大写字母、数字、短横组成；一人一号，换角色不换号。",
                    )
                ],
                verbose_name="工号",
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("is_active", True), models.Q(("staff_number", ""), _negated=True)
                ),
                fields=("staff_number",),
                name="user_one_account_per_holder",
                violation_error_message="该工号已有启用的账号。一人只能有一个启用的账号，三员之间、三员与业务角色之间都不得兼任；请先停用原账号。",
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("staff_number__regex", "^[A-Z0-9][A-Z0-9-]{1,31}$"),
                    models.Q(("role", "civil_affairs_client"), ("staff_number", "")),
                    _connector="OR",
                ),
                name="user_holder_known",
                violation_error_message="除接口账号外都须填持有人的工号。工号由 2—32 个大写字母、数字、短横组成；一人一号，换角色不换号。",
            ),
        ),
        migrations.AddField(
            model_name="accountsession",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="sessions",
                to=settings.AUTH_USER_MODEL,
                verbose_name="账号",
            ),
        ),
        migrations.AddField(
            model_name="passwordrecord",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="passwords",
                to=settings.AUTH_USER_MODEL,
                verbose_name="账号",
            ),
        ),
        migrations.AddIndex(
            model_name="accountsession",
            index=models.Index(fields=["user", "-last_seen_at"], name="session_of_user"),
        ),
        migrations.AddConstraint(
            model_name="accountsession",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("end", ""), ("ended_at", None)),
                    models.Q(
                        (
                            "end__in",
                            [
                                "SIGNED_OUT",
                                "REVOKED",
                                "REPLACED",
                                "TOO_OLD",
                                "PASSWORD",
                                "CODE_DEVICE",
                                "ROLE",
                                "DISABLED",
                            ],
                        ),
                        ("ended_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="session_end_has_reason",
                violation_error_message="会话结束须写明原因。",
            ),
        ),
        TrackChanges("user", exclude=("password",)),
        migrations.RunSQL(GUARD_ACCOUNT, "DROP FUNCTION yiyang_guard_account()"),
        migrations.RunSQL(
            "REVOKE ALL ON FUNCTION yiyang_guard_account() FROM PUBLIC", migrations.RunSQL.noop
        ),
        migrations.RunSQL(HANG_GUARD, "DROP TRIGGER yiyang_guard_account ON yiyang_user"),
    ]
