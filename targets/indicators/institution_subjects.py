"""Institutions, agreements and reports as they stood on a day, ready to be counted."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import (
    Exists,
    F,
    FilteredRelation,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)

from contracts.models import DoctorTeam, PartnershipAgreement, ServiceItem, TeamArea
from contracts.models.agreements import in_force_on
from institutions.categories import PRIMARY_CARE_GROUPS, TRADITIONAL_MEDICINE, categories_of
from institutions.models import (
    CareService,
    GreenChannel,
    InstitutionProfile,
    Licence,
    PilotProject,
    ServiceForm,
    Status,
)
from institutions.models.institutions import RESIDENTIAL_KINDS, SERVICE_CENTRE_KINDS
from targets.indicators import institution_ends
from targets.indicators.base import Column, Subject, flag
from targets.indicators.bed_facts import beds, occupants
from yiyang.facts import holds_on

PRIMARY_CARE = categories_of(PRIMARY_CARE_GROUPS)
INSTITUTION_PAGE = ("institution-detail", "institution_id")
# 养老机构（rules.md 14）：由备案与全日床位决定，不看名称。
IS_HOME = Q(elderly_kind__in=RESIDENTIAL_KINDS, filed_beds__gte=10)


def _holders(facts: QuerySet[Any], path: str = "institution_id") -> QuerySet[Any, Any]:
    """The institutions that hold one of `facts`, for use in an `__in`."""
    return facts.values(path)


def _licensed(day: date) -> Q:
    return Q(institution__in=_holders(Licence.objects.medical().on(day)))


def health_institutions(day: date) -> QuerySet[InstitutionProfile]:
    """Health institutions on `day`: licensed? channel open in full or in part? integrated?"""
    channels = GreenChannel.objects.on(day)
    return (
        InstitutionProfile.objects.on(day)
        .health_side()
        .annotate(
            is_licensed=flag(_licensed(day)),
            has_channel=flag(Q(institution__in=_holders(channels.full()))),
            has_part_channel=flag(Q(institution__in=_holders(channels))),
            is_integrated=flag(Q(Exists(_elderly_here(day)))),
            has_partner=flag(
                Q(institution__in=_holders(_agreements_with_homes(day), "medical_id"))
                | Q(Exists(_elderly_here(day)))
            ),
            repeats_place=flag(
                Q(category__in=TRADITIONAL_MEDICINE) & Q(Exists(_built_before(day)))
            ),
            **institution_ends.of_health(
                day,
                elderly_here=_elderly_here(day),
                built_before=_built_before(day),
                agreements=_agreements_with_homes(day),
            ),
        )
    )


def elderly_services(day: date) -> QuerySet[InstitutionProfile]:
    """Elderly-service providers on `day`: filed? a 养老机构? served how? beds? residents?"""
    filings = Licence.objects.elderly()
    return (
        InstitutionProfile.objects.on(day)
        .elderly_service()
        .annotate(
            is_filed=flag(Q(institution__in=_holders(filings.on(day)))),
            filed_beds=_filed_beds(day),
            has_in_house=flag(Q(Exists(_medical_here(day)))),
            has_agreement=flag(Q(institution__in=_holders(valid_agreements(day), "elderly_id"))),
            has_round=flag(Q(institution__in=_holders(_given_by_others(day).medical()))),
            has_rehabilitation=flag(_rehabilitated(day)),
            repeats_place=flag(Q(Exists(_dual_before(day)))),
            **beds(day),
            **occupants(day),
            **institution_ends.of_elderly(
                day,
                medical_here=_medical_here(day),
                dual_before=_dual_before(day),
                agreements=valid_agreements(day),
            ),
        )
    )


def _filed_beds(day: date) -> Subquery:
    """Full-time beds of the outer institution's last filing by `day`, expired or not."""
    filings = Licence.objects.elderly().started_by(day).filter(institution=OuterRef("institution"))
    return Subquery(filings.order_by("-starts_on", "-id").values("full_time_beds")[:1])


def _agreements_with_homes(day: date) -> QuerySet[PartnershipAgreement]:
    # 只有养老方是养老机构的对才进入养老机构的指标（rules 23）。
    homes = InstitutionProfile.objects.on(day).annotate(filed_beds=_filed_beds(day)).filter(IS_HOME)
    return valid_agreements(day).filter(elderly__in=_holders(homes))


def _given_by_others(day: date) -> Any:
    # 内设以证照为凭、签约以协议为凭，这里只看托管与巡诊。
    return CareService.objects.on(day).filter(
        form__in=(ServiceForm.TRUSTEESHIP, ServiceForm.MEDICAL_ROUND)
    )


def _rehabilitated(day: date) -> Q:
    agreements = valid_agreements(day).filter(items__contains=[ServiceItem.REHABILITATION.value])
    return Q(institution__in=_holders(CareService.objects.on(day).rehabilitation())) | Q(
        institution__in=_holders(agreements, "elderly_id")
    )


def _same_place() -> Q:
    """Same record, host link either way, or the same non-empty address in the same region."""
    return (
        Q(institution=OuterRef("institution"))
        | Q(host=OuterRef("institution"))
        | Q(institution=OuterRef("host"))
        | (Q(region=OuterRef("region"), address=OuterRef("address")) & ~Q(address=""))
    )


def _medical_here(day: date) -> QuerySet[InstitutionProfile]:
    """Operating, licensed health institutions at the place of the outer record."""
    return (
        InstitutionProfile.objects.on(day)
        .health_side()
        .open()
        .filter(_licensed(day))
        .filter(_same_place())
    )


def _elderly_here(day: date) -> QuerySet[InstitutionProfile]:
    """Operating elderly-care institutions with a valid filing at the place of the outer record."""
    return (
        InstitutionProfile.objects.on(day)
        .residential()
        .open()
        .filter(institution__in=_holders(Licence.objects.elderly().on(day)))
        .filter(_same_place())
    )


def _dual_before(day: date) -> QuerySet[InstitutionProfile]:
    # 只有自己也两证齐全的前一条才算“已计”：同一处所不传递，前一条可能够不着医疗方。
    earlier = _elderly_here(day).filter(institution__lt=OuterRef("institution"))
    return earlier.filter(Exists(_medical_here(day)))


def _built_before(day: date) -> QuerySet[InstitutionProfile]:
    """The same among traditional-medicine institutions, which count from the medical side."""
    earlier = _medical_here(day).filter(
        category__in=TRADITIONAL_MEDICINE, institution__lt=OuterRef("institution")
    )
    return earlier.filter(Exists(_elderly_here(day)))


def agreements(day: date) -> QuerySet[Any]:
    """The last agreement of each pair and mode by `day`, with both parties as they stood."""
    later = PartnershipAgreement.objects.kept().filter(
        medical=OuterRef("medical"),
        elderly=OuterRef("elderly"),
        mode=OuterRef("mode"),
        signed_on__lte=day,
        starts_on__lte=day,
        starts_on__gt=OuterRef("starts_on"),
    )
    last: QuerySet[Any] = _with_parties(PartnershipAgreement.objects.kept(), day).annotate(
        is_superseded=Exists(later),
        is_in_force=flag(in_force_on(day)),
        is_unsigned=flag(Q(signed_on=None) | Q(signed_on__gt=day) | Q(starts_on__gt=day)),
        is_terminated=flag(Q(terminated_on__lte=day)),
        is_primary_pair=flag(
            Q(medical_profile__category__in=PRIMARY_CARE)
            & Q(elderly_profile__elderly_kind__in=SERVICE_CENTRE_KINDS)
        ),
        repeats_pair=Exists(
            PartnershipAgreement.objects.in_force(day).filter(
                medical=OuterRef("medical"), elderly=OuterRef("elderly"), id__lt=OuterRef("id")
            )
        ),
        **institution_ends.of_agreements(day),
    )
    return last


def valid_agreements(day: date) -> QuerySet[Any]:
    """Agreements that count on `day`: in force between two sound parties (rules.md 23)."""
    return _with_parties(PartnershipAgreement.objects.in_force(day), day).filter(
        medical_is_sound=True, elderly_is_sound=True, is_one_party=False
    )


def _with_parties(agreements: QuerySet[Any], day: date) -> QuerySet[Any]:
    filings = Licence.objects.elderly()
    expired = Q(elderly__in=_holders(filings.started_by(day))) & ~Q(
        elderly__in=_holders(filings.on(day))
    )
    certified = Q(medical__in=_holders(Licence.objects.medical().on(day)))
    with_parties: QuerySet[Any] = agreements.annotate(
        medical_profile=profile_on("medical", day),
        elderly_profile=profile_on("elderly", day),
        medical_is_open=flag(Q(medical_profile__status=Status.OPERATING)),
        elderly_is_open=flag(Q(elderly_profile__status=Status.OPERATING)),
        medical_is_certified=flag(certified),
        elderly_is_expired=flag(expired),
        medical_is_sound=flag(certified & Q(medical_profile__status=Status.OPERATING)),
        elderly_is_sound=flag(Q(elderly_profile__status=Status.OPERATING) & ~expired),
        is_one_party=flag(
            Q(medical_profile__host=F("elderly"))
            | Q(elderly_profile__host=F("medical"))
            | (
                Q(medical_profile__credit_code=F("elderly_profile__credit_code"))
                & ~Q(medical_profile__credit_code="")
            )
        ),
    )
    return with_parties


def profile_on(party: str, day: date) -> FilteredRelation:
    prefix = f"{party}__profiles__"
    return FilteredRelation(
        f"{party}__profiles", condition=holds_on(day, prefix) & Q(**{f"{prefix}voided_at": None})
    )


def doctor_teams(day: date) -> QuerySet[DoctorTeam]:
    """Doctor teams on `day`, placed where their institution stands."""
    return DoctorTeam.objects.on(day).annotate(
        profile=profile_on("institution", day),
        is_open=flag(Q(profile__status=Status.OPERATING)),
        **institution_ends.of_teams(day),
    )


def reaching_areas(day: date) -> QuerySet[TeamArea]:
    """Communities of teams of operating, licensed primary-care institutions (rules.md 12, 13)."""
    operating = InstitutionProfile.objects.on(day).open().filter(category__in=PRIMARY_CARE)
    providers = operating.filter(_licensed(day)).values("institution")
    teams = DoctorTeam.objects.on(day).filter(institution__in=providers)
    return TeamArea.objects.on(day).filter(team__in=teams)


def pilot_projects(day: date) -> QuerySet[PilotProject]:
    """Pilot projects named by `day`."""
    return (
        PilotProject.objects.kept()
        .filter(named_on__lte=day)
        .annotate(is_verified=flag(Q(verified_on__lte=day)), is_in_use=flag(Q(in_use_on__lte=day)))
    )


_PLACE = (Column("名称", "name"), Column("区划", "region__name"), Column("状态", "status"))

HEALTH = Subject(
    name="health_institutions",
    title="医疗卫生机构",
    measure="家",
    build=health_institutions,
    region="region",
    page=INSTITUTION_PAGE,
    identity=("institution_id",),
    columns=(
        *_PLACE,
        Column("类别", "category"),
        Column("执业证有效至", "licensed_until"),
        Column("绿色通道至", "channel_until"),
    ),
)
ELDERLY = Subject(
    name="elderly_services",
    title="养老服务机构",
    measure="家",
    build=elderly_services,
    region="region",
    page=INSTITUTION_PAGE,
    identity=("institution_id",),
    settings=("REPORT_CARRY_DAYS",),
    columns=(
        *_PLACE,
        Column("类型", "elderly_kind"),
        Column("备案有效至", "filed_until"),
        Column("内设医疗至", "in_house_until"),
        Column("协议至", "agreement_until"),
        Column("托管巡诊至", "round_until"),
        Column("备案床位", "filed_beds"),
        Column("床位报告日", "beds_counted_on"),
    ),
)
AGREEMENTS = Subject(
    name="agreements",
    title="医养签约协议",
    measure="对",
    build=agreements,
    region="elderly_profile__region",
    identity=("medical_id", "elderly_id"),
    columns=(
        Column("协议编号", "number"),
        Column("医疗方", "medical_profile__name"),
        Column("养老方", "elderly_profile__name"),
        Column("生效", "starts_on"),
        Column("到期", "expires_on"),
        Column("解约", "terminated_on"),
        Column("医疗方执业证至", "medical_licensed_until"),
        Column("养老方备案至", "elderly_filed_until"),
    ),
)
TEAMS = Subject(
    name="doctor_teams",
    title="家庭医生团队",
    measure="个",
    build=doctor_teams,
    region="profile__region",
    columns=(
        Column("团队", "name"),
        Column("机构", "profile__name"),
        Column("起始", "starts_on"),
        Column("截止", "ends_on"),
    ),
)
PILOTS = Subject(
    name="pilot_projects",
    title="试点项目",
    measure="个",
    build=pilot_projects,
    region="region",
    columns=(
        Column("项目", "name"),
        Column("区划", "region__name"),
        Column("投入使用", "in_use_on"),
        Column("核实", "verified_on"),
    ),
)
