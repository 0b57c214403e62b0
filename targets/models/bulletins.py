"""通报: the office's Word templates, bulletins about a stored run, the steps each one takes."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from institutions.models import Region
from targets.models.runs import IndicatorRun
from yiyang.access.fields import classify
from yiyang.access.roles import Permission
from yiyang.access.scope import ByRegion, Holding, Meeting, RowScope, ScopedQuerySet, WholeCity
from yiyang.facts import Fact, FactQuerySet

PERSON = settings.AUTH_USER_MODEL
LONGEST_TITLE, LONGEST_PARAGRAPHS, LONGEST_SAID = 100, 6000, 1000
HISTORICAL = "历史情况"


class BulletinState(models.TextChoices):
    DRAFT = "DRAFT", "拟稿中"
    OFFICE = "OFFICE", "待科室审核"
    CHIEF = "CHIEF", "待分管领导审"
    SIGNING = "SIGNING", "待签发"
    SIGNED = "SIGNED", "已签发"
    WITHDRAWN = "WITHDRAWN", "已撤回"
    DROPPED = "DROPPED", "不再办理"


class BulletinVerb(models.TextChoices):
    DRAFT = "DRAFT", "拟稿"
    AMEND = "AMEND", "修改"
    SUBMIT = "SUBMIT", "送审"
    REVIEW = "REVIEW", "科室负责人审核同意"
    ENDORSE = "ENDORSE", "分管领导同意"
    SIGN = "SIGN", "签发"
    RETURN = "RETURN", "退回"
    DROP = "DROP", "不再办理"
    WITHDRAW = "WITHDRAW", "撤回"


S = BulletinState
AT_WORK = (S.DRAFT, S.OFFICE, S.CHIEF, S.SIGNING)
SENT_ON = (S.OFFICE, S.CHIEF, S.SIGNING, S.SIGNED, S.WITHDRAWN)
ENDED = (S.SIGNED, S.WITHDRAWN)


def _city_offices() -> RowScope:
    checkers = Holding(Permission.REVIEW) & WholeCity()
    return Holding(Permission.MANAGE_POLICIES) | checkers | Holding(Permission.SIGN_PAPERS)


def _of_bulletins(path: str = "") -> RowScope:
    """Those who write and sign see all; once signed, the offices and bureaus it goes to."""
    signed: RowScope = Meeting(f"{path}state", S.SIGNED.value) | Meeting(
        f"{path}state", S.WITHDRAWN.value
    )
    # 全市的通报发各区；一个区的通报只在那个区里看。
    reached = ByRegion(f"{path}region") | Meeting(f"{path}region__code", settings.PORTAL_REGION)
    receivers = Holding(Permission.EXPORT) | Holding(Permission.UPDATE_TASKS)
    return _city_offices() | (signed & reached & receivers)


class BulletinTemplate(Fact):
    """A Word file with placeholders; the newest that is not void is used for new bulletins."""

    number = models.PositiveIntegerField("版次", unique=True)
    name = models.CharField("文件名", max_length=120)
    note = models.CharField("说明", max_length=200, blank=True)
    content = models.BinaryField("文件", editable=False)
    size = models.PositiveIntegerField("字节数")
    sha256 = models.CharField("指纹", max_length=64)
    added_by = models.ForeignKey(
        PERSON,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="上传人",
        help_text="空为门户自带的版式",
    )
    added_on = models.DateField("上传日期")

    row_scope = _city_offices()
    field_classes: ClassVar = classify(
        internal=(
            *("id", "number", "name", "note", "size", "sha256", "added_by"),
            *("added_on", "voided_at", "void_reason"),
        ),
        # 办公室自己做的文件里可能留着作者姓名。
        personal=("content",),
    )
    objects = FactQuerySet.as_manager()

    class Meta(Fact.Meta):
        verbose_name = verbose_name_plural = "通报模板"
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"第 {self.number} 版（{self.name}）"


def _by_another(step: str) -> models.CheckConstraint:
    """Whoever drafted or submitted it takes none of the steps after."""
    # 写成“空或不等于”：数据库把空值的比较结果当作通过。
    return models.CheckConstraint(
        condition=Q(**{f"{step}_by": None})
        | (
            ~Q(**{f"{step}_by": F("drafted_by")})
            & (Q(submitted_by=None) | ~Q(**{f"{step}_by": F("submitted_by")}))
        ),
        name=f"targets_bulletin_{step}_by_another",
        violation_error_message="审核、同意、签发须由拟稿人、送审人以外的人办理。",
    )


class Bulletin(models.Model):
    """A bulletin about one region on the day of one run; its numbers are those of the run.

    `content` is computed once from the run; the paragraphs beside it are the clerk's words.
    """

    title = models.CharField("标题", max_length=LONGEST_TITLE)
    region = models.ForeignKey(
        Region, models.PROTECT, related_name="bulletins", verbose_name="区划"
    )
    run = models.ForeignKey(
        IndicatorRun, models.PROTECT, related_name="bulletins", verbose_name="量度批次"
    )
    addressee = models.CharField("主送", max_length=300)
    copied_to = models.CharField("抄送", max_length=500, blank=True)
    issuer = models.CharField("署名", max_length=60)
    with_ranking = models.BooleanField("排名", default=False)
    is_historical = models.BooleanField("含已失效政策的目标", default=False)
    feedback_by = models.DateField("反馈期限", null=True, blank=True)
    opening = models.CharField("导语", max_length=LONGEST_PARAGRAPHS)
    standing = models.CharField("总体情况", max_length=LONGEST_PARAGRAPHS)
    lacking = models.CharField("存在差距", max_length=LONGEST_PARAGRAPHS)
    demands = models.CharField("下一步要求", max_length=LONGEST_PARAGRAPHS)
    content = models.JSONField("内容")
    template = models.ForeignKey(
        BulletinTemplate, models.PROTECT, related_name="bulletins", verbose_name="模板"
    )
    state = models.CharField("状态", max_length=10, choices=S, default=S.DRAFT)
    drafted_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", verbose_name="拟稿人")
    drafted_on = models.DateField("拟稿日期")
    submitted_by = models.ForeignKey(
        PERSON, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="送审人"
    )
    submitted_on = models.DateField("送审日期", null=True, blank=True)
    reviewed_by = models.ForeignKey(
        PERSON, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="科室负责人"
    )
    reviewed_on = models.DateField("审核日期", null=True, blank=True)
    endorsed_by = models.ForeignKey(
        PERSON, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="分管领导"
    )
    endorsed_on = models.DateField("同意日期", null=True, blank=True)
    endorsed_name = models.CharField(
        "分管领导（纸质签批）",
        max_length=30,
        blank=True,
        help_text="没有账号的领导：按纸质签批登记姓名，登记人另记",
    )
    signed_by = models.ForeignKey(
        PERSON, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="签发人"
    )
    signed_on = models.DateField("签发日期", null=True, blank=True)
    signed_name = models.CharField("签发人（纸质签批）", max_length=30, blank=True)
    withdrawn_by = models.ForeignKey(
        PERSON, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="撤回人"
    )
    withdrawn_on = models.DateField("撤回日期", null=True, blank=True)

    row_scope = _of_bulletins()
    field_classes: ClassVar = classify(
        internal=(
            *("id", "title", "region", "run", "addressee", "copied_to", "issuer", "with_ranking"),
            *("is_historical", "feedback_by", "opening", "standing", "lacking", "demands"),
            *("content", "template", "state", "drafted_by", "drafted_on", "submitted_by"),
            *("submitted_on", "reviewed_by", "reviewed_on", "endorsed_by", "endorsed_on"),
            *("endorsed_name", "signed_by", "signed_on", "signed_name", "withdrawn_by"),
            "withdrawn_on",
        )
    )
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "通报"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_historical=False) | Q(title__contains=HISTORICAL),
                name="targets_bulletin_past_targets_are_titled",
                violation_error_message=(
                    f"所选目标的政策在统计日已经失效；标题须写明“{HISTORICAL}”，或不选这些目标。"
                ),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=SENT_ON)
                | Q(submitted_by__isnull=False, submitted_on__isnull=False),
                name="targets_bulletin_sent_on_by_someone",
                violation_error_message="送审须有送审人与日期。",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[S.CHIEF, S.SIGNING, *ENDED])
                | Q(reviewed_by__isnull=False, reviewed_on__isnull=False),
                name="targets_bulletin_reviewed_by_someone",
                violation_error_message="送领导之前须经科室负责人审核。",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[S.SIGNING, *ENDED])
                | Q(endorsed_by__isnull=False, endorsed_on__isnull=False),
                name="targets_bulletin_endorsed_by_someone",
                violation_error_message="签发之前须经分管领导同意。",
            ),
            models.CheckConstraint(
                condition=Q(state__in=ENDED, signed_by__isnull=False, signed_on__isnull=False)
                | (~Q(state__in=ENDED) & Q(signed_by=None)),
                name="targets_bulletin_signed_by_someone",
                violation_error_message="签发须有签发人与日期。",
            ),
            models.CheckConstraint(
                condition=Q(
                    state=S.WITHDRAWN, withdrawn_by__isnull=False, withdrawn_on__isnull=False
                )
                | (~Q(state=S.WITHDRAWN) & Q(withdrawn_by=None)),
                name="targets_bulletin_withdrawn_by_someone",
                violation_error_message="撤回须有撤回人与日期。",
            ),
            *(_by_another(step) for step in ("reviewed", "endorsed", "signed")),
            # 领导没有账号时由科室负责人按纸质签批登记，那时才可能与审核人是同一账号。
            models.CheckConstraint(
                condition=Q(endorsed_by=None)
                | ~Q(endorsed_name="")
                | ~Q(endorsed_by=F("reviewed_by")),
                name="targets_bulletin_endorsed_by_a_third",
                violation_error_message="分管领导须是审核人以外的人；纸质签批的请填领导姓名。",
            ),
            models.CheckConstraint(
                condition=Q(signed_by=None)
                | ~Q(signed_name="")
                | (~Q(signed_by=F("reviewed_by")) & ~Q(signed_by=F("endorsed_by"))),
                name="targets_bulletin_signed_by_a_fourth",
                violation_error_message=(
                    "签发人须是审核人、分管领导以外的人；纸质签批的请填领导姓名。"
                ),
            ),
            models.CheckConstraint(
                condition=Q(signed_name="") | ~Q(signed_name=F("endorsed_name")),
                name="targets_bulletin_two_leaders",
                violation_error_message="签发人与分管领导不能是同一人。",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class BulletinEvent(models.Model):
    """One step of a bulletin: who, when, what was said; append-only."""

    bulletin = models.ForeignKey(Bulletin, models.PROTECT, related_name="events")
    verb = models.CharField("办理", max_length=10, choices=BulletinVerb)
    state = models.CharField("办理后的状态", max_length=10, choices=S)
    text = models.CharField("意见或原因", max_length=LONGEST_SAID, blank=True)
    signer = models.CharField("纸质签批的领导", max_length=30, blank=True)
    taken_on = models.DateField("日期")
    taken_at = models.DateTimeField("时间", auto_now_add=True)
    author = models.ForeignKey(PERSON, models.PROTECT, related_name="+")

    row_scope = _of_bulletins("bulletin__")
    field_classes: ClassVar = classify(
        internal=(
            *("id", "bulletin", "verb", "state", "text", "signer"),
            *("taken_on", "taken_at", "author"),
        )
    )
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "通报办理记录"
        ordering = ["id"]
