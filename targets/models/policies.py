"""Policy documents with their validity, clauses and tasks."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q

from institutions.models import Region
from yiyang.access.fields import classify
from yiyang.access.scope import Everyone
from yiyang.facts import DatedFact, DatedQuerySet, FactQuerySet, no_overlap


class ValidityStatus(models.TextChoices):
    IN_FORCE = "IN_FORCE", "有效"
    REPEALED = "REPEALED", "失效"
    SUPERSEDED = "SUPERSEDED", "已修订"


class Confirmation(models.TextChoices):
    CONFIRMED = "CONFIRMED", "已核实"
    UNCONFIRMED = "UNCONFIRMED", "待核实"


class PolicyQuerySet(FactQuerySet["PolicyDocument"]):
    def in_force(self, day: date) -> Self:
        """Policies that count as in force on `day` (rules.md 2).

        A repealed policy whose repeal day is unknown holds up to its last due day.
        """
        repealed = ~Q(status=ValidityStatus.IN_FORCE)
        known = Q(repealed_on__isnull=False, repealed_on__lte=day)
        unknown = Q(repealed_on=None, last_due_on__lt=day)
        return self.filter(signed_on__lte=day).exclude(repealed & (known | unknown))


class PolicyDocument(models.Model):
    """A policy document with its two dates and its validity as the source states it."""

    slug = models.SlugField("代号", max_length=40, unique=True)
    number = models.CharField("发文字号", max_length=60, unique=True)
    title = models.CharField("标题", max_length=200)
    issuer = models.CharField("发文机关", max_length=100)
    signed_on = models.DateField("成文日期")
    published_on = models.DateField("公开日期", null=True, blank=True)
    status = models.CharField("时效", max_length=12, choices=ValidityStatus)
    repealed_on = models.DateField(
        "失效日期", null=True, blank=True, help_text="当日起不再有效；来源未写的留空"
    )
    status_seen_on = models.DateField("查得时效的日期")
    last_due_on = models.DateField("最后一项目标的到期日", null=True, blank=True)
    superseded_by = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="supersedes"
    )
    region = models.ForeignKey(
        Region, models.PROTECT, related_name="policies", verbose_name="适用区划"
    )
    confirmation = models.CharField("核实情况", max_length=12, choices=Confirmation)
    source_note = models.TextField("来源与校勘说明", blank=True)

    row_scope = Everyone()
    field_classes: ClassVar = classify(
        public=(
            *("id", "slug", "number", "title", "issuer", "signed_on", "published_on", "status"),
            *("repealed_on", "status_seen_on", "last_due_on", "superseded_by", "region"),
            *("confirmation", "source_note"),
        )
    )
    objects = PolicyQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "政策文件"
        ordering = ["signed_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(repealed_on=None) | ~Q(status=ValidityStatus.IN_FORCE),
                name="targets_policy_repeal_matches_status",
                violation_error_message="有失效日期的文件，时效不能是“有效”。",
            ),
            models.CheckConstraint(
                condition=Q(published_on=None) | Q(published_on__gte=F("signed_on")),
                name="targets_policy_published_after_signed",
                violation_error_message="公开日期不能早于成文日期。",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class PolicyClause(models.Model):
    """A clause of a policy, named as the document numbers it, told in our own short words."""

    policy = models.ForeignKey(PolicyDocument, models.PROTECT, related_name="clauses")
    position = models.PositiveSmallIntegerField("位次")
    reference = models.CharField("条款", max_length=40)
    topic = models.CharField("短题", max_length=100)

    row_scope = Everyone()
    field_classes: ClassVar = classify(public=("id", "policy", "position", "reference", "topic"))
    objects = FactQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "政策条款"
        ordering = ["policy", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["policy", "position"],
                name="targets_clause_position_once",
                violation_error_message="该文件这一位次已有条款。",
            ),
            models.UniqueConstraint(
                fields=["policy", "reference"],
                name="targets_clause_reference_once",
                violation_error_message="该文件已有同名条款。",
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class Bureau(models.Model):
    """A bureau, through renamings and reforms; its names are dated rows."""

    code = models.SlugField("代号", max_length=40, unique=True)
    successor = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="predecessors"
    )
    succeeded_on = models.DateField("职能划转日期", null=True, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)

    row_scope = Everyone()
    field_classes: ClassVar = classify(public=("id", "code", "successor", "succeeded_on", "note"))
    objects = FactQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "部门"
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code


class BureauName(DatedFact):
    """A name or alias of a bureau; `is_official` marks the full name of the time."""

    bureau = models.ForeignKey(Bureau, models.PROTECT, related_name="names")
    name = models.CharField("名称", max_length=60)
    is_official = models.BooleanField("正式名称", default=False)

    row_scope = Everyone()
    field_classes: ClassVar = classify(
        public=("id", "bureau", "name", "is_official", "starts_on", "ends_on"),
        internal=("voided_at", "void_reason"),
    )
    objects = DatedQuerySet.as_manager()

    class Meta(DatedFact.Meta):
        verbose_name = verbose_name_plural = "部门名称"
        constraints = [
            *DatedFact.Meta.constraints,
            no_overlap(
                "bureau",
                name="targets_bureauname_one_official",
                condition=Q(is_official=True),
                message="该部门这段时间已有正式名称，请先截止原名称。",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class TaskMode(models.TextChoices):
    LEAD_SUPPORT = "LEAD_SUPPORT", "牵头、配合"
    EACH = "EACH", "分别负责"
    SOLE = "SOLE", "单独负责"
    RESPONSIBLE_SUPPORT = "RESPONSIBLE_SUPPORT", "负责、配合"


class PolicyTask(models.Model):
    """A task of a policy's annex; `position` is the key, the printed number may skip or repeat."""

    policy = models.ForeignKey(PolicyDocument, models.PROTECT, related_name="tasks")
    position = models.PositiveSmallIntegerField("位次")
    printed_number = models.PositiveSmallIntegerField("原序号")
    mode = models.CharField("责任形式", max_length=20, choices=TaskMode)
    title = models.CharField("短题", max_length=100)
    is_open_ended = models.BooleanField("名单以“等部门”结尾", default=False)

    row_scope = Everyone()
    field_classes: ClassVar = classify(
        public=("id", "policy", "position", "printed_number", "mode", "title", "is_open_ended")
    )
    objects = FactQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "政策任务"
        ordering = ["policy", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["policy", "position"],
                name="targets_task_position_once",
                violation_error_message="该文件这一位次已有任务。",
            )
        ]

    def __str__(self) -> str:
        return self.title


class TaskRole(models.TextChoices):
    LEAD = "LEAD", "牵头"
    SUPPORT = "SUPPORT", "配合"
    EACH = "EACH", "分别负责"
    SOLE = "SOLE", "负责"


class TaskBureau(models.Model):
    """A bureau's part in a task, in the printed order and under the printed name."""

    task = models.ForeignKey(PolicyTask, models.PROTECT, related_name="bureaus")
    bureau = models.ForeignKey(Bureau, models.PROTECT, related_name="tasks")
    role = models.CharField("责任", max_length=10, choices=TaskRole)
    position = models.PositiveSmallIntegerField("排序")
    printed_name = models.CharField("原文名称", max_length=60)

    row_scope = Everyone()
    field_classes: ClassVar = classify(
        public=("id", "task", "bureau", "role", "position", "printed_name")
    )
    objects = FactQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "任务责任部门"
        ordering = ["task", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["task", "bureau"],
                name="targets_taskbureau_once",
                violation_error_message="该部门在这项任务中已有责任。",
            )
        ]
