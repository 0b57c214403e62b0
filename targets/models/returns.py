"""季度监测: the periods, who owes a return in each, its numbers and its steps."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from institutions.models import Institution, Region
from targets.models.return_forms import ReturnForm, ReturnItem
from targets.models.runs import IndicatorRun
from yiyang.access.fields import classify
from yiyang.access.roles import Permission
from yiyang.access.scope import ByInstitution, ByRegion, Holding, ScopedQuerySet

PERSON = settings.AUTH_USER_MODEL
LONGEST_NOTE = 300
VIEW = Holding(Permission.VIEW_TARGETS)


class ReturnPeriod(models.Model):
    """One quarter of one form with the days by which each level reports."""

    form = models.ForeignKey(ReturnForm, models.PROTECT, related_name="periods")
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="汇总区划")
    year = models.PositiveSmallIntegerField("年度")
    quarter = models.PositiveSmallIntegerField("季度")
    institution_due = models.DateField("机构报出期限")
    district_due = models.DateField("区审核上报期限")
    city_due = models.DateField("市汇总期限")
    opened_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", verbose_name="布置人")
    opened_on = models.DateField("布置日期")

    row_scope = VIEW
    field_classes: ClassVar = classify(
        public=(
            *("id", "form", "region", "year", "quarter", "institution_due", "district_due"),
            *("city_due", "opened_on"),
        ),
        internal=("opened_by",),
    )
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "季度监测期"
        ordering = ["-year", "-quarter", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "form", "year", "quarter"],
                name="targets_returnperiod_once",
                violation_error_message="这一季度的这张表已经布置，请从填报日历里打开。",
            ),
            models.CheckConstraint(
                condition=Q(quarter__gte=1, quarter__lte=4),
                name="targets_returnperiod_quarter",
                violation_error_message="季度是 1 至 4。",
            ),
            models.CheckConstraint(
                condition=Q(institution_due__lte=F("district_due"))
                & Q(district_due__lte=F("city_due")),
                name="targets_returnperiod_due_in_order",
                violation_error_message="期限须依次：机构不晚于区，区不晚于市。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year}年第{'一二三四'[self.quarter - 1]}季度"


class ReturnLevel(models.TextChoices):
    INSTITUTION = "INSTITUTION", "机构"
    DISTRICT = "DISTRICT", "区"
    CITY = "CITY", "市"


class ReturnState(models.TextChoices):
    FILLING = "FILLING", "填报中"
    RETURNED = "RETURNED", "已退回"
    SUBMITTED = "SUBMITTED", "待审核"
    REVIEWED = "REVIEWED", "已审核"
    LOCKED = "LOCKED", "已锁定"
    PUBLISHED = "PUBLISHED", "已发布"


S = ReturnState
BEING_FILLED = (S.FILLING, S.RETURNED)
CLOSED = (S.LOCKED, S.PUBLISHED)
CHECKED = (S.REVIEWED, *CLOSED)


class QuarterlyReturn(models.Model):
    """What one institution, district or the city owes in a period; closed numbers are frozen."""

    period = models.ForeignKey(ReturnPeriod, models.PROTECT, related_name="returns")
    level = models.CharField("层级", max_length=12, choices=ReturnLevel)
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="区划")
    institution = models.ForeignKey(
        Institution, models.PROTECT, null=True, blank=True, related_name="quarterly_returns"
    )
    unit_name = models.CharField("填报单位", max_length=100)
    due_on = models.DateField("报出期限")
    state = models.CharField("状态", max_length=10, choices=S, default=S.FILLING)
    filled_by = models.ForeignKey(
        PERSON, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="填表人"
    )
    submitted_by = models.ForeignKey(
        PERSON, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="报出人"
    )
    submitted_on = models.DateField("报出日期", null=True, blank=True)
    reviewed_by = models.ForeignKey(
        PERSON, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="审核人"
    )
    reviewed_on = models.DateField("审核日期", null=True, blank=True)
    published_by = models.ForeignKey(
        PERSON, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="发布人"
    )
    published_on = models.DateField("发布日期", null=True, blank=True)

    row_scope = VIEW & (ByRegion("region") | ByInstitution("institution"))
    field_classes: ClassVar = classify(
        public=("id", "period", "level", "region", "institution", "unit_name", "due_on", "state"),
        internal=(
            *("filled_by", "submitted_by", "submitted_on", "reviewed_by", "reviewed_on"),
            *("published_by", "published_on"),
        ),
    )
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "季度监测填报单"
        ordering = ["id"]
        indexes = [
            models.Index(fields=["region", "period"], name="targets_return_region"),
            models.Index(fields=["state", "due_on"], name="targets_return_state"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["period", "region"],
                condition=Q(institution=None),
                name="targets_return_region_once",
                violation_error_message="这个区划本期已有填报单。",
            ),
            models.UniqueConstraint(
                fields=["period", "institution"],
                name="targets_return_institution_once",
                violation_error_message="这个机构本期已有填报单。",
            ),
            models.CheckConstraint(
                condition=Q(level=ReturnLevel.INSTITUTION, institution__isnull=False)
                | (~Q(level=ReturnLevel.INSTITUTION) & Q(institution=None)),
                name="targets_return_level_fits",
                violation_error_message="机构的填报单须写明机构，区、市的不写。",
            ),
            models.CheckConstraint(
                condition=Q(state__in=BEING_FILLED, submitted_by=None, reviewed_by=None)
                | Q(state=S.SUBMITTED, submitted_by__isnull=False, reviewed_by=None)
                | Q(state__in=CHECKED, submitted_by__isnull=False, reviewed_by__isnull=False),
                name="targets_return_state_fits",
                violation_error_message="报出须有报出人，审核过的须有审核人。",
            ),
            models.CheckConstraint(
                condition=Q(state=S.PUBLISHED, level=ReturnLevel.CITY, published_by__isnull=False)
                | (~Q(state=S.PUBLISHED) & Q(published_by=None)),
                name="targets_return_published_by_someone",
                violation_error_message="只有市汇总表发布，并记下发布人。",
            ),
            # 写成“空或不等于”：数据库把空值的比较结果当作通过。
            models.CheckConstraint(
                condition=Q(reviewed_by=None)
                | ~Q(reviewed_by=F("submitted_by"))
                & (Q(filled_by=None) | ~Q(reviewed_by=F("filled_by"))),
                name="targets_return_reviewed_by_another",
                violation_error_message="审核须由填表人、报出人以外的人办理。",
            ),
            models.CheckConstraint(
                condition=Q(published_by=None) | ~Q(published_by=F("submitted_by")),
                name="targets_return_published_by_another",
                violation_error_message="发布须由报出人以外的人办理。",
            ),
        ]

    def __str__(self) -> str:
        return self.unit_name

    @property
    def is_open(self) -> bool:
        """Whether its numbers may still be entered."""
        return self.state in BEING_FILLED

    @property
    def is_shut(self) -> bool:
        """Whether what it is summed into is handed in; only rows read with SHUT know it."""
        return bool(getattr(self, "shut", False))


OF_RETURN = VIEW & (
    ByRegion("quarterly_return__region") | ByInstitution("quarterly_return__institution")
)


class ReturnValue(models.Model):
    """One number of a return beside the number fetched for it and the note on any difference."""

    quarterly_return = models.ForeignKey(QuarterlyReturn, models.PROTECT, related_name="values")
    item = models.ForeignKey(ReturnItem, models.PROTECT, related_name="+")
    prefilled = models.DecimalField("取数", null=True, blank=True, max_digits=16, decimal_places=2)
    prefilled_from = models.CharField("取自", max_length=200, blank=True)
    run = models.ForeignKey(
        IndicatorRun, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="批次"
    )
    value = models.DecimalField("填报数", null=True, blank=True, max_digits=16, decimal_places=2)
    note = models.CharField("说明", max_length=LONGEST_NOTE, blank=True)

    row_scope = OF_RETURN
    field_classes: ClassVar = classify(
        public=("id", "quarterly_return", "item", "prefilled", "prefilled_from", "run", "value"),
        internal=("note",),
    )
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "季度监测数"
        ordering = ["item__position", "item_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["quarterly_return", "item"],
                name="targets_returnvalue_once",
                violation_error_message="这一项本表已有数。",
            ),
            models.CheckConstraint(
                condition=Q(value=None) | Q(value__gte=0),
                name="targets_returnvalue_not_negative",
                violation_error_message="填报数不能是负数。",
            ),
            models.CheckConstraint(
                condition=Q(value=None) | Q(prefilled=None) | Q(value=F("prefilled")) | ~Q(note=""),
                name="targets_returnvalue_difference_has_reason",
                violation_error_message="填报数与取数不同，须写明原因。",
            ),
        ]


class ReturnVerb(models.TextChoices):
    OPEN = "OPEN", "布置"
    FETCH = "FETCH", "重新取数"
    SUBMIT = "SUBMIT", "报出"
    REVIEW = "REVIEW", "审核通过"
    RETURN = "RETURN", "退回"
    LOCK = "LOCK", "锁定"
    PUBLISH = "PUBLISH", "发布"


class ReturnEvent(models.Model):
    """One step of a return: who took it, when, from and to which state; append-only."""

    quarterly_return = models.ForeignKey(QuarterlyReturn, models.PROTECT, related_name="events")
    verb = models.CharField("办理", max_length=10, choices=ReturnVerb)
    state_before = models.CharField("原状态", max_length=10, choices=S, blank=True)
    state_after = models.CharField("新状态", max_length=10, choices=S)
    text = models.CharField("情况", max_length=500, blank=True)
    taken_on = models.DateField("日期")
    taken_at = models.DateTimeField("时间", auto_now_add=True)
    author = models.ForeignKey(PERSON, models.PROTECT, related_name="+")

    row_scope = OF_RETURN
    field_classes: ClassVar = classify(
        internal=(
            *("id", "quarterly_return", "verb", "state_before", "state_after", "text"),
            *("taken_on", "taken_at", "author"),
        )
    )
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "季度监测办理记录"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(verb=ReturnVerb.RETURN, text=""),
                name="targets_returnevent_sent_back_with_reason",
                violation_error_message="退回须写明原因。",
            )
        ]
