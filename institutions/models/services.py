"""What an institution does for older people, from day to day."""

from __future__ import annotations

from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from institutions.models.institutions import Institution
from yiyang.access.fields import classify
from yiyang.access.scope import ByInstitution, ByRegion
from yiyang.facts import DatedFact, DatedQuerySet, no_overlap

OF_INSTITUTION = ByRegion(
    "institution__profiles__region", dated="institution__profiles"
) | ByInstitution("institution")
DATED_FIELDS = ("id", "institution", "starts_on", "ends_on")
INTERNAL_FIELDS = ("voided_at", "void_reason")


class ChannelStep(models.TextChoices):
    REGISTRATION = "REGISTRATION", "挂号"
    CONSULTATION = "CONSULTATION", "就诊"
    PAYMENT = "PAYMENT", "缴费"
    DISPENSING = "DISPENSING", "取药"
    LABORATORY = "LABORATORY", "化验"
    ADMISSION = "ADMISSION", "住院"


# 四个环节都覆盖才算“开设绿色通道”（rules.md 16）。
FULL_CHANNEL = [
    ChannelStep.REGISTRATION.value,
    ChannelStep.CONSULTATION.value,
    ChannelStep.PAYMENT.value,
    ChannelStep.DISPENSING.value,
]


class GreenChannelQuerySet(DatedQuerySet["GreenChannel"]):
    def full(self) -> Self:
        """Channels that cover all four required steps."""
        return self.filter(steps__contains=FULL_CHANNEL)


class GreenChannel(DatedFact):
    """The green channel for older people, with the steps it covers."""

    institution = models.ForeignKey(Institution, models.PROTECT, related_name="green_channels")
    steps = ArrayField(
        models.CharField(max_length=20, choices=ChannelStep), verbose_name="覆盖环节"
    )

    row_scope = OF_INSTITUTION
    field_classes: ClassVar = classify(public=(*DATED_FIELDS, "steps"), internal=INTERNAL_FIELDS)
    objects = GreenChannelQuerySet.as_manager()

    class Meta(DatedFact.Meta):
        verbose_name = verbose_name_plural = "老年人绿色通道"
        constraints = [
            *DatedFact.Meta.constraints,
            no_overlap(
                "institution",
                name="institutions_channel_one_a_day",
                message="该机构这段时间已有绿色通道记录，请先截止原记录。",
            ),
        ]


class ServiceForm(models.TextChoices):
    IN_HOUSE = "IN_HOUSE", "内设医疗机构"
    AGREEMENT = "AGREEMENT", "签约合作"
    TRUSTEESHIP = "TRUSTEESHIP", "托管"
    MEDICAL_ROUND = "MEDICAL_ROUND", "定期巡诊"


class CareServiceQuerySet(DatedQuerySet["CareService"]):
    def medical(self) -> Self:
        return self.filter(gives_medical=True)

    def rehabilitation(self) -> Self:
        return self.filter(gives_rehabilitation=True)


class CareService(DatedFact):
    """A form in which an elderly-care institution gives its residents medical service."""

    institution = models.ForeignKey(Institution, models.PROTECT, related_name="care_services")
    form = models.CharField("服务形式", max_length=20, choices=ServiceForm)
    gives_medical = models.BooleanField("提供医疗卫生服务", default=True)
    gives_rehabilitation = models.BooleanField("提供康复护理服务", default=False)
    provider = models.ForeignKey(
        Institution,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="care_services_given",
        verbose_name="提供机构",
    )

    row_scope = OF_INSTITUTION
    field_classes: ClassVar = classify(
        public=(*DATED_FIELDS, "form", "gives_medical", "gives_rehabilitation", "provider"),
        internal=INTERNAL_FIELDS,
    )
    objects = CareServiceQuerySet.as_manager()

    class Meta(DatedFact.Meta):
        verbose_name = verbose_name_plural = "医疗服务形式"
        constraints = [
            *DatedFact.Meta.constraints,
            models.CheckConstraint(
                condition=Q(gives_medical=True) | Q(gives_rehabilitation=True),
                name="institutions_careservice_gives_something",
                violation_error_message="请勾选医疗卫生或康复护理服务，至少一项。",
            ),
        ]


class InsuranceScheme(models.TextChoices):
    BASIC = "BASIC", "基本医疗保险"
    LONG_TERM_CARE = "LONG_TERM_CARE", "长期护理保险"


class InsuranceDesignation(DatedFact):
    """A designation by a social insurance scheme."""

    institution = models.ForeignKey(Institution, models.PROTECT, related_name="designations")
    scheme = models.CharField("险种", max_length=20, choices=InsuranceScheme)
    code = models.CharField("定点机构编码", max_length=30, blank=True)

    row_scope = OF_INSTITUTION
    field_classes: ClassVar = classify(
        public=(*DATED_FIELDS, "scheme", "code"), internal=INTERNAL_FIELDS
    )
    objects = DatedQuerySet.as_manager()

    class Meta(DatedFact.Meta):
        verbose_name = verbose_name_plural = "保险定点"
        constraints = [
            *DatedFact.Meta.constraints,
            *(
                no_overlap(
                    "institution",
                    name=f"institutions_designation_{scheme.lower()}",
                    condition=Q(scheme=scheme),
                    message=f"该机构这段时间已有“{label}”定点记录，请先截止原记录。",
                )
                for scheme, label in InsuranceScheme.choices
            ),
        ]
