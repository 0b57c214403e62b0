"""The audit as tables: events are only added, and sealed beside themselves in an HMAC chain."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import models
from django.db.models import F, Q

from yiyang.access.fields import FieldClass, classify
from yiyang.access.roles import Permission
from yiyang.access.scope import Holding, Nobody, RowScope, ScopedManager, ScopedQuerySet
from yiyang.audit.kinds import EventKind, Outcome

MAC_LENGTH = 64
# 人只写 person:uid，其他记录写“表名:编号”；汉字写不进来，姓名也就写不进来。
SUBJECT_PATTERN = r"^([a-z][a-z0-9_-]*:[A-Za-z0-9._-]+)?$"


class AuditEventQuerySet(ScopedQuerySet["AuditEvent"]):
    """Reads of the audit."""

    def since(self, instant: datetime) -> Self:
        return self.filter(at__gte=instant)

    def before(self, instant: datetime) -> Self:
        return self.filter(at__lt=instant)

    def of_account(self, username: str) -> Self:
        """What the account did, and what was done or tried with it."""
        found = get_user_model().objects.filter(username=username).values_list("pk", flat=True)
        keys = list(found)
        return self.filter(
            Q(actor__in=keys) | Q(subject__in=[f"yiyang_user:{key}" for key in keys])
        )

    def about(self, subject: str) -> Self:
        """What was done to the record; a person is found in lists and merges as well."""
        person = subject.removeprefix("person:")
        if person == subject:
            return self.filter(subject=subject)
        return self.filter(Q(subject=subject) | Q(details__icontains=person))

    def page_before(self, event_id: int | None, size: int) -> list[AuditEvent]:
        """The newest events, or those older than one of them: one page, and one row more."""
        rows = self if event_id is None else self.filter(pk__lt=event_id)
        return list(rows.select_related("actor").order_by("-pk")[: size + 1])


class AuditEvent(models.Model):
    """One thing somebody did or tried to do, committed at once and never changed."""

    # 编号由写入方先取：它也算进 mac，抄一行换个编号立即看得出来。
    id = models.BigAutoField("编号", primary_key=True)
    at = models.DateTimeField("时刻")
    kind = models.CharField("事项", max_length=20, choices=EventKind)
    outcome = models.CharField("结果", max_length=10, choices=Outcome)
    # 不设外键约束：事件在自己的连接上先提交，开账号的事务可能还没有提交，也可能撤销。
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="账号",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_constraint=False,
    )
    subject = models.CharField("对象", max_length=150, blank=True)
    reason = models.CharField("理由", max_length=500, blank=True)
    details = models.JSONField("细节", default=dict)
    request_id = models.CharField("请求编号", max_length=32, blank=True)
    network = models.CharField("来源地址", max_length=45, blank=True)
    session_digest = models.CharField("会话散列", max_length=32, blank=True)
    key_id = models.CharField("密钥编号", max_length=32)
    mac = models.CharField("校验值", max_length=MAC_LENGTH)

    objects = AuditEventQuerySet.as_manager()

    row_scope: ClassVar[RowScope] = Holding(Permission.VIEW_AUDIT)
    field_classes: ClassVar[dict[str, FieldClass]] = classify(
        internal=(
            *("id", "at", "kind", "outcome", "actor", "subject", "reason", "details"),
            *("request_id", "network", "session_digest", "key_id", "mac"),
        ),
    )

    class Meta:
        verbose_name = verbose_name_plural = "审计事件"
        indexes = (
            models.Index(fields=["at"], name="audit_event_by_time"),
            models.Index(fields=["kind", "id"], name="audit_event_by_kind"),
            models.Index(fields=["subject", "id"], name="audit_event_by_subject"),
            models.Index(fields=["request_id"], name="audit_event_by_request"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(kind__in=EventKind.values),
                name="audit_event_kind_known",
                violation_error_message="审计事项不在事项表中。",
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=Outcome.values),
                name="audit_event_outcome_known",
                violation_error_message="审计结果只能是成功、拒绝或失败。",
            ),
            models.CheckConstraint(
                condition=Q(subject__regex=SUBJECT_PATTERN),
                name="audit_event_subject_form",
                violation_error_message="对象须写成“表名:编号”，人写 person:uid。",
            ),
        )

    def __str__(self) -> str:
        return f"{self.pk} {self.get_kind_display()} {self.get_outcome_display()}"


class AuditBatch(models.Model):
    """A run of positions sealed together; its head vouches for everything up to there."""

    number = models.BigIntegerField("批号", primary_key=True)
    sealed_at = models.DateTimeField("封存时刻")
    first_position = models.BigIntegerField("首位", unique=True)
    last_position = models.BigIntegerField("末位", unique=True)
    last_event_id = models.BigIntegerField("最大事件编号")
    key_id = models.CharField("密钥编号", max_length=32)
    previous_head = models.CharField("前一批的链头", max_length=MAC_LENGTH, blank=True)
    head = models.CharField("链头", max_length=MAC_LENGTH, unique=True)

    objects = ScopedManager()

    row_scope: ClassVar[RowScope] = Holding(Permission.VIEW_AUDIT)
    field_classes: ClassVar[dict[str, FieldClass]] = classify(
        internal=(
            *("number", "sealed_at", "first_position", "last_position"),
            *("last_event_id", "key_id", "previous_head", "head"),
        ),
    )

    class Meta:
        verbose_name = verbose_name_plural = "审计封存批次"
        constraints = (
            models.CheckConstraint(
                condition=Q(first_position__gte=1, last_position__gte=F("first_position")),
                name="audit_batch_range",
                violation_error_message="封存位置从 1 起，末位不小于首位。",
            ),
        )

    def __str__(self) -> str:
        return f"第{self.number}批 {self.first_position}—{self.last_position}"


class AuditSeal(models.Model):
    """The place of one event in the chain: a side table, so that events are never updated."""

    event = models.OneToOneField(
        AuditEvent,
        verbose_name="事件",
        on_delete=models.PROTECT,
        primary_key=True,
        related_name="seal",
        db_constraint=False,
    )
    batch = models.ForeignKey(
        AuditBatch,
        verbose_name="批次",
        on_delete=models.PROTECT,
        related_name="seals",
        db_constraint=False,
    )
    position = models.BigIntegerField("位置", unique=True)
    link = models.CharField("链值", max_length=MAC_LENGTH)

    objects = ScopedManager()

    row_scope: ClassVar[RowScope] = Nobody()
    field_classes: ClassVar[dict[str, FieldClass]] = classify(
        internal=("event", "batch", "position", "link")
    )

    class Meta:
        verbose_name = verbose_name_plural = "审计封存"
        constraints = (
            models.CheckConstraint(
                condition=Q(position__gte=1),
                name="audit_seal_position",
                violation_error_message="封存位置从 1 起。",
            ),
        )

    def __str__(self) -> str:
        return f"第{self.position}位 事件{self.pk}"
