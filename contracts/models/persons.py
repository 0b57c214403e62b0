"""Older people by name: sealed identity, dated residence and groups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import Q

from institutions.models import Institution, Region
from yiyang.access.fields import classify
from yiyang.access.roles import Permission
from yiyang.access.scope import (
    Actor,
    ByRegion,
    Condition,
    Holding,
    Nobody,
    RowScope,
    ScopedQuerySet,
)
from yiyang.facts import DatedFact, DatedQuerySet, Fact, FactQuerySet, no_overlap


class Sex(models.TextChoices):
    MALE = "M", "男"
    FEMALE = "F", "女"
    UNKNOWN = "U", "未说明"


class Person(Fact):
    """A person aged 60 or over (rules.md 7); name, ID number and phone are never in the clear."""

    uid = models.UUIDField(default=uuid4, unique=True, editable=False)
    name_sealed = models.BinaryField("姓名（密）", null=True)
    name_digest = models.BinaryField("姓名检索值", max_length=32, null=True)
    id_sealed = models.BinaryField("身份证号（密）", null=True)
    id_digest = models.BinaryField("身份证号检索值", max_length=32, null=True)
    phone_sealed = models.BinaryField("电话（密）", null=True)
    born_on = models.DateField("出生日期")
    sex = models.CharField("性别", max_length=1, choices=Sex, default=Sex.UNKNOWN)
    died_on = models.DateField("死亡日期", null=True, blank=True, help_text="当日起不再计入")
    duplicate_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="duplicates"
    )

    row_scope = Holding(Permission.VIEW_PERSONS) & ByRegion(
        "residences__region", dated="residences"
    )
    field_classes: ClassVar = classify(
        internal=("id", "uid", "voided_at", "void_reason", "duplicate_of"),
        personal=(
            *("name_sealed", "name_digest", "id_sealed", "id_digest", "phone_sealed"),
            *("born_on", "sex", "died_on"),
        ),
    )
    objects = FactQuerySet.as_manager()

    class Meta(Fact.Meta):
        verbose_name = verbose_name_plural = "老年人"
        indexes = [
            models.Index(fields=["name_digest"], name="contracts_person_name"),
            models.Index(fields=["id_digest"], name="contracts_person_id"),
            models.Index(fields=["born_on", "id"], name="contracts_person_birth"),
            # 量度逐人读的只有这四列：密文很宽，只读索引比读整行快得多。
            models.Index(
                fields=["id"],
                include=["born_on", "died_on", "duplicate_of", "voided_at"],
                name="contracts_person_facts",
            ),
            models.Index(
                fields=["died_on"],
                condition=Q(died_on__isnull=False),
                name="contracts_person_died",
            ),
        ]
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(
                condition=Q(died_on=None) | Q(died_on__gte=models.F("born_on")),
                name="contracts_person_died_after_birth",
                violation_error_message="死亡日期不能早于出生日期。",
            ),
            models.CheckConstraint(
                condition=Q(duplicate_of=None) | ~Q(duplicate_of=models.F("id")),
                name="contracts_person_not_own_duplicate",
                violation_error_message="不能把记录标为自己的重复。",
            ),
            models.UniqueConstraint(
                fields=["id_digest"],
                name="contracts_person_id_once",
                condition=Q(voided_at=None, duplicate_of=None),
                violation_error_message="该身份证号已有登记；确为重复的，请标记为重复记录。",
            ),
        ]


class PersonKey(models.Model):
    """The person's own data key, wrapped; destroying it makes every sealed copy unreadable."""

    person = models.OneToOneField(Person, models.PROTECT, primary_key=True, related_name="data_key")
    wrapped = models.BinaryField("数据密钥（密）")

    row_scope = Nobody()
    field_classes: ClassVar = classify(personal=("person", "wrapped"))
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "个人数据密钥"


class ResidenceKind(models.TextChoices):
    USUAL = "USUAL", "常住"
    REGISTERED = "REGISTERED", "户籍在、人不在"
    LEFT = "LEFT", "迁出"


class PersonResidence(DatedFact):
    """Where a person lives, from day to day.

    Moving out of the city is itself a row of kind LEFT in the region left behind, so that a
    person has one row on every day since registration and an exclusion has a region.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="residences")
    region = models.ForeignKey(Region, models.PROTECT, related_name="residences")
    kind = models.CharField("居住情况", max_length=10, choices=ResidenceKind)
    institution = models.ForeignKey(
        Institution,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="residents",
        verbose_name="入住的养老机构",
    )
    reason = models.CharField("变动原因", max_length=100, blank=True)

    row_scope = Holding(Permission.VIEW_PERSONS) & ByRegion("region")
    field_classes: ClassVar = classify(
        internal=("id", "voided_at", "void_reason"),
        personal=("person", "region", "kind", "institution", "reason", "starts_on", "ends_on"),
    )
    objects = DatedQuerySet.as_manager()

    class Meta(DatedFact.Meta):
        verbose_name = verbose_name_plural = "居住地"
        indexes = [
            models.Index(fields=["region", "person"], name="contracts_residence_region"),
        ]
        constraints = [
            *DatedFact.Meta.constraints,
            models.UniqueConstraint(
                fields=["person", "starts_on"],
                name="contracts_residence_start_once",
                condition=Q(voided_at=None),
                violation_error_message="该人这一天已有居住记录，请作废原记录后再录。",
            ),
            models.UniqueConstraint(
                fields=["person"],
                name="contracts_residence_one_open",
                condition=Q(voided_at=None, ends_on=None),
                violation_error_message="该人已有未截止的居住记录，请先截止原记录。",
            ),
        ]


class KeyGroup(models.TextChoices):
    HYPERTENSION = "HYPERTENSION", "高血压患者"
    DIABETES = "DIABETES", "2 型糖尿病患者"
    DISABILITY = "DISABILITY", "残疾人"
    LIFTED_FROM_POVERTY = "LIFTED_FROM_POVERTY", "脱贫人口"
    SPECIAL_FAMILY_PLANNING = "SPECIAL_FAMILY_PLANNING", "计划生育特殊家庭"
    SEVERE_MENTAL_DISORDER = "SEVERE_MENTAL_DISORDER", "严重精神障碍患者"
    TUBERCULOSIS = "TUBERCULOSIS", "肺结核患者"


# 只有市级复核员可见（rules.md 26）。
RESTRICTED_GROUPS = (
    KeyGroup.SPECIAL_FAMILY_PLANNING,
    KeyGroup.SEVERE_MENTAL_DISORDER,
    KeyGroup.TUBERCULOSIS,
)


@dataclass(frozen=True, slots=True)
class InOpenGroup(RowScope):
    """Memberships of groups that are not restricted."""

    def condition(self, actor: Actor) -> Condition:
        return ~Q(group__in=RESTRICTED_GROUPS)


class KeyGroupMembership(DatedFact):
    """A person's membership of a key group; everyone aged 65 and over is in one by age."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="key_groups")
    group = models.CharField("重点人群", max_length=30, choices=KeyGroup)

    row_scope = (
        Holding(Permission.VIEW_PERSONS)
        & ByRegion("person__residences__region", dated="person__residences")
        & (Holding(Permission.VIEW_RESTRICTED) | InOpenGroup())
    )
    field_classes: ClassVar = classify(
        internal=("id", "voided_at", "void_reason"),
        restricted=("person", "group", "starts_on", "ends_on"),
    )
    objects = DatedQuerySet.as_manager()

    class Meta(DatedFact.Meta):
        verbose_name = verbose_name_plural = "重点人群归属"
        constraints = [
            *DatedFact.Meta.constraints,
            *(
                no_overlap(
                    "person",
                    name=f"contracts_keygroup_{group.lower()}",
                    condition=Q(group=group),
                    message=f"该人这段时间已归入“{label}”。",
                )
                for group, label in KeyGroup.choices
            ),
        ]
