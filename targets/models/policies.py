"""Policy documents with their validity, clauses and tasks."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from institutions.models import Region
from yiyang.access.fields import classify
from yiyang.access.roles import Permission
from yiyang.access.scope import Everyone, Holding, Meeting, RowScope, WholeCity
from yiyang.facts import DatedFact, DatedQuerySet, FactQuerySet, M, no_overlap


class ValidityStatus(models.TextChoices):
    IN_FORCE = "IN_FORCE", "有效"
    REPEALED = "REPEALED", "失效"
    SUPERSEDED = "SUPERSEDED", "已修订"


class Confirmation(models.TextChoices):
    CONFIRMED = "CONFIRMED", "已核实"
    UNCONFIRMED = "UNCONFIRMED", "待核实"


class EntryState(models.TextChoices):
    """How far a policy's entry has come; files that ship with the portal count as published."""

    DRAFT = "DRAFT", "草稿"
    SUBMITTED = "SUBMITTED", "待发布"
    PUBLISHED = "PUBLISHED", "已发布"
    DISCARDED = "DISCARDED", "已弃用"


def where_published(path: str = "") -> RowScope:
    """Rows of published policies for everyone; the others for who enters or reviews them."""
    published = Meeting(f"{path}entry_state", EntryState.PUBLISHED.value)
    reviewers = Holding(Permission.REVIEW) & WholeCity()
    return published | Holding(Permission.MANAGE_POLICIES) | reviewers


class OfPolicyQuerySet(FactQuerySet[M]):
    """Reads common to the parts of a policy."""

    def published(self) -> Self:
        """Parts of published policies: a draft counts nowhere."""
        return self.filter(policy__entry_state=EntryState.PUBLISHED)


class PolicyQuerySet(FactQuerySet["PolicyDocument"]):
    def published(self) -> Self:
        """Leave out drafts and what waits for its review."""
        return self.filter(entry_state=EntryState.PUBLISHED)

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
    number = models.CharField("发文字号", max_length=60)
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
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="supersedes",
        verbose_name="取代它的文件",
    )
    region = models.ForeignKey(
        Region, models.PROTECT, related_name="policies", verbose_name="适用区划"
    )
    confirmation = models.CharField("核实情况", max_length=12, choices=Confirmation)
    source_note = models.TextField("来源与校勘说明", blank=True)
    entry_state = models.CharField(
        "录入状态", max_length=10, choices=EntryState, default=EntryState.PUBLISHED
    )
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="录入人",
        help_text="随门户附带的文件没有录入人",
    )
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="提交人",
    )
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="发布人",
    )
    released_on = models.DateField("发布日期", null=True, blank=True)
    entry_note = models.CharField("退回或弃用的原因", max_length=300, blank=True)

    row_scope = where_published()
    field_classes: ClassVar = classify(
        public=(
            *("id", "slug", "number", "title", "issuer", "signed_on", "published_on", "status"),
            *("repealed_on", "status_seen_on", "last_due_on", "superseded_by", "region"),
            *("confirmation", "source_note"),
        ),
        internal=(
            *("entry_state", "entered_by", "submitted_by", "released_by", "released_on"),
            "entry_note",
        ),
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
            models.UniqueConstraint(
                fields=["number"],
                name="targets_policy_number_once",
                condition=~Q(entry_state=EntryState.DISCARDED),
                violation_error_message="这个发文字号已经登记，请在政策文件列表里查找。",
            ),
            models.CheckConstraint(
                condition=Q(superseded_by=None)
                | (Q(status=ValidityStatus.SUPERSEDED) & ~Q(superseded_by=F("id"))),
                name="targets_policy_superseded_by_another",
                violation_error_message="只有已修订的文件才写取代它的文件，且不能是它自己。",
            ),
            models.CheckConstraint(
                condition=Q(
                    entry_state=EntryState.PUBLISHED,
                    entered_by=None,
                    released_by=None,
                    released_on=None,
                )
                | Q(
                    entry_state=EntryState.PUBLISHED,
                    entered_by__isnull=False,
                    submitted_by__isnull=False,
                    released_by__isnull=False,
                    released_on__isnull=False,
                )
                | (
                    ~Q(entry_state=EntryState.PUBLISHED)
                    & Q(entered_by__isnull=False, released_by=None, released_on=None)
                ),
                name="targets_policy_published_by_someone",
                violation_error_message="录入的政策须经提交和另一人发布，发布人与发布日期同时记下。",
            ),
            # 写成“空或不等于”：数据库把空值的比较结果当作通过。
            models.CheckConstraint(
                condition=Q(released_by=None)
                | (~Q(released_by=F("entered_by")) & ~Q(released_by=F("submitted_by"))),
                name="targets_policy_two_persons",
                violation_error_message="政策须由录入人、提交人以外的人发布。",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def holds_on(self, day: date) -> bool:
        """Whether the policy counts as in force on the day, as `in_force` selects it."""
        if day < self.signed_on:
            return False
        if self.status == ValidityStatus.IN_FORCE:
            return True
        if self.repealed_on is not None:
            return day < self.repealed_on
        return self.last_due_on is None or day <= self.last_due_on


class PolicyClause(models.Model):
    """A clause of a policy, named as the document numbers it, told in our own short words."""

    policy = models.ForeignKey(PolicyDocument, models.PROTECT, related_name="clauses")
    position = models.PositiveSmallIntegerField("位次")
    reference = models.CharField("条款", max_length=40)
    topic = models.CharField("短题", max_length=100)

    row_scope = where_published("policy__")
    field_classes: ClassVar = classify(public=("id", "policy", "position", "reference", "topic"))
    objects = OfPolicyQuerySet.as_manager()

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

    row_scope = where_published("policy__")
    field_classes: ClassVar = classify(
        public=("id", "policy", "position", "printed_number", "mode", "title", "is_open_ended")
    )
    objects = OfPolicyQuerySet.as_manager()

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

    row_scope = where_published("task__policy__")
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
