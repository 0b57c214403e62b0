"""建议提案: one recommendation or proposal to be answered, its events, the figures it uses."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from institutions.models import Region
from targets.models.bureau_grants import ByBureau
from targets.models.policies import Bureau
from targets.models.runs import IndicatorRun
from targets.papers.sentences import Since
from yiyang.access.fields import classify
from yiyang.access.roles import Permission
from yiyang.access.scope import Holding, RowScope, ScopedQuerySet
from yiyang.facts import Fact, FactQuerySet, one_kept

PERSON = settings.AUTH_USER_MODEL
LONGEST_REPLY, LONGEST_TEXT = 8000, 2000
MOST_FIGURES = 99


class ProposalKind(models.TextChoices):
    RECOMMENDATION = "RECOMMENDATION", "人大建议"
    PROPOSAL = "PROPOSAL", "政协提案"


class ProposerKind(models.TextChoices):
    """Who speaks: a body, or deputies and members in their public office."""

    DELEGATION = "DELEGATION", "代表团"
    DEPUTIES = "DEPUTIES", "代表（含联名）"
    PARTY = "PARTY", "党派团体"
    SECTOR = "SECTOR", "界别"
    MEMBERS = "MEMBERS", "委员（含联名）"
    COMMITTEE = "COMMITTEE", "专门委员会"


class ProposalResult(models.TextChoices):
    """办理结果 as offices class it."""

    SOLVED = "A", "A类：已经解决或采纳"
    PLANNED = "B", "B类：正在解决或列入计划"
    REFERENCE = "C", "C类：留作参考"


class Satisfaction(models.TextChoices):
    SATISFIED = "SATISFIED", "满意"
    FAIRLY = "FAIRLY", "基本满意"
    DISSATISFIED = "DISSATISFIED", "不满意"
    SILENT = "SILENT", "未反馈"


class ProposalState(models.TextChoices):
    REGISTERED = "REGISTERED", "已登记"
    HANDLING = "HANDLING", "承办中"
    DRAFTING = "DRAFTING", "起草中"
    REVIEW = "REVIEW", "待审核"
    APPROVED = "APPROVED", "待答复"
    ANSWERED = "ANSWERED", "已答复"
    ARCHIVED = "ARCHIVED", "已归档"
    DECLINED = "DECLINED", "已退回交办单位"


S = ProposalState
OPEN = (S.REGISTERED, S.HANDLING, S.DRAFTING, S.REVIEW, S.APPROVED)
SENT = (S.ANSWERED, S.ARCHIVED)


def of_bureaus(path: str = "") -> RowScope:
    """City roles see all of the city's, a liaison those its bureau leads or assists."""
    bureaus = (f"{path}lead", f"{path}assistants__bureau")
    return Holding(Permission.VIEW_TARGETS) & ByBureau(bureaus, (f"{path}region",))


class Proposal(models.Model):
    """What was proposed, who answers by when, and what is answered.

    The proposer is a body or holds a public office; no address, telephone or private person.
    """

    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="区划")
    kind = models.CharField("类别", max_length=16, choices=ProposalKind)
    year = models.PositiveSmallIntegerField("年度")
    number = models.CharField("编号", max_length=30)
    title = models.CharField("案由", max_length=100)
    proposer_kind = models.CharField("提出者类别", max_length=12, choices=ProposerKind)
    proposer = models.CharField("提出者", max_length=60)
    wording = models.CharField("建议要点", max_length=LONGEST_TEXT, blank=True)
    assigned_on = models.DateField("交办日期")
    lead = models.ForeignKey(Bureau, models.PROTECT, related_name="+", verbose_name="承办单位")
    due_by = models.DateField("答复期限")
    extended_to = models.DateField("延期到", null=True, blank=True)
    state = models.CharField("状态", max_length=12, choices=S, default=S.REGISTERED)
    round = models.PositiveSmallIntegerField("第几次办理", default=1)
    registered_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    registered_on = models.DateField("登记日期")
    reply = models.CharField("答复正文", max_length=LONGEST_REPLY, blank=True)
    result = models.CharField("办理结果", max_length=1, choices=ProposalResult, blank=True)
    drafted_by = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+")
    submitted_by = models.ForeignKey(
        PERSON, models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_by = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+")
    approved_on = models.DateField("审核日期", null=True, blank=True)
    answered_on = models.DateField("答复日期", null=True, blank=True)
    letter = models.CharField("复函文号", max_length=60, blank=True)
    satisfaction = models.CharField("满意度", max_length=12, choices=Satisfaction, blank=True)

    row_scope = of_bureaus()
    field_classes: ClassVar = classify(
        internal=(
            *("id", "region", "kind", "year", "number", "title", "proposer_kind", "proposer"),
            *("wording", "assigned_on", "lead", "due_by", "extended_to", "state", "round"),
            *("registered_by", "registered_on", "reply", "result", "drafted_by", "submitted_by"),
            *("approved_by", "approved_on", "answered_on", "letter", "satisfaction"),
        )
    )
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "建议提案"
        ordering = ["-year", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "kind", "year", "number"],
                condition=~Q(state=S.DECLINED),
                name="targets_proposal_number_once",
                violation_error_message="本年度这一类别的这个编号已登记；请核对编号。",
            ),
            models.CheckConstraint(
                condition=Q(due_by__gte=F("assigned_on")),
                name="targets_proposal_due_after_assigned",
                violation_error_message="答复期限不能早于交办日期。",
            ),
            models.CheckConstraint(
                condition=Q(extended_to=None) | Q(extended_to__gt=F("due_by")),
                name="targets_proposal_extended_later",
                violation_error_message="延期须晚于原来的期限。",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[S.REVIEW, S.APPROVED, *SENT])
                | (Q(drafted_by__isnull=False, submitted_by__isnull=False))
                & ~Q(reply="")
                & ~Q(result=""),
                name="targets_proposal_review_has_reply",
                violation_error_message="送审须有答复正文与办理结果。",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[S.APPROVED, *SENT])
                | Q(approved_by__isnull=False, approved_on__isnull=False),
                name="targets_proposal_sent_is_approved",
                violation_error_message="答复须先经审核。",
            ),
            # 写成“空或不等于”：数据库把空值的比较结果当作通过。
            models.CheckConstraint(
                condition=Q(approved_by=None)
                | ~Q(approved_by=F("submitted_by")) & ~Q(approved_by=F("drafted_by")),
                name="targets_proposal_approved_by_another",
                violation_error_message="答复须由起草人、送审人以外的人审核。",
            ),
            models.CheckConstraint(
                condition=Q(state__in=SENT, answered_on__isnull=False)
                | (~Q(state__in=SENT) & Q(answered_on=None, satisfaction="")),
                name="targets_proposal_sent_has_day",
                violation_error_message="已答复的须有答复日期；未答复的没有满意度。",
            ),
            models.CheckConstraint(
                condition=~Q(state=S.ARCHIVED) | ~Q(satisfaction=""),
                name="targets_proposal_archived_is_judged",
                violation_error_message="归档前须登记满意度；没有反馈的登记“未反馈”。",
            ),
        ]

    @property
    def last_day(self) -> date:
        """The last day in time, extension included."""
        return self.extended_to or self.due_by


class ProposalAssistant(Fact):
    """会办单位: a bureau whose opinion goes into the answer."""

    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="assistants")
    bureau = models.ForeignKey(Bureau, models.PROTECT, related_name="+")

    row_scope = of_bureaus("proposal__")
    field_classes: ClassVar = classify(
        internal=("id", "proposal", "bureau", "voided_at", "void_reason")
    )
    objects = FactQuerySet.as_manager()

    class Meta(Fact.Meta):
        verbose_name = verbose_name_plural = "会办单位"
        ordering = ["id"]
        constraints = [
            *Fact.Meta.constraints,
            one_kept(
                "proposal",
                "bureau",
                name="targets_proposalassistant_once",
                message="这个部门已是会办单位。",
            ),
        ]


class FigureSide(models.TextChoices):
    """Which number of a figure is told."""

    VALUE = "VALUE", "指标值"
    NUMERATOR = "NUMERATOR", "分子"
    DENOMINATOR = "DENOMINATOR", "分母"


class ProposalFigure(Fact):
    """A figure an answer uses, as {n}: a reading in a region, from one or two stored runs.

    The numbers themselves stay where the runs left them; nothing here can differ from them.
    """

    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="figures")
    number = models.PositiveSmallIntegerField("序号")
    name = models.CharField("写作", max_length=60)
    indicator = models.CharField("指标", max_length=20)
    reading = models.CharField("口径", max_length=40)
    side = models.CharField("取数", max_length=12, choices=FigureSide)
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="区划")
    run = models.ForeignKey(IndicatorRun, models.PROTECT, related_name="+", verbose_name="本期批次")
    earlier_run = models.ForeignKey(
        IndicatorRun,
        models.PROTECT,
        related_name="+",
        verbose_name="对比批次",
        null=True,
        blank=True,
    )
    since = models.CharField(
        "对比的说法",
        max_length=12,
        choices=[(one.name, f"比{one}") for one in Since],
        blank=True,
    )

    row_scope = of_bureaus("proposal__")
    field_classes: ClassVar = classify(
        internal=(
            *("id", "proposal", "number", "name", "indicator", "reading", "side", "region"),
            *("run", "earlier_run", "since", "voided_at", "void_reason"),
        )
    )
    objects = FactQuerySet.as_manager()

    class Meta(Fact.Meta):
        verbose_name = verbose_name_plural = "答复所用数字"
        ordering = ["number", "id"]
        constraints = [
            *Fact.Meta.constraints,
            one_kept(
                "proposal",
                "number",
                name="targets_proposalfigure_once",
                message="这个序号已有数字；请换一个序号。",
            ),
            models.CheckConstraint(
                condition=Q(number__gte=1, number__lte=MOST_FIGURES),
                name="targets_proposalfigure_number",
                violation_error_message=f"一份答复最多引用 {MOST_FIGURES} 个数字。",
            ),
            models.CheckConstraint(
                condition=Q(earlier_run=None) | ~Q(earlier_run=F("run")),
                name="targets_proposalfigure_two_runs",
                violation_error_message="对比须是另一次量度。",
            ),
        ]


class ProposalVerb(models.TextChoices):
    REGISTER = "REGISTER", "登记"
    AMEND = "AMEND", "修改登记"
    TAKE = "TAKE", "承办"
    DRAFT = "DRAFT", "起草"
    SUBMIT = "SUBMIT", "送审"
    RETURN = "RETURN", "退回修改"
    APPROVE = "APPROVE", "审核通过"
    ANSWER = "ANSWER", "答复"
    JUDGE = "JUDGE", "登记满意度"
    REDO = "REDO", "重新办理"
    ARCHIVE = "ARCHIVE", "归档"
    EXTEND = "EXTEND", "延期"
    OPINE = "OPINE", "会办意见"
    DECLINE = "DECLINE", "退回交办单位"


class ProposalEvent(models.Model):
    """One step: who, when, what was said; append-only."""

    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="events")
    verb = models.CharField("办理", max_length=10, choices=ProposalVerb)
    state = models.CharField("办理后的状态", max_length=12, choices=S)
    round = models.PositiveSmallIntegerField("第几次办理", default=1)
    assistant = models.ForeignKey(
        ProposalAssistant,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="会办单位",
    )
    text = models.CharField("情况", max_length=LONGEST_TEXT, blank=True)
    taken_on = models.DateField("日期")
    taken_at = models.DateTimeField("时间", auto_now_add=True)
    author = models.ForeignKey(PERSON, models.PROTECT, related_name="+")

    row_scope = of_bureaus("proposal__")
    field_classes: ClassVar = classify(
        internal=(
            *("id", "proposal", "verb", "state", "round", "assistant", "text"),
            *("taken_on", "taken_at", "author"),
        )
    )
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "建议提案办理记录"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(verb=ProposalVerb.OPINE, assistant__isnull=False)
                | (~Q(verb=ProposalVerb.OPINE) & Q(assistant=None)),
                name="targets_proposalevent_opinion_names_the_bureau",
                violation_error_message="会办意见须写明是哪个会办单位的。",
            )
        ]
