"""Requests to change what the other office registers, and the answers to them."""

from __future__ import annotations

from typing import ClassVar, Self
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from institutions.models.institutions import Institution
from institutions.models.services import OF_INSTITUTION
from yiyang.access.fields import classify
from yiyang.facts import FactQuerySet

OWN_ANSWER = "提出人不能校核自己的申请，请由对方部门的人答复。"


class Side(models.TextChoices):
    """The two offices that keep the registers between them."""

    HEALTH = "health", "卫健"
    CIVIL_AFFAIRS = "civil_affairs", "民政"


class RequestState(models.TextChoices):
    PENDING = "pending", "待校核"
    AGREED = "agreed", "同意"
    RETURNED = "returned", "退回"
    WITHDRAWN = "withdrawn", "撤回"


ANSWERED = (RequestState.AGREED, RequestState.RETURNED)


class ChangeRequestQuerySet(FactQuerySet["ChangeRequest"]):
    """Reads of requests."""

    def pending(self) -> Self:
        return self.filter(state=RequestState.PENDING)

    def answered(self) -> Self:
        return self.filter(state__in=ANSWERED)


class ChangeRequest(models.Model):
    """What one side asks the other to change of an institution from a day on (rules.md 25).

    `changes` holds, for each field of the profile, the stored value then and the wanted one;
    a trigger keeps what was asked as it was asked, and an answer as it was given.
    """

    uid = models.UUIDField("申请编号", default=uuid4, unique=True, editable=False)
    institution = models.ForeignKey(
        Institution, models.PROTECT, related_name="change_requests", verbose_name="机构"
    )
    side = models.CharField("由谁答复", max_length=15, choices=Side)
    starts_on = models.DateField("从哪天起")
    changes = models.JSONField("改动")
    reason = models.CharField("理由", max_length=200)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="提出人"
    )
    made_at = models.DateTimeField("提出时间", db_default=Now(), editable=False)
    due_on = models.DateField("应答复日", help_text="当日答复不算超期")
    state = models.CharField(
        "状态", max_length=10, choices=RequestState, default=RequestState.PENDING
    )
    answer = models.CharField("答复", max_length=200, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="答复人",
    )
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)

    row_scope = OF_INSTITUTION
    field_classes: ClassVar = classify(
        internal=(
            *("id", "uid", "institution", "side", "starts_on", "changes", "reason", "made_by"),
            *("made_at", "due_on", "state", "answer", "answered_by", "answered_at"),
        )
    )
    objects = ChangeRequestQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "修改申请"
        indexes = [models.Index(fields=["state", "side"], name="institutions_request_open")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(answered_by=F("made_by")),
                name="institutions_request_maker_is_not_checker",
                violation_error_message=OWN_ANSWER,
            ),
            models.CheckConstraint(
                condition=Q(state__in=ANSWERED, answered_by__isnull=False)
                & Q(answered_at__isnull=False)
                | Q(state__in=(RequestState.PENDING, RequestState.WITHDRAWN))
                & Q(answered_by=None, answered_at=None),
                name="institutions_request_answer_has_a_person",
                violation_error_message="同意或退回须有答复人和时间；未答复的不能有。",
            ),
            models.CheckConstraint(
                condition=~Q(state=RequestState.RETURNED) | ~Q(answer=""),
                name="institutions_request_return_has_reason",
                violation_error_message="退回必须写明原因，让提出人知道怎么改。",
            ),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="institutions_request_has_reason",
                violation_error_message="请写明理由：文号或事由。",
            ),
            models.CheckConstraint(
                condition=Q(side__in=Side.values),
                name="institutions_request_side_known",
                violation_error_message="答复部门只能是卫健或民政。",
            ),
            models.UniqueConstraint(
                fields=["institution", "side"],
                condition=Q(state=RequestState.PENDING),
                name="institutions_request_one_pending",
                violation_error_message=(
                    "这个机构已有一份申请在等同一部门答复；请等答复，或先撤回那一份。"
                ),
            ),
        ]
