"""Destruction of personal data after its retention: the plan, its second person, what is gone."""

from __future__ import annotations

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from contracts.models.persons import Person
from yiyang.access.fields import classify
from yiyang.access.roles import Permission
from yiyang.access.scope import Holding, Nobody, ScopedQuerySet


class RetentionGround(models.TextChoices):
    DEATH = "DEATH", "死亡后保存期满"
    LEFT = "LEFT", "迁出后保存期满"
    VOIDED = "VOIDED", "作废后保存期满"
    DUPLICATE = "DUPLICATE", "所重复的记录已到期"


class PlanQuerySet(ScopedQuerySet["DestructionPlan"]):
    def unfinished(self) -> Self:
        """Confirmed plans that were stopped before everybody on them was done."""
        left = DestructionItem.objects.filter(plan=models.OuterRef("pk"), destroyed_at=None)
        return self.filter(models.Exists(left), confirmed_by__isnull=False, closed_at=None)


class DestructionPlan(models.Model):
    """Whose names, numbers and phones are to be destroyed; nothing is until another confirms."""

    as_of = models.DateField("截至日期")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField("制定时间")
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    confirmed_at = models.DateTimeField("确认时间", null=True, blank=True)
    closed_at = models.DateTimeField("办结时间", null=True, blank=True)

    row_scope = Holding(Permission.VIEW_PERSONS) & Holding(Permission.REVIEW)
    field_classes: ClassVar = classify(
        internal=("id", "as_of", "made_by", "made_at", "confirmed_by", "confirmed_at", "closed_at")
    )
    objects = PlanQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "个人信息销毁计划"
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_by=None, confirmed_at=None, closed_at=None)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
                name="contracts_destructionplan_confirmed_when",
                violation_error_message="确认须同时记下确认人与时间；未确认的计划不能办结。",
            ),
            # 写成“空或不等于”：数据库把空值的比较结果当作通过。
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("made_by")),
                name="contracts_destructionplan_two_persons",
                violation_error_message="销毁计划须由制定人以外的人确认。",
            ),
        ]


class DestructionItem(models.Model):
    """One person on a plan; `destroyed_at` is set by the database function that destroys."""

    plan = models.ForeignKey(DestructionPlan, models.PROTECT, related_name="items")
    person = models.ForeignKey(Person, models.PROTECT, related_name="destruction_items")
    ground = models.CharField("依据", max_length=10, choices=RetentionGround)
    since = models.DateField("起算日")
    destroyed_at = models.DateTimeField("销毁时间", null=True, blank=True)

    row_scope = Nobody()
    field_classes: ClassVar = classify(
        internal=("id", "plan", "destroyed_at"), personal=("person", "ground", "since")
    )
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "个人信息销毁明细"
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "person"],
                name="contracts_destructionitem_once",
                violation_error_message="这个人已在本计划中。",
            ),
        ]
