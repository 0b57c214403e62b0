"""Regions with their dated parents."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from yiyang.access.fields import FieldClass
from yiyang.access.scope import Everyone
from yiyang.facts import DatedFact, DatedQuerySet, Fact, FactQuerySet, no_overlap, one_kept


class RegionLevel(models.TextChoices):
    PROVINCE = "PROVINCE", "省（自治区、直辖市）"
    CITY = "CITY", "市"
    DISTRICT = "DISTRICT", "区（县、旗）"
    STREET = "STREET", "街道（镇、乡）"
    COMMUNITY = "COMMUNITY", "社区（村）"


class Region(models.Model):
    """An administrative region under its official 12-digit code."""

    code = models.CharField("行政区划代码", max_length=12, unique=True)
    name = models.CharField("名称", max_length=60)
    level = models.CharField("级别", max_length=10, choices=RegionLevel)

    row_scope = Everyone()
    field_classes: ClassVar = dict.fromkeys(("id", "code", "name", "level"), FieldClass.PUBLIC)
    objects = FactQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "行政区划"
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(code__regex=r"^[0-9]{12}$"),
                name="institutions_region_code_12_digits",
                violation_error_message="行政区划代码须为 12 位数字。",
            )
        ]

    def __str__(self) -> str:
        return self.name


class RegionPlacement(DatedFact):
    """Where a region hangs in the tree, from day to day."""

    region = models.ForeignKey(Region, models.PROTECT, related_name="placements")
    parent = models.ForeignKey(Region, models.PROTECT, related_name="children_placements")

    row_scope = Everyone()
    field_classes: ClassVar = dict.fromkeys(
        ("id", "region", "parent", "starts_on", "ends_on", "voided_at", "void_reason"),
        FieldClass.PUBLIC,
    )
    objects = DatedQuerySet.as_manager()

    class Meta(DatedFact.Meta):
        verbose_name = verbose_name_plural = "区划隶属"
        constraints = [
            *DatedFact.Meta.constraints,
            models.CheckConstraint(
                condition=~Q(region=F("parent")),
                name="institutions_placement_not_itself",
                violation_error_message="区划不能隶属于自己。",
            ),
            no_overlap(
                "region",
                name="institutions_placement_one_parent",
                message="同一区划同一天只能有一个上级，请先截止原来的隶属关系。",
            ),
        ]


class PopulationGroup(models.TextChoices):
    TOTAL = "TOTAL", "总人口"
    AGED_60 = "AGED_60", "60 岁及以上"
    AGED_65 = "AGED_65", "65 岁及以上"
    AGED_80 = "AGED_80", "80 岁及以上"
    KEY = "KEY", "家庭医生签约重点人群"


class PopulationBasis(models.TextChoices):
    USUAL = "USUAL", "常住"
    HOUSEHOLD = "HOUSEHOLD", "户籍"


class Population(Fact):
    """A published head count at the level it was published for (rules.md 9)."""

    region = models.ForeignKey(Region, models.PROTECT, related_name="populations")
    group = models.CharField("人群", max_length=10, choices=PopulationGroup)
    basis = models.CharField("口径", max_length=10, choices=PopulationBasis)
    counted_on = models.DateField("统计时点")
    people = models.PositiveIntegerField("人数")
    source = models.CharField("来源", max_length=200)

    row_scope = Everyone()
    field_classes: ClassVar = dict.fromkeys(
        (
            "id",
            "region",
            "group",
            "basis",
            "counted_on",
            "people",
            "source",
            "voided_at",
            "void_reason",
        ),
        FieldClass.PUBLIC,
    )
    objects = FactQuerySet.as_manager()

    class Meta(Fact.Meta):
        verbose_name = verbose_name_plural = "人口数"
        constraints = [
            *Fact.Meta.constraints,
            one_kept(
                "region",
                "group",
                "basis",
                "counted_on",
                name="institutions_population_once",
                message="该区划、人群、口径在这一时点已有人口数，请作废原数后再录。",
            ),
        ]


class SuccessionKind(models.TextChoices):
    MERGE = "MERGE", "并入"
    SPLIT = "SPLIT", "析出"


class RegionSuccession(Fact):
    """Which region took over from which, and from what day; a split has one row per part."""

    predecessor = models.ForeignKey(Region, models.PROTECT, related_name="successions")
    successor = models.ForeignKey(Region, models.PROTECT, related_name="precessions")
    kind = models.CharField("方式", max_length=10, choices=SuccessionKind)
    took_place_on = models.DateField("生效日期", help_text="新区划的第一天")
    basis = models.CharField("依据", max_length=200)

    row_scope = Everyone()
    field_classes: ClassVar = dict.fromkeys(
        (
            *("id", "predecessor", "successor", "kind", "took_place_on", "basis"),
            *("voided_at", "void_reason"),
        ),
        FieldClass.PUBLIC,
    )
    objects = FactQuerySet.as_manager()

    class Meta(Fact.Meta):
        verbose_name = verbose_name_plural = "区划沿革"
        constraints = [
            *Fact.Meta.constraints,
            one_kept(
                "predecessor",
                "successor",
                name="institutions_succession_once",
                message="这两个区划之间的沿革已经登记。",
            ),
            models.CheckConstraint(
                condition=~Q(predecessor=F("successor")),
                name="institutions_succession_not_itself",
                violation_error_message="区划不能由自己接续。",
            ),
        ]


class FormerRegionName(Fact):
    """A name a region bore until `last_on`, included; its present name stands on the region."""

    region = models.ForeignKey(Region, models.PROTECT, related_name="former_names")
    name = models.CharField("原名称", max_length=60)
    last_on = models.DateField("最后一日")
    basis = models.CharField("更名依据", max_length=200)

    row_scope = Everyone()
    field_classes: ClassVar = dict.fromkeys(
        ("id", "region", "name", "last_on", "basis", "voided_at", "void_reason"),
        FieldClass.PUBLIC,
    )
    objects = FactQuerySet.as_manager()

    class Meta(Fact.Meta):
        verbose_name = verbose_name_plural = "区划原名"
        constraints = [
            *Fact.Meta.constraints,
            one_kept(
                "region",
                "last_on",
                name="institutions_formername_once",
                message="该区划这一天已登记过更名。",
            ),
        ]


def names_on(day: date, regions: Iterable[Region]) -> dict[int, str]:
    """What each region was called on `day`."""
    wanted = {region.pk: region.name for region in regions}
    former = FormerRegionName.objects.kept().filter(region__in=wanted, last_on__gte=day)
    # 由晚到早覆盖：离 day 最近的一次更名之前的名字就是当日的名字。
    for name in former.order_by("-last_on"):
        wanted[name.region_id] = name.name
    return wanted
