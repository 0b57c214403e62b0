"""What a record that is not counted lacks, in the words of whoever will chase it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, Subquery

from contracts.models import PartnershipAgreement
from contracts.models.agreements import LAST_DAY
from institutions.models import Department, GreenChannel, InstitutionProfile, Licence, Status
from targets.indicators.base import flag
from targets.indicators.terms import REACHES_30_PERCENT

MINUTES, DAYS, WEEKS, MONTHS, HARDLY = 1, 5, 20, 60, 100


@dataclass(frozen=True, slots=True)
class Lack:
    """One thing missing: its words, when it applies, and how hard it is to mend.

    In the words {days} is how long ago the day at `since` was, {steps} the channel's missing
    steps, {beds} the beds short of 30 %. What `is_shut` no call will mend.
    """

    text: str
    where: Q
    effort: int
    since: str = ""
    is_shut: bool = False


@dataclass(frozen=True, slots=True)
class Need:
    """One condition of being counted; of its lacks the first that applies is told."""

    met: Q
    lacks: tuple[Lack, ...]


@dataclass(frozen=True, slots=True)
class Checklist:
    """The needs of an indicator; `hopeless` rows can never count and are no candidates."""

    needs: tuple[Need, ...]
    facts: Callable[[date], dict[str, Any]] = lambda day: {}
    reads: tuple[str, ...] = ()
    hopeless: Q | None = None


ALWAYS = Q()


def shut(text: str, where: Q = ALWAYS) -> Lack:
    """A lack of whoever has closed its doors."""
    return Lack(text, where, MONTHS, is_shut=True)


OPERATING = Need(
    Q(status=Status.OPERATING),
    (
        Lack("尚在筹建", Q(status=Status.PLANNED), MONTHS),
        shut("停业", Q(status=Status.SUSPENDED)),
        shut("暂停执业"),
    ),
)
LICENSED = Need(
    Q(is_licensed=True),
    (
        Lack(
            "执业许可证 {days} 天前过期", Q(licensed_until__isnull=False), WEEKS, "licensed_until"
        ),
        Lack("没有登记执业证（备案凭证）", ALWAYS, MONTHS),
    ),
)
FILED = Need(
    Q(is_filed=True),
    (
        Lack("养老备案 {days} 天前过期", Q(filed_until__isnull=False), WEEKS, "filed_until"),
        Lack("养老备案无效", ALWAYS, MONTHS),
    ),
)

# ── 绿色通道 ──────────────────────────────────────────────────────────────────

CHANNEL_OPEN = Need(
    Q(has_channel=True),
    (
        Lack("绿色通道缺：{steps}", Q(has_part_channel=True), DAYS),
        Lack("绿色通道 {days} 天前停止", Q(channel_until__isnull=False), DAYS, "channel_until"),
        Lack("没有开通绿色通道", ALWAYS, WEEKS),
    ),
)


def channel_facts(day: date) -> dict[str, Any]:
    steps = GreenChannel.objects.on(day).filter(institution=OuterRef("institution"))
    return {"channel_steps": Subquery(steps.values("steps")[:1])}


CHANNEL = Checklist(
    (OPERATING, LICENSED, CHANNEL_OPEN),
    channel_facts,
    ("channel_steps",),
    hopeless=Q(status=Status.CLOSED),
)

# ── 养老机构的医疗、康复服务 ──────────────────────────────────────────────────

BY_AGREEMENT = (
    Lack("协议已拟未签", Q(has_draft=True), MINUTES),
    Lack("协议在期但对方证照或状态不合", Q(has_unsound=True), WEEKS),
    Lack("协议 {days} 天前到期", Q(agreement_ended_on__isnull=False), DAYS, "agreement_ended_on"),
    Lack("巡诊、托管 {days} 天前停止", Q(round_until__isnull=False), DAYS, "round_until"),
)
# 对方合格的在期协议已经满足服务；只因本院备案过期而不计的，催备案即可。
MEDICALLY = (
    Q(has_in_house=True) | Q(has_agreement=True) | Q(has_round=True) | Q(has_sound_partner=True)
)
REHABILITATED = Q(has_rehabilitation=True)
SERVED = Need(MEDICALLY, (*BY_AGREEMENT, Lack("没有内设、签约、托管或巡诊", ALWAYS, WEEKS)))
SERVED_EITHER = Need(
    MEDICALLY | REHABILITATED, (*BY_AGREEMENT, Lack("没有医疗或康复护理服务", ALWAYS, WEEKS))
)
WITH_REHABILITATION = Need(
    REHABILITATED, (Lack("没有康复护理服务（协议未列康复项目）", ALWAYS, WEEKS),)
)


def agreement_facts(day: date) -> dict[str, Any]:
    """Drafts, unsound and lapsed agreements of a home."""
    own = PartnershipAgreement.objects.kept().filter(elderly=OuterRef("institution"))
    not_over = Q(expires_on=None) | Q(expires_on__gte=day)
    draft = own.filter(Q(signed_on=None) | Q(signed_on__gt=day)).filter(
        not_over, terminated_on=None
    )
    ended = own.filter(signed_on__lte=day).annotate(last_day=LAST_DAY).filter(last_day__lt=day)
    in_force = PartnershipAgreement.objects.in_force(day).filter(elderly=OuterRef("institution"))
    sound = in_force.filter(
        medical__in=Licence.objects.medical().on(day).values("institution")
    ).filter(medical__in=InstitutionProfile.objects.on(day).open().values("institution"))
    return {
        "has_draft": flag(Q(Exists(draft))),
        "has_sound_partner": flag(Q(Exists(sound))),
        "has_unsound": flag(Q(Exists(in_force))),
        "agreement_ended_on": Subquery(ended.order_by("-last_day").values("last_day")[:1]),
    }


def homes(*needs: Need) -> Checklist:
    return Checklist((OPERATING, FILED, *needs), agreement_facts, hopeless=Q(status=Status.CLOSED))


# ── 床位与在住 ────────────────────────────────────────────────────────────────

REPORTED = Need(Q(beds__isnull=False), (Lack("缺床位报告（民政实有，一季内）", ALWAYS, MINUTES),))
OCCUPANTS_REPORTED = Need(Q(occupants__isnull=False), (Lack("缺月末在住报告", ALWAYS, MINUTES),))
ENOUGH_CARE_BEDS = Need(
    REACHES_30_PERCENT,
    (Lack("护理、康复型床位不足 30%，改造 {beds} 张可达到", Q(beds_in_use__gt=0), MONTHS),),
)

# ── 协议 ──────────────────────────────────────────────────────────────────────

SIGNED = Need(
    Q(is_in_force=True),
    (
        Lack("协议已拟未签", Q(is_unsigned=True, signed_on=None), MINUTES),
        Lack("协议尚未生效", Q(is_unsigned=True), MINUTES),
        Lack("协议 {days} 天前解约", Q(is_terminated=True), WEEKS, "terminated_on"),
        Lack("协议 {days} 天前到期", ALWAYS, DAYS, "expires_on"),
    ),
)
PARTIES_SOUND = (
    Need(Q(medical_is_open=True), (shut("医疗方不是正常状态"),)),
    Need(Q(elderly_is_open=True), (shut("养老方不是正常状态"),)),
    Need(
        Q(medical_is_certified=True),
        (
            Lack(
                "医疗方执业许可证 {days} 天前过期",
                Q(medical_licensed_until__isnull=False),
                WEEKS,
                "medical_licensed_until",
            ),
            Lack("医疗方没有登记执业许可证", ALWAYS, MONTHS),
        ),
    ),
    Need(
        Q(elderly_is_expired=False),
        (Lack("养老方备案 {days} 天前过期", ALWAYS, WEEKS, "elderly_filed_until"),),
    ),
)
AGREED = Checklist((SIGNED, *PARTIES_SOUND), hopeless=Q(repeats_pair=True) | Q(is_one_party=True))

# ── 其他 ──────────────────────────────────────────────────────────────────────

WITH_GERIATRICS = Need(
    Q(departments__contains=[Department.GERIATRICS.value]),
    (Lack("没有登记老年医学科", ALWAYS, MONTHS),),
)
INTEGRATED = Need(Q(is_integrated=True), (Lack("同一处所没有备案有效的养老机构", ALWAYS, MONTHS),))
PARTNERED = Need(Q(has_partner=True), (Lack("没有与养老机构的有效协议", ALWAYS, WEEKS),))
PILOT = Checklist(
    (
        Need(Q(is_verified=True), (Lack("投入使用情况未核实", ALWAYS, DAYS),)),
        Need(Q(is_in_use=True), (Lack("未投入使用", ALWAYS, MONTHS),)),
    )
)
TEAM = Checklist((Need(Q(is_open=True), (shut("所属机构不是正常状态"),)),))

CLOSED = Q(status=Status.CLOSED)
BUILT_ALREADY = Q(is_integrated=True, repeats_place=True)
CHECKLISTS: dict[tuple[str, str], Checklist] = {
    **{
        (code, reading): CHANNEL
        for code in ("GC17", "GC20")
        for reading in ("standard", "with_clinics")
    },
    ("EL17", "any_form"): homes(SERVED_EITHER),
    ("EL17", "medical_and_rehabilitation"): homes(SERVED, WITH_REHABILITATION),
    ("EL20", "any_form"): homes(SERVED),
    ("BD20", "city_sum"): homes(REPORTED),
    ("BD20", "institution_share"): Checklist(
        (OPERATING, FILED, REPORTED, ENOUGH_CARE_BEDS),
        reads=("care_beds_above_30_percent",),
        hopeless=CLOSED,
    ),
    ("BD20", "elderly_beds_only"): homes(REPORTED),
    ("NURS", "standard"): homes(REPORTED),
    ("OCCU", "standard"): Checklist((OPERATING, REPORTED, OCCUPANTS_REPORTED), hopeless=CLOSED),
    ("TM12", "integrated"): Checklist((OPERATING, INTEGRATED), hopeless=CLOSED | BUILT_ALREADY),
    ("TM12", "cooperating"): Checklist((OPERATING, PARTNERED), hopeless=CLOSED | BUILT_ALREADY),
    ("PJ05", "in_use"): PILOT,
    ("GERI", "standard"): Checklist((OPERATING, LICENSED, WITH_GERIATRICS), hopeless=CLOSED),
    ("DUAL", "both_certificates"): Checklist(
        (OPERATING, FILED), hopeless=CLOSED | Q(repeats_place=True)
    ),
    ("PAIR", "total"): AGREED,
    ("PAIR", "primary_care"): Checklist(
        (SIGNED, *PARTIES_SOUND),
        hopeless=Q(repeats_pair=True) | Q(is_one_party=True) | Q(is_primary_pair=False),
    ),
    ("TEAM", "standard"): TEAM,
}


def checklist_of(key: tuple[str, str]) -> Checklist:
    """The needs of an indicator reading; none for those counted by persons."""
    return CHECKLISTS.get(key, Checklist(()))
