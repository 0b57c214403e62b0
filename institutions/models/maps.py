"""Maps of the regions below one, drawn only once another person has checked them."""

from __future__ import annotations

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from institutions.models.regions import Region
from yiyang.access.fields import classify
from yiyang.access.scope import Everyone
from yiyang.facts import Fact, FactQuerySet


class MapFileQuerySet(FactQuerySet["MapFile"]):
    def in_use(self) -> Self:
        """Checked by a second person and not taken back."""
        return self.kept().filter(confirmed_at__isnull=False)


class MapFile(Fact):
    """The outlines of the regions right below `region`, with the approval they were given.

    `outlines` holds numbers only, {code: rings of [longitude, latitude]}: nothing else of the
    file that was sent is kept.
    """

    region = models.ForeignKey(
        Region, models.PROTECT, related_name="map_files", verbose_name="区划"
    )
    approval_number = models.CharField("审图号", max_length=40, blank=True)
    file_name = models.CharField("文件名", max_length=200)
    outlines = models.JSONField("界线")
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="上传人"
    )
    uploaded_at = models.DateTimeField("上传时间", auto_now_add=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="审核人",
    )
    confirmed_at = models.DateTimeField("审核时间", null=True, blank=True)

    row_scope = Everyone()
    field_classes: ClassVar = classify(
        public=("id", "region", "approval_number", "outlines"),
        internal=(
            *("file_name", "uploaded_by", "uploaded_at", "confirmed_by", "confirmed_at"),
            *("voided_at", "void_reason"),
        ),
    )
    objects = MapFileQuerySet.as_manager()

    class Meta(Fact.Meta):
        verbose_name = verbose_name_plural = "地图文件"
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(
                condition=Q(confirmed_by=None, confirmed_at=None)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
                name="institutions_mapfile_confirmed_whole",
                violation_error_message="审核人与审核时间须同时登记。",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("uploaded_by")),
                name="institutions_mapfile_two_persons",
                violation_error_message="上传人不能审核自己上传的地图，请由另一人审核。",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at=None) | ~Q(approval_number=""),
                name="institutions_mapfile_needs_approval",
                violation_error_message="没有审图号的地图不能启用。",
            ),
            models.UniqueConstraint(
                fields=["region"],
                condition=Q(voided_at=None, confirmed_at__isnull=False),
                name="institutions_mapfile_one_in_use",
                violation_error_message="这个区划已有启用的地图，请先停用。",
            ),
        ]

    def __str__(self) -> str:
        return self.approval_number or self.file_name

    @property
    def is_waiting(self) -> bool:
        """Nobody has checked it yet and it was not taken back."""
        return self.voided_at is None and self.confirmed_at is None
