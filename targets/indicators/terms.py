"""The terms the catalogue speaks in: who is meant, who is left out, how things are added."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.db.models import Q

from contracts.models import ResidenceKind
from institutions.categories import (
    GENERAL_HOSPITALS,
    TRADITIONAL_MEDICINE,
    HealthGroup,
    categories_of,
)
from institutions.models import Department, PopulationGroup, Status
from institutions.models.institutions import RESIDENTIAL_KINDS
from targets.indicators.base import Cause, Exclusion, Formula, Subject, Tally
from targets.indicators.institution_subjects import (
    AGREEMENTS,
    ELDERLY,
    HEALTH,
    IS_HOME,
    PILOTS,
    TEAMS,
)
from targets.indicators.person_subjects import (
    IN_THE_CITY,
    POPULATION,
    RESIDENTS,
    SICKBEDS,
    SIGNUPS,
    STREETS,
)

# ── 机构 ──────────────────────────────────────────────────────────────────────

NOT_OPERATING = tuple(
    Exclusion(
        f"状态为{label}",
        Q(status=status),
        Cause.ENDED if status == Status.CLOSED else Cause.CONDITION,
    )
    for status, label in Status.choices
    if status != Status.OPERATING
)
# 同一处所的两条记录计一家（rules.md 15）。
SAME_PLACE = "同一处所已计"
# 绿色通道计入的机构（rules.md 16）：设置里选定，印在脚注。
CHANNEL_GROUPS = tuple(HealthGroup(group) for group in settings.GREEN_CHANNEL_GROUPS)
WITH_CLINICS = tuple(
    dict.fromkeys((*CHANNEL_GROUPS, HealthGroup.CLINIC, HealthGroup.VILLAGE_CLINIC))
)
CHANNEL_GROUPS_TEXT = "、".join(str(group.label) for group in CHANNEL_GROUPS)

HOMES_TEXT = (
    "状态正常、办理过养老备案（2019 年前为设立许可）且备案全日床位 10 张以上的住养机构，"
    "含敬老院、福利院、老年公寓、养护中心；日间照料、幸福院、居家服务机构、社区服务站不在内"
)
SERVED_MEDICALLY = Q(is_filed=True) & (
    Q(has_in_house=True) | Q(has_agreement=True) | Q(has_round=True)
)
SERVED_IN_REHABILITATION = Q(is_filed=True, has_rehabilitation=True)


def green_channel(groups: Iterable[HealthGroup]) -> Formula:
    """Licensed institutions with a full channel among the operating ones of `groups`."""
    among = Q(category__in=categories_of(groups))
    opened = Q(is_licensed=True, has_channel=True)
    return Formula(
        (Tally(HEALTH, among, NOT_OPERATING, opened),), (Tally(HEALTH, among, NOT_OPERATING),)
    )


def share_of_homes(where: Q, missing: Q | None = None) -> Formula:
    """Homes for which `where` holds among all operating homes."""
    return Formula(
        (Tally(ELDERLY, IS_HOME, NOT_OPERATING, where, missing),),
        (Tally(ELDERLY, IS_HOME, NOT_OPERATING),),
    )


def share_of_hospitals(department: Department) -> Formula:
    """Level-two and higher general or traditional-medicine hospitals with `department`."""
    among = Q(category__in=GENERAL_HOSPITALS, level__gte=2)
    has_it = Q(is_licensed=True, departments__contains=[department.value])
    return Formula(
        (Tally(HEALTH, among, NOT_OPERATING, has_it),), (Tally(HEALTH, among, NOT_OPERATING),)
    )


def traditional_medicine(where: Q) -> Formula:
    """Licensed traditional-medicine institutions for which `where` holds, a built place once."""
    among = Q(category__in=TRADITIONAL_MEDICINE, is_licensed=True)
    built_already = Exclusion(SAME_PLACE, Q(is_integrated=True, repeats_place=True))
    return Formula((Tally(HEALTH, among, (*NOT_OPERATING, built_already), where),))


# ── 床位与在住 ────────────────────────────────────────────────────────────────

NO_BED_REPORT = Q(beds=None)
# 本机构康复、护理型床位不少于总床位的 30%：床位数 × 10 － 总床位 × 3 不为负。
REACHES_30_PERCENT = Q(is_filed=True, beds_in_use__gt=0, care_beds_above_30_percent__gte=0)
NO_RESIDENT_REPORT = Q(beds=None) | Q(occupants=None)


def bed_share(care: str, total: str) -> Formula:
    """`care` beds of validly filed homes over `total` beds, homes without a report in neither."""
    reported = Q(beds__isnull=False)
    return Formula(
        (
            Tally(
                ELDERLY,
                IS_HOME,
                NOT_OPERATING,
                reported & Q(is_filed=True),
                NO_BED_REPORT,
                amount=care,
            ),
        ),
        (Tally(ELDERLY, IS_HOME, NOT_OPERATING, reported, amount=total),),
    )


def occupancy() -> Formula:
    """Residents over beds of the homes that reported both."""
    both = Q(beds__isnull=False, occupants__isnull=False)
    return Formula(
        (Tally(ELDERLY, IS_HOME, NOT_OPERATING, both, NO_RESIDENT_REPORT, amount="occupants"),),
        (Tally(ELDERLY, IS_HOME, NOT_OPERATING, both, amount="beds"),),
    )


# ── 人 ────────────────────────────────────────────────────────────────────────

DUPLICATE = Exclusion("重复登记", Q(is_duplicate=True))
DEAD = Exclusion("死亡", Q(is_dead=True), Cause.GONE)
LEFT = Exclusion("迁出", Q(residence__kind=ResidenceKind.LEFT), Cause.GONE)
AWAY = Exclusion("非常住", Q(residence__kind=ResidenceKind.REGISTERED), Cause.GONE)
NOWHERE = Exclusion("无居住登记", Q(residence__kind=None))
NOT_HERE = (DUPLICATE, DEAD, LEFT, AWAY, NOWHERE)
TERMINATED = Exclusion("已解约", Q(is_terminated=True), Cause.ENDED)
EXPIRED = Exclusion("已到期", Q(is_in_force=False), Cause.ENDED)
EVERYONE = Q()


def people(group: PopulationGroup, subject: Subject = POPULATION) -> tuple[Tally, ...]:
    """The published head count of `group`; persons are never counted for it (rules.md 9)."""
    return (Tally(subject, Q(group=group), amount="people"),)


def signed_up(where: Q, group: PopulationGroup, *, under_60: str = "") -> Formula:
    """Residents signed up over the published `group`; `under_60` adds the streets' returns."""
    named = Tally(
        SIGNUPS,
        where,
        (TERMINATED, EXPIRED, *NOT_HERE),
        Q(is_in_force=True) & IN_THE_CITY,
    )
    return Formula((named, *_returned(under_60)), people(group))


def _returned(field: str) -> tuple[Tally, ...]:
    if not field:
        return ()
    reported = Q(**{f"{field}__isnull": False})
    return (Tally(STREETS, where=reported, missing=Q(**{field: None}), amount=field),)


def health_managed(records: Subject, population: Subject) -> Formula:
    """Residents aged 65 on the exam day with all four conditions over people aged 65 and over."""
    too_young = Exclusion("体检时未满 65 岁", Q(age_at_exam__lt=65))
    done = Tally(
        records, excluding=(DUPLICATE, LEFT, AWAY, NOWHERE, too_young), where=Q(is_complete=True)
    )
    return Formula((done,), people(PopulationGroup.AGED_65, population))


def at_home(where: Q) -> Formula:
    """Residents aged 60 and over, not living in a home, over their published number."""
    excluding = (
        DUPLICATE,
        DEAD,
        Exclusion("迁出", Q(kind=ResidenceKind.LEFT), Cause.GONE),
        Exclusion("非常住", Q(kind=ResidenceKind.REGISTERED), Cause.GONE),
        Exclusion("入住养老机构", Q(institution__isnull=False)),
    )
    in_homes = Tally(
        ELDERLY,
        IS_HOME,
        NOT_OPERATING,
        Q(occupants__isnull=False),
        Q(occupants=None),
        amount="occupants",
        sign=-1,
    )
    return Formula(
        (Tally(RESIDENTS, Q(is_60=True), excluding, where),),
        (*people(PopulationGroup.AGED_60), in_homes),
    )


def home_sickbeds() -> Formula:
    return Formula((Tally(SICKBEDS, excluding=NOT_HERE),))


# ── 契约与项目 ────────────────────────────────────────────────────────────────

UNSOUND_PAIR = (
    Exclusion("草稿未签或未生效", Q(is_unsigned=True)),
    TERMINATED,
    EXPIRED,
    Exclusion("举办单位与其内设机构或同一法人", Q(is_one_party=True)),
    Exclusion("医疗方不是正常状态", Q(medical_is_open=False)),
    Exclusion("养老方不是正常状态", Q(elderly_is_open=False)),
    Exclusion("医疗方没有有效执业许可证", Q(medical_is_certified=False)),
    Exclusion("养老方备案过期", Q(elderly_is_expired=True)),
    Exclusion("同一对已计", Q(repeats_pair=True)),
)


def pairs(where: Q = EVERYONE) -> Formula:
    """Distinct valid pairs for which `where` holds (rules.md 23)."""
    return Formula((Tally(AGREEMENTS, Q(is_superseded=False), UNSOUND_PAIR, where),))


def dual_certified() -> Formula:
    """Places with both certificates, each once (rules.md 15)."""
    among = Q(elderly_kind__in=RESIDENTIAL_KINDS, has_in_house=True)
    excluding = (
        *NOT_OPERATING,
        Exclusion("养老备案无效", Q(is_filed=False)),
        Exclusion(SAME_PLACE, Q(repeats_place=True)),
    )
    return Formula((Tally(ELDERLY, among, excluding),))


def teams_on_duty() -> Formula:
    return Formula(
        (Tally(TEAMS, excluding=(Exclusion("所属机构不是正常状态", Q(is_open=False)),)),)
    )


def pilots_in_use() -> Formula:
    """Verified pilot projects in use; an unverified one counts as not reported (rules.md 27)."""
    return Formula(
        (
            Tally(
                PILOTS,
                where=Q(is_verified=True, is_in_use=True),
                missing=Q(is_verified=False),
            ),
        )
    )
