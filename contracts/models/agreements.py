"""Partnership agreements between medical and elderly-service institutions."""

from __future__ import annotations

from datetime import date, timedelta
from typing import ClassVar, Self
from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, Exists, F, Func, OuterRef, Q, Value, When
from django.db.models.functions import Least

from institutions.models import Institution, Region
from yiyang.access.fields import classify
from yiyang.access.scope import ByInstitution, ByRegion, Nobody, ScopedManager
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


class AgreementState(models.TextChoices):
    """What stage an agreement is at on a day; worked out from its dates, never stored."""

    DRAFT = "DRAFT", "草稿"
    HALF_SIGNED = "HALF_SIGNED", "一方已签"
    NOT_YET = "NOT_YET", "未生效"
    IN_FORCE = "IN_FORCE", "有效"
    EXPIRING = "EXPIRING", "即将到期"
    EXPIRED = "EXPIRED", "已到期"
    RENEWED = "RENEWED", "已续签"
    TERMINATED = "TERMINATED", "已解约"
    VOIDED = "VOIDED", "已作废"


S = AgreementState
# 提醒分四档；最宽的一档起称“即将到期”。
EXPIRY_BANDS = (15, 30, 60, 90)
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

    def with_state(self, day: date) -> Self:
        """Each agreement with its `state` on `day`."""
        return self.annotate(state=states_on(day))

    def expiring_within(self, days: int, day: date) -> Self:
        """In force on `day`, the last day within `days` from it, and no renewal signed yet."""
        return self.in_force(day).filter(_ends_by(day, days), ~Exists(_renewals_signed(day)))


def states_on(day: date) -> Case:
    """The state of each agreement on `day`: list, page and work list all read this one."""
    is_renewed = Exists(_renewals_signed(day))
    half_signed = Q(medical_signed_on__lte=day) | Q(elderly_signed_on__lte=day)
    ladder = (
        (Q(voided_at__isnull=False), S.VOIDED),
        (_unsigned(day) & half_signed, S.HALF_SIGNED),
        (_unsigned(day), S.DRAFT),
        (Q(terminated_on__lte=day), S.TERMINATED),
        (Q(starts_on__gt=day), S.NOT_YET),
        (Q(is_renewed) & Q(expires_on__lt=day), S.RENEWED),
        (Q(expires_on__lt=day), S.EXPIRED),
        (_ends_by(day, max(EXPIRY_BANDS)) & ~Q(is_renewed), S.EXPIRING),
    )
    whens = [When(condition, then=Value(state.value)) for condition, state in ladder]
    return Case(*whens, default=Value(S.IN_FORCE.value), output_field=models.CharField())


def _unsigned(day: date) -> Q:
    return Q(signed_on=None) | Q(signed_on__gt=day)


def _ends_by(day: date, days: int) -> Q:
    # 已约定解约的不再提醒续签。年份可能是打错的 9999，加不上去就到历法的尽头为止。
    last = date.max if date.max - day < timedelta(days=days) else day + timedelta(days=days)
    return Q(expires_on__lte=last, terminated_on=None)


def _renewals_signed(day: date) -> AgreementQuerySet:
    renewals = PartnershipAgreement.objects.kept().filter(renewal_of=OuterRef("pk"))
    return renewals.filter(signed_on__lte=day)


def in_force_on(day: date, prefix: str = "") -> Q:
    """The condition "signed and in force on `day`" for agreements reached through `prefix`."""
    signed = Q(**{f"{prefix}signed_on__lte": day, f"{prefix}starts_on__lte": day})
    unexpired = Q(**{f"{prefix}expires_on": None}) | Q(**{f"{prefix}expires_on__gte": day})
    unterminated = Q(**{f"{prefix}terminated_on": None}) | Q(**{f"{prefix}terminated_on__gt": day})
    return signed & unexpired & unterminated


# 两方的日子都空：都没签，或旧台账只知道签订日期。
NO_SIDES = Q(medical_signed_on=None, elderly_signed_on=None)
ONE_SIDE = Q(signed_on=None) & (Q(medical_signed_on=None) | Q(elderly_signed_on=None))
# 约束遇 NULL 会放行，所以每一项都写明不空。
LATER_SIDE = Q(
    signed_on__isnull=False, medical_signed_on__isnull=False, elderly_signed_on__isnull=False
) & (
    Q(signed_on=F("medical_signed_on"), medical_signed_on__gte=F("elderly_signed_on"))
    | Q(signed_on=F("elderly_signed_on"), elderly_signed_on__gte=F("medical_signed_on"))
)


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
    medical_signed_on = models.DateField("医疗方签订日期", null=True, blank=True)
    elderly_signed_on = models.DateField("养老方签订日期", null=True, blank=True)
    # 后签的一方签订的日子；指标读它。旧台账只有这一个日子的，两方各自的留空。
    signed_on = models.DateField("签订日期", null=True, blank=True, help_text="草稿留空")
    starts_on = models.DateField("生效日期")
    expires_on = models.DateField("到期日期", null=True, blank=True, help_text="最后一个有效日")
    terminated_on = models.DateField("解约日期", null=True, blank=True, help_text="当日起不再有效")
    termination_reason = models.CharField("解约原因", max_length=200, blank=True)
    renewal_of = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="renewals",
        verbose_name="续签自",
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
            *("medical_signed_on", "elderly_signed_on"),
            *("starts_on", "expires_on", "terminated_on", "renewal_of"),
        ),
        internal=("termination_reason", "voided_at", "void_reason"),
    )
    objects = AgreementQuerySet.as_manager()

    # 由 with_state() 添上。
    state: str

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
            models.CheckConstraint(
                condition=Q(terminated_on=None) | Q(signed_on__isnull=False),
                name="contracts_agreement_terminated_was_signed",
                violation_error_message="草稿没有签订，不能解约；请作废。",
            ),
            models.CheckConstraint(
                condition=NO_SIDES | ONE_SIDE | LATER_SIDE,
                name="contracts_agreement_signed_with_the_later_side",
                violation_error_message="签订日期须是双方签订日期中较晚的一天；只有一方签的仍是草稿。",
            ),
            models.UniqueConstraint(
                fields=["renewal_of"],
                name="contracts_agreement_renewed_once",
                condition=Q(voided_at=None, renewal_of__isnull=False),
                violation_error_message="这份协议已有续签；请打开续签的那一份。",
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


class AgreementSerial(models.Model):
    """The last serial given to agreements of a district in a year; its row is the lock."""

    year = models.PositiveSmallIntegerField("年度")
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="区划")
    last = models.PositiveIntegerField("最后一号")

    row_scope = Nobody()
    field_classes: ClassVar = classify(internal=("id", "year", "region", "last"))
    objects = ScopedManager()

    class Meta:
        verbose_name = verbose_name_plural = "协议流水号"
        constraints = [
            models.UniqueConstraint(
                fields=["year", "region"],
                name="contracts_agreementserial_once",
                violation_error_message="这个区划这一年已有流水号。",
            )
        ]
