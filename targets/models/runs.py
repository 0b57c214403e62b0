"""Runs of the nightly measurement and the snapshots they leave."""

from __future__ import annotations

from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from institutions.models import Region
from yiyang.access.fields import classify
from yiyang.access.roles import Permission
from yiyang.access.scope import ByRegion, Everyone, Holding, Meeting, Nobody
from yiyang.facts import FactQuerySet


class RunStatus(models.TextChoices):
    STARTED = "STARTED", "进行中"
    DONE = "DONE", "完成"
    FAILED = "FAILED", "失败"


class RunQuerySet(FactQuerySet["IndicatorRun"]):
    def done(self) -> Self:
        return self.filter(status=RunStatus.DONE)

    def published(self) -> Self:
        """Finished runs of the whole measured city; previews of one region feed no page."""
        return self.done().filter(is_preview=False)

    def newest_first(self) -> Self:
        """Latest measured day first; of one day the latest run, which corrects the others."""
        return self.order_by("-as_of", "-id")


class IndicatorRun(models.Model):
    """One measurement of every indicator for a day; DONE is never rewritten (trigger)."""

    as_of = models.DateField("统计日")
    region = models.ForeignKey(Region, models.PROTECT, related_name="runs")
    is_preview = models.BooleanField("仅预览（一个区划）", default=False)
    status = models.CharField("状态", max_length=10, choices=RunStatus, default=RunStatus.STARTED)
    started_at = models.DateTimeField("开始时间")
    finished_at = models.DateTimeField("完成时间", null=True, blank=True)
    heartbeat_at = models.DateTimeField("最近活动时间")
    seen_number = models.BigIntegerField("所见变更日志序号", null=True, blank=True)
    catalogue_digest = models.CharField("口径版本", max_length=64, blank=True)
    reason = models.CharField("重算原因", max_length=200, blank=True)
    error = models.CharField("失败说明", max_length=300, blank=True)
    shards = models.PositiveSmallIntegerField("分片数", default=1)
    exported_snapshot = models.CharField("导出的数据库快照", max_length=60, blank=True)
    definition_ids = ArrayField(models.BigIntegerField(), verbose_name="各列口径", default=list)

    row_scope = Everyone()
    field_classes: ClassVar = classify(
        public=(
            *("id", "as_of", "region", "is_preview", "status", "started_at", "finished_at"),
            *("heartbeat_at", "seen_number", "catalogue_digest", "reason", "definition_ids"),
        ),
        internal=("error", "shards", "exported_snapshot"),
    )
    objects = RunQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "量度批次"
        indexes = [models.Index(fields=["-as_of", "-id"], name="targets_run_latest")]
        constraints = [
            models.UniqueConstraint(
                fields=["as_of", "region"],
                name="targets_run_one_unfinished",
                condition=Q(status=RunStatus.STARTED),
                violation_error_message="这一天、这个区划正在量度，请等它结束。",
            ),
            models.CheckConstraint(
                condition=~Q(status=RunStatus.DONE)
                | Q(finished_at__isnull=False, seen_number__isnull=False),
                name="targets_run_done_is_complete",
                violation_error_message="完成的批次须有完成时间与所见日志序号。",
            ),
        ]


class NightMark(models.Model):
    """Up to which day the nights have been measured, written last; one row.

    A day measured by hand does not move it, so a missed night is still caught up.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    measured_through = models.DateField("夜间量度做到")

    row_scope = Everyone()
    field_classes: ClassVar = classify(public=("id", "measured_through"))
    objects = FactQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "夜间量度进度"
        constraints = [
            models.CheckConstraint(
                condition=Q(id=1),
                name="targets_nightmark_one_row",
                violation_error_message="夜间量度进度只有一行。",
            )
        ]


class RunPart(models.Model):
    """What one shard of a fanned-out run counted: a subject's cells, before the roll-up."""

    run = models.ForeignKey(IndicatorRun, models.PROTECT, related_name="parts", db_index=False)
    shard = models.PositiveSmallIntegerField("分片")
    snapshot = models.CharField("所读的数据库快照", max_length=60)
    cells = models.JSONField("分片结果")

    row_scope = Nobody()
    field_classes: ClassVar = classify(internal=("id", "run", "shard", "snapshot", "cells"))
    objects = FactQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "量度分片"
        constraints = [
            models.UniqueConstraint(
                fields=["run", "shard", "snapshot"],
                name="targets_runpart_once",
                violation_error_message="这一分片已经交过结果。",
            )
        ]


class IndicatorDefinition(models.Model):
    """The text and digest of an indicator reading as a run used it; append-only."""

    digest = models.CharField("口径指纹", max_length=64, unique=True)
    indicator = models.CharField("指标", max_length=20)
    reading = models.CharField("口径", max_length=40)
    text = models.JSONField("口径全文")

    row_scope = Everyone()
    field_classes: ClassVar = classify(public=("id", "digest", "indicator", "reading", "text"))
    objects = FactQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "口径版本"


def _numbers(label: str) -> ArrayField[list[int | None], list[int | None]]:
    return ArrayField(models.BigIntegerField(null=True), verbose_name=label)


class RegionFigures(models.Model):
    """All figures of one region as a run measured them, in the order of `run.definition_ids`.

    Append-only. One row of arrays: a province writes 12,342 rows a night instead of 407,286.
    `excluded`, `missing` and `expected` are empty where every one of them is zero.
    Everybody reads them one by one through IndicatorSnapshot.
    """

    # 两个外键不设库内约束：应用角色本来就不能删除批次与区划，写入的编号又都取自同一次量度。
    run = models.ForeignKey(
        IndicatorRun, models.PROTECT, related_name="figures", db_index=False, db_constraint=False
    )
    region = models.ForeignKey(Region, models.PROTECT, related_name="figures", db_constraint=False)
    numerators = _numbers("分子")
    denominators = _numbers("分母")
    excluded = _numbers("排除")
    missing = _numbers("缺报")
    expected = _numbers("应报")
    guarded = ArrayField(
        models.SmallIntegerField(),
        verbose_name="不足人数，不向看不到老年人的角色显示",
        default=list,
        help_text="1 为不显示；一项也没有的存作空数组",
    )

    row_scope = Nobody()
    field_classes: ClassVar = classify(
        internal=(
            *("id", "run", "region", "numerators", "denominators"),
            *("excluded", "missing", "expected", "guarded"),
        )
    )
    objects = FactQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "区划指标结果"
        constraints = [
            models.UniqueConstraint(
                fields=["run", "region"],
                name="targets_figures_once",
                violation_error_message="同一批次中该区划已有结果。",
            )
        ]


class IndicatorSnapshot(models.Model):
    """One figure: a reading of an indicator in a region as a run measured it; read-only.

    A view over RegionFigures. NULL is “无数据”, never zero. `expected` units should have
    reported, `missing` did not.
    """

    run = models.ForeignKey(IndicatorRun, models.DO_NOTHING, related_name="snapshots")
    region = models.ForeignKey(Region, models.DO_NOTHING, related_name="snapshots")
    definition = models.ForeignKey(IndicatorDefinition, models.DO_NOTHING, related_name="snapshots")
    indicator = models.CharField("指标", max_length=20)
    reading = models.CharField("口径", max_length=40)
    numerator = models.BigIntegerField("分子", null=True)
    denominator = models.BigIntegerField("分母", null=True)
    excluded = models.BigIntegerField("排除")
    missing = models.BigIntegerField("缺报")
    expected = models.BigIntegerField("应报")
    is_guarded = models.BooleanField("人数少，不向看不到老年人的角色显示")

    row_scope = ByRegion("region") & (
        Holding(Permission.VIEW_PERSONS) | Meeting("is_guarded", False)
    )
    field_classes: ClassVar = classify(
        public=(
            *("id", "run", "region", "definition", "indicator", "reading", "numerator"),
            *("denominator", "excluded", "missing", "expected", "is_guarded"),
        )
    )
    objects = FactQuerySet.as_manager()

    class Meta:
        managed = False
        db_table = "targets_snapshot"
        verbose_name = verbose_name_plural = "指标快照"
