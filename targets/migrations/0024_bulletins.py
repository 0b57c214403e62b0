"""通报: templates, bulletins and their steps; what is signed stays as it was."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from yiyang.changelog.operations import TrackChanges

# 签发以后只能撤回；撤回、不再办理以后什么也不能改。
KEEP_SIGNED = """
CREATE FUNCTION targets_keep_signed_bulletin() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    open_columns text[] := '{state,withdrawn_by_id,withdrawn_on}';
BEGIN
    IF OLD.state = 'SIGNED' AND NEW.state = 'WITHDRAWN'
        AND to_jsonb(NEW) - open_columns = to_jsonb(OLD) - open_columns
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION USING ERRCODE = 'check_violation',
        CONSTRAINT = 'targets_bulletin_signed_is_final',
        MESSAGE = '通报签发以后不能改动，只能撤回；要改，请撤回后另拟一份。';
END
$$;
CREATE TRIGGER targets_bulletin_signed_is_final BEFORE UPDATE ON targets_bulletin
FOR EACH ROW WHEN (OLD.state IN ('SIGNED', 'WITHDRAWN', 'DROPPED'))
EXECUTE FUNCTION targets_keep_signed_bulletin()
"""
DROP_KEEP_SIGNED = """
DROP TRIGGER targets_bulletin_signed_is_final ON targets_bulletin;
DROP FUNCTION targets_keep_signed_bulletin()
"""
# 按旧版模板成的稿要能照原样再出：模板文件换不得，只能另传一版。
KEEP_TEMPLATE = """
CREATE FUNCTION targets_keep_bulletin_template() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'check_violation',
        CONSTRAINT = 'targets_bulletintemplate_file_is_final',
        MESSAGE = '模板的文件不能改动；要改，请另传一版。';
END
$$;
CREATE TRIGGER targets_bulletintemplate_file_is_final BEFORE UPDATE ON targets_bulletintemplate
FOR EACH ROW WHEN (
    (NEW.number, NEW.name, NEW.content, NEW.sha256)
    IS DISTINCT FROM (OLD.number, OLD.name, OLD.content, OLD.sha256)
) EXECUTE FUNCTION targets_keep_bulletin_template()
"""
DROP_KEEP_TEMPLATE = """
DROP TRIGGER targets_bulletintemplate_file_is_final ON targets_bulletintemplate;
DROP FUNCTION targets_keep_bulletin_template()
"""


class Migration(migrations.Migration):
    dependencies = [
        ("institutions", "0013_register_uploads"),
        ("targets", "0023_mailing"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Bulletin",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=100, verbose_name="标题")),
                ("addressee", models.CharField(max_length=300, verbose_name="主送")),
                ("copied_to", models.CharField(blank=True, max_length=500, verbose_name="抄送")),
                ("issuer", models.CharField(max_length=60, verbose_name="署名")),
                ("with_ranking", models.BooleanField(default=False, verbose_name="排名")),
                (
                    "is_historical",
                    models.BooleanField(default=False, verbose_name="含已失效政策的目标"),
                ),
                ("feedback_by", models.DateField(blank=True, null=True, verbose_name="反馈期限")),
                ("opening", models.CharField(max_length=6000, verbose_name="导语")),
                ("standing", models.CharField(max_length=6000, verbose_name="总体情况")),
                ("lacking", models.CharField(max_length=6000, verbose_name="存在差距")),
                ("demands", models.CharField(max_length=6000, verbose_name="下一步要求")),
                ("content", models.JSONField(verbose_name="内容")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("DRAFT", "拟稿中"),
                            ("OFFICE", "待科室审核"),
                            ("CHIEF", "待分管领导审"),
                            ("SIGNING", "待签发"),
                            ("SIGNED", "已签发"),
                            ("WITHDRAWN", "已撤回"),
                            ("DROPPED", "不再办理"),
                        ],
                        default="DRAFT",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("drafted_on", models.DateField(verbose_name="拟稿日期")),
                ("submitted_on", models.DateField(blank=True, null=True, verbose_name="送审日期")),
                ("reviewed_on", models.DateField(blank=True, null=True, verbose_name="审核日期")),
                ("endorsed_on", models.DateField(blank=True, null=True, verbose_name="同意日期")),
                (
                    "endorsed_name",
                    models.CharField(
                        blank=True,
                        help_text="没有账号的领导：按纸质签批登记姓名，登记人另记",
                        max_length=30,
                        verbose_name="分管领导（纸质签批）",
                    ),
                ),
                ("signed_on", models.DateField(blank=True, null=True, verbose_name="签发日期")),
                (
                    "signed_name",
                    models.CharField(blank=True, max_length=30, verbose_name="签发人（纸质签批）"),
                ),
                ("withdrawn_on", models.DateField(blank=True, null=True, verbose_name="撤回日期")),
                (
                    "drafted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="拟稿人",
                    ),
                ),
                (
                    "endorsed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="分管领导",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bulletins",
                        to="institutions.region",
                        verbose_name="区划",
                    ),
                ),
                (
                    "reviewed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="科室负责人",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bulletins",
                        to="targets.indicatorrun",
                        verbose_name="量度批次",
                    ),
                ),
                (
                    "signed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="签发人",
                    ),
                ),
                (
                    "submitted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="送审人",
                    ),
                ),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="撤回人",
                    ),
                ),
            ],
            options={
                "verbose_name": "通报",
                "verbose_name_plural": "通报",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="BulletinEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "verb",
                    models.CharField(
                        choices=[
                            ("DRAFT", "拟稿"),
                            ("AMEND", "修改"),
                            ("SUBMIT", "送审"),
                            ("REVIEW", "科室负责人审核同意"),
                            ("ENDORSE", "分管领导同意"),
                            ("SIGN", "签发"),
                            ("RETURN", "退回"),
                            ("DROP", "不再办理"),
                            ("WITHDRAW", "撤回"),
                        ],
                        max_length=10,
                        verbose_name="办理",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("DRAFT", "拟稿中"),
                            ("OFFICE", "待科室审核"),
                            ("CHIEF", "待分管领导审"),
                            ("SIGNING", "待签发"),
                            ("SIGNED", "已签发"),
                            ("WITHDRAWN", "已撤回"),
                            ("DROPPED", "不再办理"),
                        ],
                        max_length=10,
                        verbose_name="办理后的状态",
                    ),
                ),
                ("text", models.CharField(blank=True, max_length=1000, verbose_name="意见或原因")),
                (
                    "signer",
                    models.CharField(blank=True, max_length=30, verbose_name="纸质签批的领导"),
                ),
                ("taken_on", models.DateField(verbose_name="日期")),
                ("taken_at", models.DateTimeField(auto_now_add=True, verbose_name="时间")),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "bulletin",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="targets.bulletin",
                    ),
                ),
            ],
            options={
                "verbose_name": "通报办理记录",
                "verbose_name_plural": "通报办理记录",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="BulletinTemplate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "voided_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="作废时间"
                    ),
                ),
                (
                    "void_reason",
                    models.CharField(
                        blank=True, editable=False, max_length=200, verbose_name="作废原因"
                    ),
                ),
                ("number", models.PositiveIntegerField(unique=True, verbose_name="版次")),
                ("name", models.CharField(max_length=120, verbose_name="文件名")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="说明")),
                ("content", models.BinaryField(verbose_name="文件")),
                ("size", models.PositiveIntegerField(verbose_name="字节数")),
                ("sha256", models.CharField(max_length=64, verbose_name="指纹")),
                ("added_on", models.DateField(verbose_name="上传日期")),
                (
                    "added_by",
                    models.ForeignKey(
                        blank=True,
                        help_text="空为门户自带的版式",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="上传人",
                    ),
                ),
            ],
            options={
                "verbose_name": "通报模板",
                "verbose_name_plural": "通报模板",
                "ordering": ["-number"],
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="bulletin",
            name="template",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="bulletins",
                to="targets.bulletintemplate",
                verbose_name="模板",
            ),
        ),
        migrations.AddConstraint(
            model_name="bulletintemplate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("void_reason", ""), ("voided_at", None)),
                    models.Q(
                        ("voided_at__isnull", False), models.Q(("void_reason", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="targets_bulletintemplate_void_has_reason",
                violation_error_message="作废必须写明原因。",
            ),
        ),
        migrations.AddConstraint(
            model_name="bulletin",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("is_historical", False), ("title__contains", "历史情况"), _connector="OR"
                ),
                name="targets_bulletin_past_targets_are_titled",
                violation_error_message="所选目标的政策在统计日已经失效；标题须写明“历史情况”，或不选这些目标。",
            ),
        ),
        migrations.AddConstraint(
            model_name="bulletin",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("state__in", ("OFFICE", "CHIEF", "SIGNING", "SIGNED", "WITHDRAWN")),
                        _negated=True,
                    ),
                    models.Q(("submitted_by__isnull", False), ("submitted_on__isnull", False)),
                    _connector="OR",
                ),
                name="targets_bulletin_sent_on_by_someone",
                violation_error_message="送审须有送审人与日期。",
            ),
        ),
        migrations.AddConstraint(
            model_name="bulletin",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("state__in", ["CHIEF", "SIGNING", "SIGNED", "WITHDRAWN"]), _negated=True
                    ),
                    models.Q(("reviewed_by__isnull", False), ("reviewed_on__isnull", False)),
                    _connector="OR",
                ),
                name="targets_bulletin_reviewed_by_someone",
                violation_error_message="送领导之前须经科室负责人审核。",
            ),
        ),
        migrations.AddConstraint(
            model_name="bulletin",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["SIGNING", "SIGNED", "WITHDRAWN"]), _negated=True),
                    models.Q(("endorsed_by__isnull", False), ("endorsed_on__isnull", False)),
                    _connector="OR",
                ),
                name="targets_bulletin_endorsed_by_someone",
                violation_error_message="签发之前须经分管领导同意。",
            ),
        ),
        migrations.AddConstraint(
            model_name="bulletin",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("signed_by__isnull", False),
                        ("signed_on__isnull", False),
                        ("state__in", ("SIGNED", "WITHDRAWN")),
                    ),
                    models.Q(
                        models.Q(("state__in", ("SIGNED", "WITHDRAWN")), _negated=True),
                        ("signed_by", None),
                    ),
                    _connector="OR",
                ),
                name="targets_bulletin_signed_by_someone",
                violation_error_message="签发须有签发人与日期。",
            ),
        ),
        migrations.AddConstraint(
            model_name="bulletin",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("state", "WITHDRAWN"),
                        ("withdrawn_by__isnull", False),
                        ("withdrawn_on__isnull", False),
                    ),
                    models.Q(
                        models.Q(("state", "WITHDRAWN"), _negated=True), ("withdrawn_by", None)
                    ),
                    _connector="OR",
                ),
                name="targets_bulletin_withdrawn_by_someone",
                violation_error_message="撤回须有撤回人与日期。",
            ),
        ),
        migrations.AddConstraint(
            model_name="bulletin",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("reviewed_by", None),
                    models.Q(
                        models.Q(("reviewed_by", models.F("drafted_by")), _negated=True),
                        models.Q(
                            ("submitted_by", None),
                            models.Q(("reviewed_by", models.F("submitted_by")), _negated=True),
                            _connector="OR",
                        ),
                    ),
                    _connector="OR",
                ),
                name="targets_bulletin_reviewed_by_another",
                violation_error_message="审核、同意、签发须由拟稿人、送审人以外的人办理。",
            ),
        ),
        migrations.AddConstraint(
            model_name="bulletin",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("endorsed_by", None),
                    models.Q(
                        models.Q(("endorsed_by", models.F("drafted_by")), _negated=True),
                        models.Q(
                            ("submitted_by", None),
                            models.Q(("endorsed_by", models.F("submitted_by")), _negated=True),
                            _connector="OR",
                        ),
                    ),
                    _connector="OR",
                ),
                name="targets_bulletin_endorsed_by_another",
                violation_error_message="审核、同意、签发须由拟稿人、送审人以外的人办理。",
            ),
        ),
        migrations.AddConstraint(
            model_name="bulletin",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("signed_by", None),
                    models.Q(
                        models.Q(("signed_by", models.F("drafted_by")), _negated=True),
                        models.Q(
                            ("submitted_by", None),
                            models.Q(("signed_by", models.F("submitted_by")), _negated=True),
                            _connector="OR",
                        ),
                    ),
                    _connector="OR",
                ),
                name="targets_bulletin_signed_by_another",
                violation_error_message="审核、同意、签发须由拟稿人、送审人以外的人办理。",
            ),
        ),
        migrations.AddConstraint(
            model_name="bulletin",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("endorsed_by", None),
                    models.Q(("endorsed_name", ""), _negated=True),
                    models.Q(("endorsed_by", models.F("reviewed_by")), _negated=True),
                    _connector="OR",
                ),
                name="targets_bulletin_endorsed_by_a_third",
                violation_error_message="分管领导须是审核人以外的人；纸质签批的请填领导姓名。",
            ),
        ),
        migrations.AddConstraint(
            model_name="bulletin",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("signed_by", None),
                    models.Q(("signed_name", ""), _negated=True),
                    models.Q(
                        models.Q(("signed_by", models.F("reviewed_by")), _negated=True),
                        models.Q(("signed_by", models.F("endorsed_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="targets_bulletin_signed_by_a_fourth",
                violation_error_message="签发人须是审核人、分管领导以外的人；纸质签批的请填领导姓名。",
            ),
        ),
        migrations.AddConstraint(
            model_name="bulletin",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("signed_name", ""),
                    models.Q(("signed_name", models.F("endorsed_name")), _negated=True),
                    _connector="OR",
                ),
                name="targets_bulletin_two_leaders",
                violation_error_message="签发人与分管领导不能是同一人。",
            ),
        ),
        migrations.RunSQL(KEEP_SIGNED, DROP_KEEP_SIGNED),
        migrations.RunSQL(KEEP_TEMPLATE, DROP_KEEP_TEMPLATE),
        TrackChanges("Bulletin", exclude=("content",)),
        TrackChanges("BulletinTemplate", exclude=("content",)),
    ]
