"""Institutions with everything about them that an indicator reads, dated."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Self
from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from institutions.categories import HealthCategory, categories_of
from institutions.models.regions import Region
from yiyang.access.fields import classify
from yiyang.access.scope import ByInstitution, ByRegion
from yiyang.facts import DatedFact, DatedQuerySet, Fact, FactQuerySet, no_overlap


class Institution(Fact):
    """An institution under the city's own code; one credit code may hold two certificates."""

    uid = models.UUIDField(default=uuid4, unique=True, editable=False)
    code = models.CharField("机构编码", max_length=32, unique=True)
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="merged_from",
        verbose_name="并入的机构",
    )

    row_scope = ByRegion("profiles__region", dated="profiles") | ByInstitution("id")
    field_classes: ClassVar = classify(
        public=("id", "uid", "code", "merged_into"), internal=("voided_at", "void_reason")
    )
    objects = FactQuerySet.as_manager()

    class Meta(Fact.Meta):
        verbose_name = verbose_name_plural = "机构"
        ordering = ["code"]
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(
                condition=Q(code__regex=r"^[0-9A-Za-z-]{2,32}$"),
                name="institutions_institution_code_form",
                violation_error_message="机构编码只能用数字、字母和连字符，2—32 位。",
            ),
            models.CheckConstraint(
                condition=Q(merged_into=None)
                | (Q(voided_at__isnull=False) & ~Q(merged_into=F("id"))),
                name="institutions_institution_merged_is_void",
                violation_error_message="并入别的机构的须同时作废，且不能并入自己。",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Status(models.TextChoices):
    PLANNED = "PLANNED", "筹建"
    OPERATING = "OPERATING", "正常"
    SUSPENDED = "SUSPENDED", "停业"
    LICENCE_SUSPENDED = "LICENCE_SUSPENDED", "暂停执业"
    CLOSED = "CLOSED", "注销"


class ElderlyKind(models.TextChoices):
    WELFARE_HOME = "WELFARE_HOME", "敬老院（特困供养机构）"
    SOCIAL_WELFARE_INSTITUTE = "SOCIAL_WELFARE_INSTITUTE", "社会福利院"
    APARTMENT = "APARTMENT", "老年公寓"
    CARE_HOME = "CARE_HOME", "养老院（养护中心）"
    STREET_ELDERLY_CENTRE = "STREET_ELDERLY_CENTRE", "街道养老服务中心"
    DAY_CARE_CENTRE = "DAY_CARE_CENTRE", "日间照料中心"
    RURAL_ELDERLY_CENTRE = "RURAL_ELDERLY_CENTRE", "农区养老服务中心"
    RURAL_HAPPINESS_HOME = "RURAL_HAPPINESS_HOME", "农村幸福院"
    COMMUNITY_ELDERLY_STATION = "COMMUNITY_ELDERLY_STATION", "社区养老服务站"
    HOME_SERVICE = "HOME_SERVICE", "居家服务机构"


# 可能成为“养老机构”的类型；是否算，还要看备案与全日床位（rules.md 14）。
RESIDENTIAL_KINDS = (
    ElderlyKind.WELFARE_HOME,
    ElderlyKind.SOCIAL_WELFARE_INSTITUTE,
    ElderlyKind.APARTMENT,
    ElderlyKind.CARE_HOME,
    ElderlyKind.STREET_ELDERLY_CENTRE,
)
SERVICE_CENTRE_KINDS = (
    ElderlyKind.STREET_ELDERLY_CENTRE,
    ElderlyKind.RURAL_ELDERLY_CENTRE,
    ElderlyKind.COMMUNITY_ELDERLY_STATION,
)


class Ownership(models.TextChoices):
    PUBLIC = "PUBLIC", "公办"
    PRIVATE_NON_PROFIT = "PRIVATE_NON_PROFIT", "民办非营利"
    PRIVATE_FOR_PROFIT = "PRIVATE_FOR_PROFIT", "民办营利"
    PUBLIC_BUILT_PRIVATE_RUN = "PUBLIC_BUILT_PRIVATE_RUN", "公建民营"


class Grade(models.TextChoices):
    SPECIAL = "SPECIAL", "特等"
    A = "A", "甲等"
    B = "B", "乙等"
    C = "C", "丙等"
    UNRATED = "UNRATED", "未定等"


class Department(models.TextChoices):
    GERIATRICS = "GERIATRICS", "老年医学科"
    MONGOLIAN_MEDICINE = "MONGOLIAN_MEDICINE", "蒙医科"
    CHINESE_MEDICINE = "CHINESE_MEDICINE", "中医科"
    REHABILITATION = "REHABILITATION", "康复医学科"
    HOSPICE = "HOSPICE", "安宁疗护科"


class ProfileQuerySet(DatedQuerySet["InstitutionProfile"]):
    """Reads of institutions as they stood; add `.on(day)` for a day."""

    def open(self) -> Self:
        """Only those in status 正常 (rules.md 13)."""
        return self.filter(status=Status.OPERATING)

    def in_groups(self, groups: list[str]) -> Self:
        """Health institutions whose WS 218 category is in `groups`."""
        return self.filter(category__in=categories_of(groups))

    def health_side(self) -> Self:
        """Every institution with a WS 218 category."""
        return self.exclude(category="")

    def elderly_service(self) -> Self:
        """养老服务机构: every institution with an elderly-care kind."""
        return self.exclude(elderly_kind="")

    def residential(self) -> Self:
        """Kinds that may be a 养老机构; filing and beds decide (rules.md 14)."""
        return self.filter(elderly_kind__in=RESIDENTIAL_KINDS)


class InstitutionProfile(DatedFact):
    """What an institution was from one day to another."""

    institution = models.ForeignKey(Institution, models.PROTECT, related_name="profiles")
    name = models.CharField("名称", max_length=100)
    pinyin = models.CharField("拼音首字母", max_length=100, blank=True, editable=False)
    region = models.ForeignKey(Region, models.PROTECT, related_name="institution_profiles")
    address = models.CharField("地址", max_length=200, blank=True)
    credit_code = models.CharField("统一社会信用代码", max_length=18, blank=True)
    status = models.CharField("状态", max_length=20, choices=Status)
    category = models.CharField("卫生机构类别", max_length=4, choices=HealthCategory, blank=True)
    level = models.PositiveSmallIntegerField(
        "医院级别", null=True, blank=True, choices=[(1, "一级"), (2, "二级"), (3, "三级")]
    )
    grade = models.CharField("医院等次", max_length=10, choices=Grade, blank=True)
    departments = ArrayField(
        models.CharField(max_length=20, choices=Department),
        verbose_name="科室",
        default=list,
        blank=True,
    )
    elderly_kind = models.CharField(
        "养老服务机构类型", max_length=30, choices=ElderlyKind, blank=True
    )
    elderly_grade = models.PositiveSmallIntegerField(
        "养老机构等级", null=True, blank=True, choices=[(n, f"{n} 级") for n in range(1, 6)]
    )
    ownership = models.CharField("性质", max_length=30, choices=Ownership, blank=True)
    host = models.ForeignKey(
        Institution,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="in_house_profiles",
        verbose_name="举办单位（内设机构填）",
    )

    row_scope = ByRegion("region") | ByInstitution("institution")
    field_classes: ClassVar = classify(
        public=(
            *("id", "institution", "name", "pinyin", "region", "address", "credit_code"),
            *("status", "category", "level", "grade", "departments", "elderly_kind"),
            *("elderly_grade", "ownership", "host", "starts_on", "ends_on"),
        ),
        internal=("voided_at", "void_reason"),
    )
    objects = ProfileQuerySet.as_manager()

    class Meta(DatedFact.Meta):
        verbose_name = verbose_name_plural = "机构概况"
        indexes = [
            models.Index(fields=["region", "starts_on"], name="institutions_profile_region"),
            # 名单按拼音翻页：翻到多深都从这里接着读。
            models.Index(
                fields=["pinyin", "id"],
                condition=Q(voided_at=None),
                name="institutions_profile_pinyin",
            ),
        ]
        constraints = [
            *DatedFact.Meta.constraints,
            no_overlap(
                "institution",
                name="institutions_profile_one_a_day",
                message="同一机构同一天只能有一份概况，请先截止原概况。",
            ),
            models.CheckConstraint(
                condition=~Q(category="", elderly_kind=""),
                name="institutions_profile_has_a_side",
                violation_error_message="请填写卫生机构类别或养老服务机构类型，至少一项。",
            ),
            models.CheckConstraint(
                condition=Q(host=None) | ~Q(host=F("institution")),
                name="institutions_profile_not_own_host",
                violation_error_message="举办单位不能是机构自己。",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class LicenceKind(models.TextChoices):
    MEDICAL_LICENCE = "MEDICAL_LICENCE", "医疗机构执业许可证"
    CLINIC_FILING = "CLINIC_FILING", "诊所备案凭证"
    ELDERLY_FILING = "ELDERLY_FILING", "养老机构备案"
    ELDERLY_PERMIT = "ELDERLY_PERMIT", "养老机构设立许可证"


MEDICAL_CERTIFICATES = (LicenceKind.MEDICAL_LICENCE, LicenceKind.CLINIC_FILING)
ELDERLY_CERTIFICATES = (LicenceKind.ELDERLY_FILING, LicenceKind.ELDERLY_PERMIT)


class LicenceQuerySet(DatedQuerySet["Licence"]):
    """Reads of certificates."""

    def medical(self) -> Self:
        return self.filter(kind__in=MEDICAL_CERTIFICATES)

    def elderly(self) -> Self:
        return self.filter(kind__in=ELDERLY_CERTIFICATES)

    def started_by(self, day: date) -> Self:
        """Certificates given by `day`, expired ones included."""
        return self.kept().filter(starts_on__lte=day)


class Licence(DatedFact):
    """A certificate or filing with its validity; `ends_on` is the last valid day."""

    institution = models.ForeignKey(Institution, models.PROTECT, related_name="licences")
    kind = models.CharField("证照种类", max_length=20, choices=LicenceKind)
    number = models.CharField("证照编号", max_length=40)
    issued_by = models.CharField("发证（备案）机关", max_length=60, blank=True)
    full_time_beds = models.PositiveIntegerField(
        "全日床位", null=True, blank=True, help_text="养老备案（许可）所载全日集中住宿床位数"
    )

    row_scope = ByRegion(
        "institution__profiles__region", dated="institution__profiles"
    ) | ByInstitution("institution")
    field_classes: ClassVar = classify(
        public=(
            *("id", "institution", "kind", "number", "issued_by", "full_time_beds"),
            *("starts_on", "ends_on"),
        ),
        internal=("voided_at", "void_reason"),
    )
    objects = LicenceQuerySet.as_manager()

    class Meta(DatedFact.Meta):
        verbose_name = verbose_name_plural = "证照与备案"
        indexes = [models.Index(fields=["institution", "kind"], name="institutions_licence_kind")]
        constraints = [
            *DatedFact.Meta.constraints,
            *(
                no_overlap(
                    "institution",
                    name=f"institutions_licence_once_{kind.lower()}",
                    condition=Q(kind=kind),
                    message=f"该机构这段时间已有“{label}”，请先截止原证照。",
                )
                for kind, label in LicenceKind.choices
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=ELDERLY_CERTIFICATES) | Q(full_time_beds__isnull=False),
                name="institutions_licence_elderly_has_beds",
                violation_error_message="养老备案（许可）须填全日床位数，没有的填 0。",
            ),
        ]


class InstitutionContact(DatedFact):
    """Whom to call at an institution."""

    institution = models.ForeignKey(Institution, models.PROTECT, related_name="contacts")
    name = models.CharField("联系人", max_length=30)
    phone = models.CharField("电话", max_length=30)

    row_scope = ByRegion(
        "institution__profiles__region", dated="institution__profiles"
    ) | ByInstitution("institution")
    field_classes: ClassVar = classify(
        internal=(
            *("id", "institution", "name", "phone", "starts_on", "ends_on"),
            *("voided_at", "void_reason"),
        )
    )
    objects = DatedQuerySet.as_manager()

    class Meta(DatedFact.Meta):
        verbose_name = verbose_name_plural = "联系人"
        constraints = [
            *DatedFact.Meta.constraints,
            no_overlap(
                "institution",
                name="institutions_contact_one_a_day",
                message="该机构这段时间已有联系人，请先截止原联系人。",
            ),
        ]
