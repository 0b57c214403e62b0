"""督办: one order to a bureau or a district, its events, its pauses."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from institutions.models import Region
from targets.models.bureau_grants import ByBureau
from targets.models.policies import Bureau, PolicyTask
from yiyang.access.fields import classify
from yiyang.access.roles import Permission
from yiyang.access.scope import Holding, Meeting, Nobody, RowScope, ScopedQuerySet, WholeCity
from yiyang.facts import Fact, FactQuerySet, one_kept

LONGEST_CONTENT, LONGEST_TEXT = 4000, 2000
PERSON = settings.AUTH_USER_MODEL


class SupervisionState(models.TextChoices):
    DRAFT = "DRAFT", "拟办"
    ASSIGNED = "ASSIGNED", "待签收"
    WORKING = "WORKING", "办理中"
    REVIEW = "REVIEW", "待审核"
    CLOSED = "CLOSED", "已销号"
    WITHDRAWN = "WITHDRAWN", "未予立项"


S = SupervisionState
ISSUED = (S.ASSIGNED, S.WORKING, S.REVIEW, S.CLOSED)
OPEN = (S.DRAFT, S.ASSIGNED, S.WORKING, S.REVIEW)


class SupervisionKind(models.TextChoices):
    ROUTINE = "ROUTINE", "工作督办"
    SPECIAL = "SPECIAL", "专项督办"


class Urgency(models.TextChoices):
    NORMAL = "NORMAL", "一般"
    URGENT = "URGENT", "紧急"
    MOST_URGENT = "MOST_URGENT", "特急"


class Basis(models.TextChoices):
    TASK = "TASK", "政策任务"
    INDICATOR = "INDICATOR", "指标落后"
    OTHER = "OTHER", "其他"


class Frequency(models.TextChoices):
    WEEK = "WEEK", "每周"
    MONTH = "MONTH", "每月"
    STAGE = "STAGE", "按阶段"
    ONCE = "ONCE", "办结时一次"


def of_undertakers(path: str = "") -> RowScope:
    """City roles see all, the others what their bureau or region has part in; drafts its makers."""
    part = ByBureau(
        (f"{path}lead_bureau", f"{path}assistants__bureau"),
        (f"{path}lead_region", f"{path}assistants__region"),
    )
    makers = Holding(Permission.MANAGE_POLICIES) | (Holding(Permission.REVIEW) & WholeCity())
    issued: RowScope = Nobody()
    for state in ISSUED:
        issued = issued | Meeting(f"{path}state", state.value)
    return makers | (part & issued)


class Supervision(models.Model):
    """What is to be done, by whom and by when; its steps are events, its state follows them."""

    year = models.PositiveSmallIntegerField("年度", null=True, blank=True)
    serial = models.PositiveIntegerField("序号", null=True, blank=True)
    number = models.CharField("编号", max_length=60, blank=True)
    title = models.CharField("标题", max_length=100)
    kind = models.CharField("类型", max_length=10, choices=SupervisionKind)
    urgency = models.CharField("紧急程度", max_length=12, choices=Urgency)
    basis = models.CharField("依据类别", max_length=10, choices=Basis)
    task = models.ForeignKey(
        PolicyTask, models.PROTECT, null=True, blank=True, related_name="supervisions"
    )
    indicator = models.CharField("指标", max_length=20, blank=True)
    basis_text = models.CharField("依据", max_length=500)
    lead_bureau = models.ForeignKey(
        Bureau, models.PROTECT, null=True, blank=True, related_name="supervisions"
    )
    lead_region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="supervisions"
    )
    content = models.CharField("督办内容", max_length=LONGEST_CONTENT)
    frequency = models.CharField("反馈频次", max_length=10, choices=Frequency)
    allowed_days = models.PositiveSmallIntegerField("办理期限（工作日）", null=True, blank=True)
    due_by = models.DateField("完成期限", null=True, blank=True)
    state = models.CharField("状态", max_length=10, choices=S, default=S.DRAFT)
    drafted_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    drafted_on = models.DateField("立项日期")
    assigned_by = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+")
    assigned_on = models.DateField("交办日期", null=True, blank=True)
    signed_by = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+")
    signed_on = models.DateField("签收日期", null=True, blank=True)
    submitted_by = models.ForeignKey(
        PERSON, models.PROTECT, null=True, blank=True, related_name="+"
    )
    submitted_on = models.DateField("申请销号日期", null=True, blank=True)
    closed_by = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+")
    closed_on = models.DateField("销号日期", null=True, blank=True)
    feedback_on = models.DateField("最近反馈日期", null=True, blank=True)
    feedback_by = models.DateField("要求反馈的日期", null=True, blank=True)

    row_scope = of_undertakers()
    field_classes: ClassVar = classify(
        internal=(
            *("id", "year", "serial", "number", "title", "kind", "urgency", "basis", "task"),
            *("indicator", "basis_text", "lead_bureau", "lead_region", "content", "frequency"),
            *("allowed_days", "due_by", "state", "drafted_by", "drafted_on", "assigned_by"),
            *("assigned_on", "signed_by", "signed_on", "submitted_by", "submitted_on"),
            *("closed_by", "closed_on", "feedback_on", "feedback_by"),
        )
    )
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "督办单"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["year", "serial"],
                name="targets_supervision_serial_once",
                violation_error_message="本年度这一序号已用。",
            ),
            models.UniqueConstraint(
                fields=["number"],
                condition=~Q(number=""),
                name="targets_supervision_number_once",
                violation_error_message="这个编号已用。",
            ),
            models.CheckConstraint(
                condition=Q(lead_bureau=None) ^ Q(lead_region=None),
                name="targets_supervision_one_lead",
                violation_error_message="牵头单位须是一个部门或一个区。",
            ),
            models.CheckConstraint(
                condition=Q(allowed_days=None) ^ Q(due_by=None),
                name="targets_supervision_one_term",
                violation_error_message="期限请填工作日数或日期，二者填一。",
            ),
            models.CheckConstraint(
                condition=Q(allowed_days=None) | Q(allowed_days__gte=1),
                name="targets_supervision_some_days",
                violation_error_message="办理期限至少 1 个工作日。",
            ),
            models.CheckConstraint(
                condition=Q(basis=Basis.TASK, task__isnull=False, indicator="")
                | (Q(basis=Basis.INDICATOR, task=None) & ~Q(indicator=""))
                | Q(basis=Basis.OTHER, task=None, indicator=""),
                name="targets_supervision_basis_named",
                violation_error_message="依据是任务的须指明任务，依据是指标的须指明指标。",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[S.DRAFT, S.WITHDRAWN], assigned_by=None, number="")
                | (Q(state__in=ISSUED, assigned_by__isnull=False, assigned_on__isnull=False))
                & ~Q(number=""),
                name="targets_supervision_issued_is_assigned",
                violation_error_message="交办须有交办人、日期与编号。",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[S.REVIEW, S.CLOSED], submitted_by__isnull=False)
                & Q(submitted_on__isnull=False)
                | ~Q(state__in=[S.REVIEW, S.CLOSED]),
                name="targets_supervision_review_is_submitted",
                violation_error_message="审核、销号之前须有承办单位的销号申请。",
            ),
            models.CheckConstraint(
                condition=Q(state=S.CLOSED, closed_by__isnull=False, closed_on__isnull=False)
                | ~Q(state=S.CLOSED) & Q(closed_by=None),
                name="targets_supervision_closed_by_someone",
                violation_error_message="销号须有销号人与日期。",
            ),
            # 写成“空或不等于”：数据库把空值的比较结果当作通过。
            models.CheckConstraint(
                condition=Q(assigned_by=None) | ~Q(assigned_by=F("drafted_by")),
                name="targets_supervision_assigned_by_another",
                violation_error_message="督办单须由立项人以外的人交办。",
            ),
            models.CheckConstraint(
                condition=Q(closed_by=None)
                | ~Q(closed_by=F("submitted_by")) & ~Q(closed_by=F("drafted_by")),
                name="targets_supervision_closed_by_another",
                violation_error_message="销号须由立项人、申请人以外的人办理。",
            ),
        ]

    def __str__(self) -> str:
        return self.number or self.title


class SupervisionAssistant(Fact):
    """A bureau or district that helps the one in the lead."""

    supervision = models.ForeignKey(Supervision, models.PROTECT, related_name="assistants")
    bureau = models.ForeignKey(Bureau, models.PROTECT, null=True, blank=True, related_name="+")
    region = models.ForeignKey(Region, models.PROTECT, null=True, blank=True, related_name="+")

    row_scope = of_undertakers("supervision__")
    field_classes: ClassVar = classify(
        internal=("id", "supervision", "bureau", "region", "voided_at", "void_reason")
    )
    objects = FactQuerySet.as_manager()

    class Meta(Fact.Meta):
        verbose_name = verbose_name_plural = "督办协办单位"
        ordering = ["id"]
        constraints = [
            *Fact.Meta.constraints,
            one_kept(
                "supervision",
                "bureau",
                "region",
                name="targets_assistant_once",
                message="这个单位已是协办单位。",
            ),
            models.CheckConstraint(
                condition=Q(bureau=None) ^ Q(region=None),
                name="targets_assistant_one_unit",
                violation_error_message="协办单位须是一个部门或一个区。",
            ),
        ]


class SupervisionPause(Fact):
    """From when to when the clock stands, and why; open while papers are still missing."""

    supervision = models.ForeignKey(Supervision, models.PROTECT, related_name="pauses")
    stopped_on = models.DateField("暂停日期")
    resumed_on = models.DateField("恢复日期", null=True, blank=True)
    reason = models.CharField("原因", max_length=LONGEST_TEXT)

    row_scope = of_undertakers("supervision__")
    field_classes: ClassVar = classify(
        internal=(
            *("id", "supervision", "stopped_on", "resumed_on", "reason"),
            *("voided_at", "void_reason"),
        )
    )
    objects = FactQuerySet.as_manager()

    class Meta(Fact.Meta):
        verbose_name = verbose_name_plural = "督办暂停"
        ordering = ["stopped_on", "id"]
        constraints = [
            *Fact.Meta.constraints,
            models.UniqueConstraint(
                fields=["supervision"],
                condition=Q(resumed_on=None, voided_at=None),
                name="targets_pause_one_open",
                violation_error_message="已在暂停中，请先恢复计时。",
            ),
            models.CheckConstraint(
                condition=Q(resumed_on=None) | Q(resumed_on__gte=F("stopped_on")),
                name="targets_pause_ends_after_start",
                violation_error_message="恢复日期不能早于暂停日期。",
            ),
        ]


class SupervisionVerb(models.TextChoices):
    OPEN = "OPEN", "立项"
    AMEND = "AMEND", "修改"
    WITHDRAW = "WITHDRAW", "不予立项"
    ASSIGN = "ASSIGN", "交办"
    SIGN = "SIGN", "签收"
    FEEDBACK = "FEEDBACK", "反馈"
    ASSIST = "ASSIST", "协办反馈"
    SUBMIT = "SUBMIT", "申请销号"
    CLOSE = "CLOSE", "销号"
    RETURN = "RETURN", "退回"
    CHASE = "CHASE", "催办"
    PAUSE = "PAUSE", "暂停计时（补正）"
    RESUME = "RESUME", "恢复计时"


class SupervisionEvent(models.Model):
    """One step of an order: who, when, what was said; append-only."""

    supervision = models.ForeignKey(Supervision, models.PROTECT, related_name="events")
    verb = models.CharField("办理", max_length=10, choices=SupervisionVerb)
    state = models.CharField("办理后的状态", max_length=10, choices=S)
    assistant = models.ForeignKey(
        SupervisionAssistant,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="反馈的协办单位",
    )
    text = models.CharField("情况", max_length=LONGEST_TEXT, blank=True)
    asked_by = models.DateField("要求反馈的日期", null=True, blank=True)
    taken_on = models.DateField("日期")
    taken_at = models.DateTimeField("时间", auto_now_add=True)
    author = models.ForeignKey(PERSON, models.PROTECT, related_name="+")

    row_scope = of_undertakers("supervision__")
    field_classes: ClassVar = classify(
        internal=(
            *("id", "supervision", "verb", "state", "assistant", "text", "asked_by"),
            *("taken_on", "taken_at", "author"),
        )
    )
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "督办记录"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(verb=SupervisionVerb.ASSIST, assistant__isnull=False)
                | (~Q(verb=SupervisionVerb.ASSIST) & Q(assistant=None)),
                name="targets_event_assist_names_the_unit",
                violation_error_message="协办反馈须写明是哪个协办单位的。",
            )
        ]
