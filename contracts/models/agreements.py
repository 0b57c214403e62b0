"""Partnership agreements between medical and elderly-service institutions."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Self
from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Least

from institutions.models import Institution
from yiyang.access.fields import classify
from yiyang.access.scope import ByInstitution, ByRegion
from yiyang.facts import Fact, FactQuerySet, no_overlap, whole_span


class AgreementMode(models.TextChoices):
    COOPERATION = "COOPERATION", "签约合作"
    PAIRED_SUPPORT = "PAIRED_SUPPORT", "对口支援"
    TRUSTEESHIP = "TRUSTEESHIP", "托管"
    MEDICAL_ROUND = "MEDICAL_ROUND", "定期巡诊"


class ServiceItem(models.TextChoices):
    PUBLIC_HEALTH = "PUBLIC_HEALTH", "基本公共卫生服务"
    MEDICAL_ROUND = "MEDICAL_ROUND", "巡诊"
    HEALTH_MANAGEMENT = "HEALTH_MANAGEMENT", "健康管理"
    CONSULTATION = "CONSULTATION", "保健咨询"
    APPOINTMENT = "APPOINTMENT", "预约就诊"
    TREATMENT = "TREATMENT", "疾病诊疗"
    NURSING = "NURSING", "医疗护理"
    REHABILITATION = "REHABILITATION", "康复"
    EMERGENCY = "EMERGENCY", "急诊急救绿色通道"
    REFERRAL = "REFERRAL", "双向转诊"
    TELEMEDICINE = "TELEMEDICINE", "远程医疗"
    TRADITIONAL_MEDICINE = "TRADITIONAL_MEDICINE", "蒙医中医服务"
    HOSPICE = "HOSPICE", "安宁疗护"
    GUIDANCE = "GUIDANCE", "药事与感染控制指导"
    TRAINING = "TRAINING", "人员培训"


# 协议的最后有效日：到期日与解约日前一日中较早者；没有到期日的一直有效。
LAST_DAY = Least(
    F("expires_on"),
    Func(F("terminated_on"), template="(%(expressions)s::date - 1)"),
    output_field=models.DateField(),
)


class AgreementQuerySet(FactQuerySet["PartnershipAgreement"]):
    def in_force(self, day: date) -> Self:
        """Signed agreements valid on `day`: the expiry day counts, the termination day does not."""
        return self.kept().filter(in_force_on(day))


def in_force_on(day: date, prefix: str = "") -> Q:
    """The condition "signed and in force on `day`" for agreements reached through `prefix`."""
    signed = Q(**{f"{prefix}signed_on__lte": day, f"{prefix}starts_on__lte": day})
    unexpired = Q(**{f"{prefix}expires_on": None}) | Q(**{f"{prefix}expires_on__gte": day})
    unterminated = Q(**{f"{prefix}terminated_on": None}) | Q(**{f"{prefix}terminated_on__gt": day})
    return signed & unexpired & unterminated


class PartnershipAgreement(Fact):
    """An agreement of one health institution with one elderly-service provider (rules.md 23)."""

    uid = models.UUIDField(default=uuid4, unique=True, editable=False)
    number = models.CharField("协议编号", max_length=40, unique=True)
    medical = models.ForeignKey(
        Institution, models.PROTECT, related_name="agreements_as_medical", verbose_name="医疗方"
    )
    elderly = models.ForeignKey(
        Institution, models.PROTECT, related_name="agreements_as_elderly", verbose_name="养老方"
    )
    mode = models.CharField("合作方式", max_length=20, choices=AgreementMode)
    items = ArrayField(
        models.CharField(max_length=30, choices=ServiceItem),
        verbose_name="服务项目",
        default=list,
        blank=True,
    )
    signed_on = models.DateField("签订日期", null=True, blank=True, help_text="草稿留空")
    starts_on = models.DateField("生效日期")
    expires_on = models.DateField("到期日期", null=True, blank=True, help_text="最后一个有效日")
    terminated_on = models.DateField("解约日期", null=True, blank=True, help_text="当日起不再有效")
    termination_reason = models.CharField("解约原因", max_length=200, blank=True)
    renewal_of = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="renewal", verbose_name="续签自"
    )

    row_scope = (
        ByRegion("medical__profiles__region", dated="medical__profiles")
        | ByRegion("elderly__profiles__region", dated="elderly__profiles")
        | ByInstitution("medical")
        | ByInstitution("elderly")
    )
    field_classes: ClassVar = classify(
        public=(
            *("id", "uid", "number", "medical", "elderly", "mode", "items", "signed_on"),
            *("starts_on", "expires_on", "terminated_on", "renewal_of"),
        ),
        internal=("termination_reason", "voided_at", "void_reason"),
    )
    objects = AgreementQuerySet.as_manager()

    class Meta(Fact.Meta):
        verbose_name = verbose_name_plural = "医养签约协议"
        indexes = [models.Index(fields=["elderly", "medical"], name="contracts_agreement_pair")]
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(
                condition=~Q(medical=F("elderly")),
                name="contracts_agreement_two_parties",
                violation_error_message="协议双方不能是同一个机构。",
            ),
            models.CheckConstraint(
                condition=Q(expires_on=None) | Q(expires_on__gte=F("starts_on")),
                name="contracts_agreement_expires_after_start",
                violation_error_message="到期日期不能早于生效日期。",
            ),
            models.CheckConstraint(
                condition=Q(terminated_on=None, termination_reason="")
                | (Q(terminated_on__gt=F("starts_on")) & ~Q(termination_reason="")),
                name="contracts_agreement_termination",
                violation_error_message="解约须晚于生效日期，并写明原因。",
            ),
            *(
                no_overlap(
                    "medical",
                    "elderly",
                    name=f"contracts_agreement_once_{mode.lower()}",
                    span=whole_span("starts_on", LAST_DAY),
                    condition=Q(mode=mode, signed_on__isnull=False),
                    message=f"双方这段时间已有“{label}”协议，请续签或先解约原协议。",
                )
                for mode, label in AgreementMode.choices
            ),
        ]

    def __str__(self) -> str:
        return self.number
