"""Who gets the reports by e-mail, and the outbox of what is to be sent to each."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Self
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q

from institutions.models import Region
from targets.models.papers import Paper
from yiyang.access.fields import classify
from yiyang.access.roles import Permission
from yiyang.access.scope import Holding, Own, ScopedQuerySet

ACCOUNT = settings.AUTH_USER_MODEL
LONGEST_TROUBLE = 200


class ReportFrequency(models.TextChoices):
    """How often; each is one kind of report."""

    DAILY = "DAILY", "每日"
    WEEKLY = "WEEKLY", "每周"
    MONTHLY = "MONTHLY", "每月"
    QUARTERLY = "QUARTERLY", "每季"
    YEARLY = "YEARLY", "每年"


class ReportThreshold(models.TextChoices):
    """What must stand in a report for it to be sent."""

    ALWAYS = "ALWAYS", "总是"
    CHANGED = "CHANGED", "有变化时"
    WORSE = "WORSE", "有新增未达标或落后时"


class EndReason(models.TextChoices):
    BY_ACCOUNT = "BY_ACCOUNT", "本人退订"
    BY_LINK = "BY_LINK", "由邮件里的链接退订"
    BY_ADMINISTRATOR = "BY_ADMINISTRATOR", "系统管理员停止"
    OUT_OF_SCOPE = "OUT_OF_SCOPE", "区划授权已收回"
    ACCOUNT_CLOSED = "ACCOUNT_CLOSED", "账号已停用"


class ReportSubscriptionQuerySet(ScopedQuerySet["ReportSubscription"]):
    """Reads of subscriptions."""

    def open(self) -> Self:
        return self.filter(ended_at=None)

    def mailed(self) -> Self:
        """Those mail goes to: neither ended nor paused, and the address confirmed."""
        return self.open().filter(paused_at=None, confirmed_at__isnull=False)


class ReportSubscription(models.Model):
    """One account's wish to get the reports of a region at an address.

    The address is never changed: another address is another subscription, confirmed anew.
    """

    uid = models.UUIDField("编号", default=uuid4, unique=True, editable=False)
    account = models.ForeignKey(
        ACCOUNT, models.PROTECT, related_name="report_subscriptions", verbose_name="账号"
    )
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="区划")
    address = models.EmailField("邮箱", max_length=254)
    frequency = models.CharField("频次", max_length=10, choices=ReportFrequency)
    threshold = models.CharField(
        "条件", max_length=10, choices=ReportThreshold, default=ReportThreshold.ALWAYS
    )
    has_workbook = models.BooleanField("附 Excel", default=False)
    started_at = models.DateTimeField("订阅时间")
    sends_from = models.DateTimeField(
        "从何时起寄", help_text="此后成稿的报告才寄：订阅、确认、恢复时移到当时"
    )
    confirmed_at = models.DateTimeField("邮箱确认时间", null=True, blank=True)
    paused_at = models.DateTimeField("暂停时间", null=True, blank=True)
    ended_at = models.DateTimeField("退订时间", null=True, blank=True)
    end_reason = models.CharField("退订原因", max_length=20, choices=EndReason, blank=True)

    row_scope = Holding(Permission.MANAGE_SYSTEM) | Own("account")
    field_classes: ClassVar = classify(
        internal=(
            *("id", "uid", "account", "region", "address", "frequency", "threshold"),
            *("has_workbook", "started_at", "sends_from", "confirmed_at", "paused_at"),
            *("ended_at", "end_reason"),
        )
    )
    objects = ReportSubscriptionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "报告订阅"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "region", "address", "frequency"],
                condition=Q(ended_at=None),
                name="targets_subscription_once",
                violation_error_message="这个邮箱已订阅该区划的同一种报告，请在列表里修改。",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, end_reason="")
                | (Q(ended_at__isnull=False) & ~Q(end_reason="")),
                name="targets_subscription_ended_for_a_reason",
                violation_error_message="退订须写明原因。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.uid}"


class MailKind(models.TextChoices):
    REPORT = "REPORT", "报告"
    CONFIRMATION = "CONFIRMATION", "确认邮箱"
    SILENCE = "SILENCE", "没有量度的提醒"


class MailState(models.TextChoices):
    """Where a mail stands; only PENDING ones are sent, and only SENDING ones are being sent."""

    PENDING = "PENDING", "待寄"
    SENDING = "SENDING", "正在寄"
    SENT = "SENT", "已寄出"
    DEAD = "DEAD", "寄不出"
    IN_DOUBT = "IN_DOUBT", "不知是否寄出"
    DROPPED = "DROPPED", "不再寄"


S = MailState
OPEN_STATES = (S.PENDING, S.SENDING)
TROUBLED_STATES = (S.DEAD, S.IN_DOUBT)


class ReportMailQuerySet(ScopedQuerySet["ReportMail"]):
    """Reads of the outbox."""

    def due(self, at: datetime) -> Self:
        """What is to be sent by now, longest waiting first."""
        return self.filter(state=S.PENDING, due_at__lte=at).order_by("due_at", "id")

    def troubled(self) -> Self:
        """What did not go out, or may not have, and nobody has looked at yet."""
        return self.filter(state__in=TROUBLED_STATES, acknowledged_at=None)

    def settled(self) -> Self:
        """What nobody needs to do anything about any more."""
        seen_to = ~Q(state__in=TROUBLED_STATES) | Q(acknowledged_at__isnull=False)
        return self.filter(seen_to, done_at__isnull=False)


class ReportMail(models.Model):
    """One mail of a subscription, sent at most once.

    `claimed_at` is committed before any connection is made, `handed_at` just before the message
    is handed over: what a worker left behind when it died can be told from the two.
    """

    uid = models.UUIDField("编号", default=uuid4, unique=True, editable=False)
    subscription = models.ForeignKey(
        ReportSubscription, models.PROTECT, related_name="mails", verbose_name="订阅"
    )
    kind = models.CharField("类别", max_length=12, choices=MailKind, default=MailKind.REPORT)
    key = models.CharField("事由", max_length=80, help_text="同一订阅的同一事由只有一封")
    paper = models.ForeignKey(
        Paper, models.PROTECT, null=True, blank=True, related_name="mails", verbose_name="报告"
    )
    state = models.CharField("状态", max_length=10, choices=MailState, default=S.PENDING)
    made_at = models.DateTimeField("写入时间")
    due_at = models.DateTimeField("何时可寄")
    attempts = models.PositiveSmallIntegerField("寄了几次", default=0)
    claimed_at = models.DateTimeField("开始寄的时间", null=True, blank=True)
    handed_at = models.DateTimeField("开始交出正文的时间", null=True, blank=True)
    done_at = models.DateTimeField("了结时间", null=True, blank=True)
    trouble = models.CharField("没寄出的原因", max_length=LONGEST_TROUBLE, blank=True)
    acknowledged_at = models.DateTimeField("处理时间", null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        ACCOUNT,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="处理人",
    )

    row_scope = Holding(Permission.MANAGE_SYSTEM) | Own("subscription__account")
    field_classes: ClassVar = classify(
        internal=(
            *("id", "uid", "subscription", "kind", "key", "paper", "state", "made_at", "due_at"),
            *("attempts", "claimed_at", "handed_at", "done_at", "trouble"),
            *("acknowledged_at", "acknowledged_by"),
        )
    )
    objects = ReportMailQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "报告邮件"
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(state__in=["PENDING", "SENDING"]),
                name="targets_mail_open",
            ),
            models.Index(
                fields=["state"],
                condition=Q(state__in=["DEAD", "IN_DOUBT"]),
                name="targets_mail_troubled",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["subscription", "key"],
                name="targets_mail_once",
                violation_error_message="这一订阅的这一事由已有邮件。",
            ),
            models.UniqueConstraint(
                fields=["subscription", "paper"],
                name="targets_mail_of_paper_once",
                violation_error_message="这份报告已给这一订阅写过邮件。",
            ),
            models.CheckConstraint(
                condition=Q(kind=MailKind.REPORT, paper__isnull=False)
                | (~Q(kind=MailKind.REPORT) & Q(paper=None)),
                name="targets_mail_report_has_paper",
                violation_error_message="报告邮件须指明报告，别的邮件没有报告。",
            ),
            models.CheckConstraint(
                condition=Q(state__in=OPEN_STATES, done_at=None)
                | (~Q(state__in=OPEN_STATES) & Q(done_at__isnull=False)),
                name="targets_mail_done_or_not",
                violation_error_message="了结的邮件须有时间，待寄的没有。",
            ),
            models.CheckConstraint(
                condition=Q(state=S.SENDING, claimed_at__isnull=False) | ~Q(state=S.SENDING),
                name="targets_mail_sending_is_claimed",
                violation_error_message="正在寄的邮件须有开始的时间。",
            ),
            models.CheckConstraint(
                condition=~Q(state=S.PENDING) | Q(handed_at=None),
                name="targets_mail_pending_is_not_handed",
                violation_error_message="待寄的邮件还没有交出正文。",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[S.DEAD, S.IN_DOUBT, S.DROPPED]) | ~Q(trouble=""),
                name="targets_mail_unsent_for_a_reason",
                violation_error_message="没寄出的邮件须写明原因。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.uid}：{self.state}"
