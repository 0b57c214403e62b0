"""The sessions an account holds or held, known by the digest of their key."""

from __future__ import annotations

import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from yiyang.access.fields import FieldClass, classify
from yiyang.access.models.users import User
from yiyang.access.roles import Permission
from yiyang.access.scope import Holding, Own, RowScope, ScopedQuerySet


class SessionEnd(models.TextChoices):
    SIGNED_OUT = "SIGNED_OUT", "本人退出"
    REVOKED = "REVOKED", "本人结束"
    REPLACED = "REPLACED", "在别处登录"
    TOO_OLD = "TOO_OLD", "超过最长时限"
    PASSWORD = "PASSWORD", "口令已改"
    CODE_DEVICE = "CODE_DEVICE", "动态验证码已重置"
    ROLE = "ROLE", "角色已变更"
    DISABLED = "DISABLED", "账号已停用"


class AccountSessionQuerySet(ScopedQuerySet["AccountSession"]):
    def open_at(self, at: datetime.datetime) -> Self:
        """Sessions neither ended nor run out, the latest used first."""
        idle = datetime.timedelta(seconds=settings.SESSION_COOKIE_AGE)
        longest = datetime.timedelta(hours=settings.SESSION_LONGEST_HOURS)
        # 活动时间隔一会儿才记一次，所以闲置多放宽那一会儿。
        slack = datetime.timedelta(seconds=settings.SESSION_SEEN_SECONDS)
        return self.filter(
            ended_at=None, last_seen_at__gt=at - idle - slack, begun_at__gt=at - longest
        ).order_by("-last_seen_at")


class AccountSession(models.Model):
    """One sign-in of an account, from where it came and how long it lasted."""

    user = models.ForeignKey(User, models.PROTECT, related_name="sessions", verbose_name="账号")
    # 与会话表的主键相同：由会话密钥算出，反过来得不到密钥。
    digest = models.CharField("会话摘要", max_length=40, unique=True)
    network = models.GenericIPAddressField("来源地址", null=True)
    device = models.CharField("设备", max_length=60)
    begun_at = models.DateTimeField("登录时间")
    last_seen_at = models.DateTimeField("最近活动")
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)
    end = models.CharField("结束原因", max_length=12, choices=SessionEnd, blank=True)

    objects = AccountSessionQuerySet.as_manager()

    row_scope: ClassVar[RowScope] = Own("user") | Holding(Permission.MANAGE_ACCOUNTS)
    field_classes: ClassVar[dict[str, FieldClass]] = classify(
        internal=("id", "user", "network", "device", "begun_at", "last_seen_at", "ended_at", "end"),
        restricted=("digest",),
    )

    class Meta:
        verbose_name = verbose_name_plural = "会话"
        indexes = (models.Index(fields=["user", "-last_seen_at"], name="session_of_user"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(ended_at=None, end="")
                | Q(ended_at__isnull=False, end__in=SessionEnd.values),
                name="session_end_has_reason",
                violation_error_message="会话结束须写明原因。",
            ),
        )

    def __str__(self) -> str:
        return f"账号{self.user_id} {self.begun_at:%Y-%m-%d %H:%M}"
