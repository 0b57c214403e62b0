"""Tokens by which another office's system calls in: only their digest is kept."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from yiyang.access.fields import FieldClass, classify
from yiyang.access.roles import Permission
from yiyang.access.scope import Holding, Nobody, Own, RowScope, ScopedManager, ScopedQuerySet


class ApiTokenQuerySet(ScopedQuerySet["ApiToken"]):
    """Reads of tokens."""

    def usable(self, day: date) -> Self:
        """Tokens that open the API on `day`; the last day counts."""
        return self.filter(revoked_at=None, expires_on__gte=day, user__is_active=True)


class ApiToken(models.Model):
    """One token of one system: what it may read and write, from where, and until which day.

    `networks` are CIDR blocks; a call from anywhere else is refused. A token without regions of
    its own (institutions.TokenRegion) reaches as far as its account.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="api_tokens",
        verbose_name="接口账号",
    )
    name = models.CharField("用途", max_length=60)
    prefix = models.CharField("令牌开头", max_length=16, unique=True)
    digest = models.CharField("令牌摘要", max_length=64)
    reads = ArrayField(
        models.SlugField(max_length=40), verbose_name="可读的资源", default=list, blank=True
    )
    writes = ArrayField(
        models.SlugField(max_length=40), verbose_name="可写的资源", default=list, blank=True
    )
    networks = ArrayField(models.CharField(max_length=43), verbose_name="允许的网段")
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="签发人",
        help_text="由命令签发的没有签发人",
    )
    issued_on = models.DateField("签发日期")
    expires_on = models.DateField("到期日期", help_text="最后一个有效日")
    revoked_at = models.DateTimeField("收回时间", null=True, blank=True)
    replaces = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="replaced_by",
        verbose_name="接替的令牌",
    )

    objects = ApiTokenQuerySet.as_manager()

    row_scope: ClassVar[RowScope] = Holding(Permission.MANAGE_ACCOUNTS) | Own("user")
    field_classes: ClassVar[dict[str, FieldClass]] = classify(
        internal=(
            *("id", "user", "name", "prefix", "reads", "writes", "networks", "issued_by"),
            *("issued_on", "expires_on", "revoked_at", "replaces"),
        ),
        restricted=("digest",),
    )

    class Meta:
        verbose_name = verbose_name_plural = "接口令牌"
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(expires_on__gte=models.F("issued_on")),
                name="api_token_expires_after_issue",
                violation_error_message="到期日期不能早于签发日期。",
            ),
            models.CheckConstraint(
                condition=Q(networks__len__gte=1),
                name="api_token_bound_to_networks",
                violation_error_message="请填写至少一个允许的网段，如 10.1.2.0/24。",
            ),
            models.CheckConstraint(
                condition=~Q(name=""),
                name="api_token_named",
                violation_error_message="请写明令牌的用途。",
            ),
        )

    def __str__(self) -> str:
        return f"{self.name}（{self.prefix}…）"


class ApiTokenUse(models.Model):
    """When and from where a token was last used; kept to the minute, beside the token."""

    token = models.OneToOneField(
        ApiToken, models.PROTECT, primary_key=True, related_name="last_use", verbose_name="令牌"
    )
    used_at = models.DateTimeField("最近使用")
    network = models.GenericIPAddressField("来源地址", null=True)

    objects = ScopedManager()

    row_scope: ClassVar[RowScope] = Holding(Permission.MANAGE_ACCOUNTS) | Own("token__user")
    field_classes: ClassVar[dict[str, FieldClass]] = classify(
        internal=("token", "used_at", "network")
    )

    class Meta:
        verbose_name = verbose_name_plural = "令牌使用"

    def __str__(self) -> str:
        return f"令牌{self.token_id} {self.used_at:%Y-%m-%d %H:%M}"


class ApiAnswer(models.Model):
    """The answer a call under an Idempotency-Key was given, kept to be given again."""

    token = models.ForeignKey(ApiToken, models.PROTECT, related_name="answers", verbose_name="令牌")
    key = models.CharField("幂等键", max_length=100)
    fingerprint = models.CharField("请求指纹", max_length=64)
    status = models.PositiveSmallIntegerField("状态码")
    headers = models.JSONField("响应头", default=dict)
    body = models.TextField("响应内容")
    stored_at = models.DateTimeField("存下的时间")

    objects = ScopedManager()

    row_scope: ClassVar[RowScope] = Nobody()
    field_classes: ClassVar[dict[str, FieldClass]] = classify(
        internal=("id", "token", "key", "fingerprint", "status", "headers", "body", "stored_at")
    )

    class Meta:
        verbose_name = verbose_name_plural = "接口的答复"
        indexes = (models.Index(fields=["stored_at"], name="api_answer_stored"),)
        constraints = (
            models.UniqueConstraint(
                fields=["token", "key"],
                name="api_answer_once",
                violation_error_message="这个键已有答复。",
            ),
            models.CheckConstraint(
                condition=Q(fingerprint__regex=r"^[0-9a-f]{64}$"),
                name="api_answer_fingerprint_form",
                violation_error_message="请求指纹须为 64 位十六进制。",
            ),
        )

    def __str__(self) -> str:
        return f"令牌{self.token_id} {self.key}"
