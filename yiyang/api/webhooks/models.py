"""Subscriptions, and the outbox of what is to be told to each."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar, Self
from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import OuterRef, Q, Subquery

from yiyang.access.fields import FieldClass, classify
from yiyang.access.roles import Permission
from yiyang.access.scope import Holding, Own, RowScope, ScopedManager, ScopedQuerySet
from yiyang.api.models import ApiToken


class SubscriptionQuerySet(ScopedQuerySet["Subscription"]):
    """Reads of subscriptions."""

    def open_on(self, day: date) -> Self:
        """Those not ended whose token still opens the API."""
        return self.filter(
            ended_at=None,
            token__revoked_at=None,
            token__expires_on__gte=day,
            token__user__is_active=True,
        )

    def with_last_notice(self) -> Self:
        """Each with how its last notice fared, as `last_…`; null where there was none."""
        last = Delivery.objects.filter(subscription=OuterRef("pk")).order_by("-id")
        fates = ("up_to", "state", "attempts", "trouble", "done_at")
        return self.annotate(**{f"last_{name}": Subquery(last.values(name)[:1]) for name in fates})


class Subscription(models.Model):
    """An address to tell of new numbers; what is told is signed with its own secret.

    The secret is kept wrapped by the master key, like the key of a person or a file.
    """

    uid = models.UUIDField("编号", default=uuid4, unique=True, editable=False)
    token = models.ForeignKey(
        ApiToken, models.PROTECT, related_name="subscriptions", verbose_name="令牌"
    )
    url = models.CharField("通知地址", max_length=500)
    resources = ArrayField(
        models.SlugField(max_length=40),
        verbose_name="关心的资源",
        default=list,
        blank=True,
        help_text="空为令牌能读的全部",
    )
    wrapped = models.BinaryField("包裹的密钥")
    started_at = models.DateTimeField("订阅时间")
    ended_at = models.DateTimeField("退订时间", null=True, blank=True)

    objects = SubscriptionQuerySet.as_manager()

    row_scope: ClassVar[RowScope] = Holding(Permission.MANAGE_ACCOUNTS) | Own("token__user")
    field_classes: ClassVar[dict[str, FieldClass]] = classify(
        internal=("id", "uid", "token", "url", "resources", "started_at", "ended_at"),
        personal=("wrapped",),
    )

    class Meta:
        verbose_name = verbose_name_plural = "变更订阅"
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(url__startswith="https://"),
                name="yiyang_subscription_https",
                violation_error_message="通知地址须以 https:// 开头。",
            ),
        )

    def __str__(self) -> str:
        return f"{self.uid}"


class SubscriptionPlace(models.Model):
    """How far the log has been looked through for a subscription; its row is the lock."""

    subscription = models.OneToOneField(
        Subscription,
        models.PROTECT,
        primary_key=True,
        related_name="place",
        verbose_name="订阅",
    )
    seen_number = models.BigIntegerField("看到的编号")

    objects = ScopedManager()

    row_scope: ClassVar[RowScope] = Own("subscription__token__user")
    field_classes: ClassVar[dict[str, FieldClass]] = classify(
        internal=("subscription", "seen_number")
    )

    class Meta:
        verbose_name = verbose_name_plural = "订阅进度"

    def __str__(self) -> str:
        return f"{self.subscription_id}：{self.seen_number}"


class DeliveryState(models.TextChoices):
    PENDING = "PENDING", "待送"
    DELIVERED = "DELIVERED", "送达"
    DEAD = "DEAD", "送不到"


class DeliveryQuerySet(ScopedQuerySet["Delivery"]):
    """Reads of the outbox."""

    def due(self, at: datetime) -> Self:
        """What is to be sent by now, longest waiting first."""
        return self.filter(state=DeliveryState.PENDING, due_at__lte=at).order_by("due_at", "id")


class Delivery(models.Model):
    """One notice: there are changes up to a number. It carries no data of any register."""

    uid = models.UUIDField("编号", default=uuid4, unique=True, editable=False)
    subscription = models.ForeignKey(
        Subscription, models.PROTECT, related_name="deliveries", verbose_name="订阅"
    )
    up_to = models.BigIntegerField("变更到哪个编号")
    state = models.CharField(
        "状态", max_length=10, choices=DeliveryState, default=DeliveryState.PENDING
    )
    made_at = models.DateTimeField("写入时间")
    due_at = models.DateTimeField("下次投递")
    attempts = models.PositiveSmallIntegerField("投递次数", default=0)
    done_at = models.DateTimeField("了结时间", null=True, blank=True)
    trouble = models.CharField("没送到的原因", max_length=200, blank=True)

    objects = DeliveryQuerySet.as_manager()

    row_scope: ClassVar[RowScope] = Holding(Permission.MANAGE_ACCOUNTS) | Own(
        "subscription__token__user"
    )
    field_classes: ClassVar[dict[str, FieldClass]] = classify(
        internal=(
            *("id", "uid", "subscription", "up_to", "state", "made_at", "due_at", "attempts"),
            *("done_at", "trouble"),
        )
    )

    class Meta:
        verbose_name = verbose_name_plural = "变更通知"
        ordering = ("-id",)
        indexes = (
            models.Index(
                fields=["due_at"], condition=Q(state="PENDING"), name="yiyang_delivery_due"
            ),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(state="PENDING", done_at=None)
                | (Q(state__in=("DELIVERED", "DEAD")) & Q(done_at__isnull=False)),
                name="yiyang_delivery_done_or_not",
                violation_error_message="了结的通知须有时间，待送的没有。",
            ),
            models.CheckConstraint(
                condition=~Q(state="DEAD") | ~Q(trouble=""),
                name="yiyang_delivery_dead_for_a_reason",
                violation_error_message="送不到的通知须写明原因。",
            ),
        )

    def __str__(self) -> str:
        return f"{self.uid}：{self.up_to}"
