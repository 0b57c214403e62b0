"""季度监测表式: versioned forms with their items and the checks that hold between them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import ClassVar, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q

from yiyang.access.fields import classify
from yiyang.access.roles import Permission
from yiyang.access.scope import Holding, ScopedQuerySet

PERSON = settings.AUTH_USER_MODEL
LONGEST_CODE = 10
ITEM_CODE = RegexValidator(r"\A[0-9A-Z]{1,10}\Z", "代码只能用数字与大写字母，1—10 位。")


class FormState(models.TextChoices):
    DRAFT = "DRAFT", "草稿"
    USED = "USED", "启用"


class FormQuerySet(ScopedQuerySet["ReturnForm"]):
    def valid_on(self, day: date) -> Self:
        """Forms put into use whose validity covers `day`, the newest version first."""
        covers = Q(valid_until=None) | Q(valid_until__gte=day)
        used = self.filter(covers, state=FormState.USED, valid_from__lte=day)
        return used.order_by("code", "-version")


class ReturnForm(models.Model):
    """One version of a form; once in use only its last valid day may still be set (trigger)."""

    code = models.CharField("表式代码", max_length=30)
    version = models.PositiveSmallIntegerField("版本")
    title = models.CharField("名称", max_length=100)
    table_number = models.CharField("表号", max_length=40, blank=True)
    issued_by = models.CharField("制定机关", max_length=60, blank=True)
    approval_number = models.CharField(
        "批准文号", max_length=60, blank=True, help_text="没有批准文号的，各处标“内部工作表”。"
    )
    valid_from = models.DateField("有效期起")
    valid_until = models.DateField("有效期止", null=True, blank=True, help_text="最后一个有效日")
    note = models.CharField("说明", max_length=500, blank=True)
    state = models.CharField("状态", max_length=5, choices=FormState, default=FormState.DRAFT)
    drafted_by = models.ForeignKey(
        PERSON, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="拟制人"
    )
    used_by = models.ForeignKey(
        PERSON, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="启用人"
    )
    used_on = models.DateField("启用日期", null=True, blank=True)

    row_scope = Holding(Permission.VIEW_TARGETS)
    field_classes: ClassVar = classify(
        public=(
            *("id", "code", "version", "title", "table_number", "issued_by", "approval_number"),
            *("valid_from", "valid_until", "note", "state", "used_on"),
        ),
        internal=("drafted_by", "used_by"),
    )
    objects = FormQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "季度监测表式"
        ordering = ["code", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["code", "version"],
                name="targets_returnform_version_once",
                violation_error_message="这一版表式已有，请刷新页面。",
            ),
            models.UniqueConstraint(
                fields=["code"],
                condition=Q(state=FormState.DRAFT),
                name="targets_returnform_one_draft",
                violation_error_message="这一表式已有一份草稿，请改那一份。",
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                name="targets_returnform_ends_after_start",
                violation_error_message="有效期止不能早于有效期起。",
            ),
            models.CheckConstraint(
                condition=Q(state=FormState.DRAFT, used_by=None, used_on=None)
                | Q(state=FormState.USED, used_on__isnull=False),
                name="targets_returnform_used_on_a_day",
                violation_error_message="启用须记下日期。",
            ),
            # 随门户附带的没有拟制人与启用人；页面上拟的必须由另一人启用。
            models.CheckConstraint(
                condition=Q(state=FormState.DRAFT)
                | Q(drafted_by=None)
                | (Q(used_by__isnull=False) & ~Q(used_by=F("drafted_by"))),
                name="targets_returnform_two_persons",
                violation_error_message="表式须由拟制人以外的人启用。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}（第 {self.version} 版）"


class ItemUnit(models.TextChoices):
    PLACES = "PLACES", "家"
    PAIRS = "PAIRS", "对"
    PAPERS = "PAPERS", "份"
    BEDS = "BEDS", "张"
    PEOPLE = "PEOPLE", "人"
    VISITS = "VISITS", "人次"
    PERCENT = "PERCENT", "%"


class ItemKind(models.TextChoices):
    STOCK = "STOCK", "季末存量"
    FLOW = "FLOW", "本季流量"


class Answerer(models.TextChoices):
    INSTITUTION = "INSTITUTION", "机构"
    DISTRICT = "DISTRICT", "区"


class ItemSource(models.TextChoices):
    NUMERATOR = "NUMERATOR", "指标分子"
    DENOMINATOR = "DENOMINATOR", "指标分母"
    REGISTER = "REGISTER", "登记计数"
    QUOTIENT = "QUOTIENT", "本表两项相除（%）"
    HAND = "HAND", "手工填报"


class ReturnItem(models.Model):
    """One line of a form: what is asked, of whom, and where its number can be fetched."""

    form = models.ForeignKey(ReturnForm, models.PROTECT, related_name="items")
    position = models.PositiveSmallIntegerField("行序")
    code = models.CharField("代码", max_length=LONGEST_CODE, validators=[ITEM_CODE])
    label = models.CharField("指标名称", max_length=60)
    unit = models.CharField("计量单位", max_length=10, choices=ItemUnit)
    kind = models.CharField("时期", max_length=5, choices=ItemKind)
    answered_by = models.CharField("谁来填", max_length=12, choices=Answerer)
    part_of = models.CharField(
        "其中项所属代码", max_length=LONGEST_CODE, blank=True, help_text="不是其中项的不填"
    )
    source = models.CharField("取数来源", max_length=12, choices=ItemSource)
    source_key = models.CharField("取哪一个数", max_length=60, blank=True)
    definition = models.CharField("指标解释", max_length=300, blank=True)

    row_scope = Holding(Permission.VIEW_TARGETS)
    field_classes: ClassVar = classify(
        public=(
            *("id", "form", "position", "code", "label", "unit", "kind", "answered_by"),
            *("part_of", "source", "source_key", "definition"),
        )
    )
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "季度监测项目"
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["form", "code"],
                name="targets_returnitem_code_once",
                violation_error_message="这一代码本表已有，请另取一个。",
            ),
            models.CheckConstraint(
                condition=~Q(part_of=F("code")),
                name="targets_returnitem_not_own_part",
                violation_error_message="其中项不能属于自己。",
            ),
            models.CheckConstraint(
                condition=Q(source=ItemSource.HAND, source_key="")
                | (~Q(source=ItemSource.HAND) & ~Q(source_key="")),
                name="targets_returnitem_source_named",
                violation_error_message="手工填报的不写取哪一个数，其余的必须写明。",
            ),
            models.CheckConstraint(
                condition=Q(unit=ItemUnit.PERCENT, source__in=["QUOTIENT", "HAND"])
                | (~Q(unit=ItemUnit.PERCENT) & ~Q(source=ItemSource.QUOTIENT)),
                name="targets_returnitem_percent_is_quotient",
                violation_error_message="计量单位为 % 的由本表两项相除或手工填报，其余不能。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.label}"

    @property
    def is_percent(self) -> bool:
        return self.unit == ItemUnit.PERCENT


class CheckKind(models.TextChoices):
    SUM = "SUM", "合计等于分项之和"
    NOT_ABOVE = "NOT_ABOVE", "不大于另一项"
    QUOTIENT = "QUOTIENT", "比率与分子、分母相符"
    AT_MOST_100 = "AT_MOST_100", "比率不超过 100%"
    LAST_QUARTER = "LAST_QUARTER", "与上季度相比（环比）"
    LAST_YEAR = "LAST_YEAR", "与上年同季相比（同比）"


class ReturnCheck(models.Model):
    """One relation that the numbers of a return must hold to, or else explain."""

    form = models.ForeignKey(ReturnForm, models.PROTECT, related_name="checks")
    position = models.PositiveSmallIntegerField("次序")
    kind = models.CharField("审核关系", max_length=12, choices=CheckKind)
    left = models.CharField("左项代码", max_length=LONGEST_CODE)
    terms = ArrayField(
        models.CharField(max_length=LONGEST_CODE), verbose_name="右项代码", default=list, blank=True
    )
    tolerance = models.DecimalField("容差", default=Decimal(0), max_digits=16, decimal_places=2)
    least = models.DecimalField(
        "变动不足此数的不问", default=Decimal(0), max_digits=16, decimal_places=2
    )
    is_hard = models.BooleanField("不符不能提交")

    row_scope = Holding(Permission.VIEW_TARGETS)
    field_classes: ClassVar = classify(
        public=("id", "form", "position", "kind", "left", "terms", "tolerance", "least", "is_hard")
    )
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "季度监测审核关系"
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=CheckKind.SUM, terms__len__gte=1)
                | Q(kind=CheckKind.NOT_ABOVE, terms__len=1)
                | Q(kind=CheckKind.QUOTIENT, terms__len=2)
                | (~Q(kind__in=["SUM", "NOT_ABOVE", "QUOTIENT"]) & Q(terms__len=0)),
                name="targets_returncheck_terms_fit",
                violation_error_message=(
                    "右项的个数不对：合计至少一项，不大于一项，比率填分子、分母两项，其余不填。"
                ),
            ),
            models.CheckConstraint(
                condition=Q(tolerance__gte=0, least__gte=0),
                name="targets_returncheck_tolerance_positive",
                violation_error_message="容差与起问数不能是负数。",
            ),
            # 增减总有原因，只能要求说明，不能因此不收。
            models.CheckConstraint(
                condition=Q(is_hard=False) | ~Q(kind__in=["LAST_QUARTER", "LAST_YEAR"]),
                name="targets_returncheck_jumps_are_soft",
                violation_error_message="环比、同比只能要求说明，不能因此不让提交。",
            ),
        ]
