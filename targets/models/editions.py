"""定版: a finished run frozen and published under a title, with the fingerprint of all it holds."""

from __future__ import annotations

import uuid
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from targets.models.runs import IndicatorRun
from yiyang.access.fields import classify
from yiyang.access.roles import Permission
from yiyang.access.scope import Holding, Meeting, WholeCity
from yiyang.facts import FactQuerySet

PERSON = settings.AUTH_USER_MODEL


class EditionState(models.TextChoices):
    PROPOSED = "PROPOSED", "待发布"
    PUBLISHED = "PUBLISHED", "已发布"
    RETURNED = "RETURNED", "已退回"


class EditionQuerySet(FactQuerySet["Edition"]):
    def published(self) -> Self:
        return self.filter(state=EditionState.PUBLISHED)

    def newest_first(self) -> Self:
        """Latest period first; of one period the latest edition, what waits above all."""
        return self.order_by("-last_day", "first_day", F("number").desc(nulls_first=True), "-pk")


class Edition(models.Model):
    """One run published for a period by one person after another proposed it; kept for ever.

    `nonce` goes into the fingerprint, so that nobody can try out small hidden counts until it
    fits. `digests` name what differs, should the stored figures ever not fit; never shown.
    """

    uid = models.UUIDField("编号", unique=True, default=uuid.uuid4, editable=False)
    run = models.ForeignKey(
        IndicatorRun, models.PROTECT, related_name="editions", verbose_name="量度批次"
    )
    title = models.CharField("标题", max_length=100)
    first_day = models.DateField("统计期自")
    last_day = models.DateField("统计期至")
    number = models.PositiveSmallIntegerField("第几版", null=True, blank=True)
    supersedes = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="superseded_by",
        verbose_name="取代的一版",
    )
    state = models.CharField(
        "状态", max_length=10, choices=EditionState, default=EditionState.PROPOSED
    )
    note = models.CharField("说明", max_length=300, blank=True)
    nonce = models.CharField("随机数", max_length=64, editable=False)
    fingerprint = models.CharField("指纹", max_length=64, editable=False)
    digests = models.JSONField("各部分的指纹", editable=False)
    proposed_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", verbose_name="提请人")
    proposed_on = models.DateField("提请日期")
    decided_by = models.ForeignKey(
        PERSON, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="审核人"
    )
    decided_on = models.DateField("发布日期", null=True, blank=True)
    answer = models.CharField("退回原因", max_length=300, blank=True)

    row_scope = Holding(Permission.VIEW_TARGETS) & (
        Meeting("state", EditionState.PUBLISHED.value)
        | (WholeCity() & (Holding(Permission.MANAGE_POLICIES) | Holding(Permission.REVIEW)))
    )
    field_classes: ClassVar = classify(
        public=(
            *("id", "uid", "run", "title", "first_day", "last_day", "number", "supersedes"),
            *("state", "note", "fingerprint", "decided_on"),
        ),
        internal=("nonce", "digests", "proposed_by", "proposed_on", "decided_by", "answer"),
    )
    objects = EditionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "定版"
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")),
                name="targets_edition_period",
                violation_error_message="统计期的末日不能早于首日。",
            ),
            # 写成“空或不等于”：数据库把空值的比较结果当作通过。
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("proposed_by")),
                name="targets_edition_two_persons",
                violation_error_message="定版须由提请人以外的人发布。",
            ),
            models.CheckConstraint(
                condition=Q(
                    state=EditionState.PROPOSED,
                    decided_by=None,
                    decided_on=None,
                    number=None,
                    answer="",
                )
                | Q(
                    state=EditionState.PUBLISHED,
                    decided_by__isnull=False,
                    decided_on__isnull=False,
                    number__isnull=False,
                    answer="",
                )
                | (
                    Q(
                        state=EditionState.RETURNED,
                        decided_by__isnull=False,
                        decided_on__isnull=False,
                        number=None,
                    )
                    & ~Q(answer="")
                ),
                name="targets_edition_decided_by_someone",
                violation_error_message="发布的须有版次与发布人，退回的须写明原因。",
            ),
            models.CheckConstraint(
                condition=Q(number=None, supersedes=None)
                | Q(number=1, supersedes=None)
                | Q(number__gt=1, supersedes__isnull=False),
                name="targets_edition_supersedes_the_one_before",
                violation_error_message="第 2 版起须写明取代哪一版。",
            ),
            models.UniqueConstraint(
                fields=["first_day", "last_day", "number"],
                name="targets_edition_number_once",
                condition=Q(state=EditionState.PUBLISHED),
                violation_error_message="这一统计期的这一版已经发布，请刷新页面。",
            ),
            models.UniqueConstraint(
                fields=["run", "first_day"],
                name="targets_edition_run_once",
                condition=~Q(state=EditionState.RETURNED),
                violation_error_message="这一批次在这一统计期已经提请或发布过。",
            ),
        ]

    def __str__(self) -> str:
        return self.title
