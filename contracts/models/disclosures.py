"""Disclosures: plain personal data shown or handed out, with who, why and when."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from contracts.models.persons import Person
from yiyang.access.fields import classify
from yiyang.access.roles import Permission
from yiyang.access.scope import Holding, Own, ScopedQuerySet

SHORTEST_REASON = 4


class RevealField(models.TextChoices):
    NAME = "name", "姓名"
    ID_NUMBER = "id_number", "身份证号"
    PHONE = "phone", "电话"
    BORN_ON = "born_on", "出生日期"


class RevealReason(models.TextChoices):
    CONTACT = "contact", "联系本人：上门、随访、体检通知"
    VERIFY = "verify", "核对证件与档案"
    DUPLICATE = "duplicate", "查重与合并"
    REQUEST = "request", "本人或家属申请查询、更正"
    COMPLAINT = "complaint", "信访投诉核实"
    EMERGENCY = "emergency", "应急救助"
    OTHER = "other", "其他（在说明里写明）"


class RevealQuerySet(ScopedQuerySet["Reveal"]):
    def of_account_since(self, user_id: int, at: datetime) -> Self:
        """What the account has been shown since the instant."""
        return self.filter(by=user_id, at__gte=at)


class Reveal(models.Model):
    """One field of one person shown in plain to one account, for a reason and a time."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="reveals")
    field = models.CharField("项目", max_length=20, choices=RevealField)
    reason = models.CharField("理由", max_length=20, choices=RevealReason)
    note = models.CharField("说明", max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField("查看时间")
    until = models.DateTimeField("显示截止")

    row_scope = Own("by")
    field_classes: ClassVar = classify(
        internal=("id", "person", "field", "reason", "note", "by", "at", "until")
    )
    objects = RevealQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "明文查看"
        indexes = [models.Index(fields=["by", "at"], name="contracts_reveal_by_account")]
        constraints = [
            models.CheckConstraint(
                condition=Q(field__in=RevealField.values),
                name="contracts_reveal_one_known_field",
                violation_error_message="一次只能看一项：姓名、身份证号、电话或出生日期。",
            ),
            models.CheckConstraint(
                condition=Q(reason__in=RevealReason.values)
                & Q(note__regex=rf"\S.{{{SHORTEST_REASON - 2},}}\S"),
                name="contracts_reveal_has_reason",
                violation_error_message="查看明文须选择理由并写明具体事由。",
            ),
            models.CheckConstraint(
                condition=Q(until__gt=F("at")),
                name="contracts_reveal_until_after_at",
                violation_error_message="显示截止时间须晚于查看时间。",
            ),
        ]


class ExportColumn(models.TextChoices):
    NAME = "name", "姓名"
    ID_NUMBER = "id_number", "身份证号"
    PHONE = "phone", "电话"
    BORN_ON = "born_on", "出生日期"
    SEX = "sex", "性别"
    AGE = "age", "年龄"
    AGE_BAND = "age_band", "年龄段"
    STREET = "street", "街道"
    COMMUNITY = "community", "社区"
    STANDING = "standing", "在册情况"
    SIGNUP = "signup", "家庭医生签约"
    TEAM = "team", "签约团队"
    MANAGED = "managed", "本年健康管理"
    SICKBED = "sickbed", "家庭病床"
    KEY_GROUPS = "key_groups", "重点人群"
    RESTRICTED_GROUPS = "restricted_groups", "限制类重点人群"


RESTRICTED_COLUMNS = (ExportColumn.RESTRICTED_GROUPS,)


class PersonExport(models.Model):
    """One file with personal columns: its number (DC, year, serial), purpose and extent."""

    number = models.CharField("导出编号", max_length=20, unique=True)
    year = models.PositiveSmallIntegerField("年度")
    serial = models.PositiveIntegerField("序号")
    purpose = models.CharField("用途", max_length=200)
    columns = ArrayField(models.CharField(max_length=20, choices=ExportColumn), verbose_name="列")
    filters = models.CharField("筛选条件", max_length=300, blank=True)
    row_count = models.PositiveIntegerField("人数")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField("导出时间")

    row_scope = Own("by") | Holding(Permission.VIEW_REVEAL_TOTALS)
    field_classes: ClassVar = classify(
        internal=(
            *("id", "number", "year", "serial", "purpose", "columns", "filters"),
            *("row_count", "by", "at"),
        )
    )
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "个人信息导出"
        constraints = [
            models.UniqueConstraint(
                fields=["year", "serial"],
                name="contracts_personexport_serial_once",
                violation_error_message="这个导出序号已经用过。",
            ),
            models.CheckConstraint(
                condition=Q(purpose__regex=rf"\S.{{{SHORTEST_REASON - 2},}}\S"),
                name="contracts_personexport_has_purpose",
                violation_error_message="导出个人信息须写明用途。",
            ),
            models.CheckConstraint(
                condition=Q(columns__len__gt=0),
                name="contracts_personexport_has_columns",
                violation_error_message="导出个人信息至少选一列。",
            ),
        ]

    def __str__(self) -> str:
        return self.number
