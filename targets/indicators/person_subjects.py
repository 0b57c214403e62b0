"""Older people, their sign-ups and care, and published head counts, ready to be counted."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db.models import (
    Case,
    Exists,
    F,
    FilteredRelation,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)

from contracts.models import (
    AggregateGroup,
    FamilyDoctorSignup,
    HealthManagement,
    HomeSickbed,
    KeyGroupMembership,
    PersonResidence,
    ResidenceKind,
    SignupAggregate,
)
from contracts.models.signups import signed_up_on
from institutions.models import Population, Region, RegionLevel, RegionPlacement
from targets.indicators import person_ends
from targets.indicators.base import Column, RollUp, Subject, flag
from targets.indicators.institution_ends import reachable_until
from targets.indicators.institution_subjects import reaching_areas
from yiyang.lib.ages import birth_cutoff

ENDED_WITHIN_DAYS = 365


def residence_on(person: str, day: date | F) -> FilteredRelation:
    """Where the person reached by `person` (empty: the row itself) lived on `day`."""
    prefix = f"{person}__residences__" if person else "residences__"
    starts = Q(**{f"{prefix}starts_on__lte": day, f"{prefix}voided_at": None})
    runs = Q(**{f"{prefix}ends_on": None}) | Q(**{f"{prefix}ends_on__gte": day})
    return FilteredRelation(prefix.removesuffix("__"), condition=starts & runs)


def _person_flags(day: date, person: str = "person__") -> dict[str, Case]:
    return {
        "is_duplicate": flag(
            Q(**{f"{person}duplicate_of__isnull": False})
            | Q(**{f"{person}voided_at__isnull": False})
        ),
        "is_dead": flag(Q(**{f"{person}died_on__lte": day})),
    }


def _has(facts: QuerySet[Any]) -> Q:
    """Whether the outer row's person has one of `facts`."""
    # EXISTS 而不是 IN：集合大过 work_mem 时，IN 逐行扫全集，EXISTS 走索引。
    return Q(Exists(facts.filter(person=OuterRef("person"))))


def signups(day: date) -> QuerySet[FamilyDoctorSignup]:
    """Last sign-ups by `day` of persons then 60, in force or ended within the year before.

    One ended on the day it began never held. Someone under 60 on `day` is in the street's return
    of that time, whoever has a name today (rules.md 7).
    """
    held = Q(terminated_on=None) | Q(terminated_on__gt=F("starts_on"))
    later = FamilyDoctorSignup.objects.kept().filter(
        held, person=OuterRef("person"), starts_on__lte=day, starts_on__gt=OuterRef("starts_on")
    )
    year_ago = day - timedelta(days=ENDED_WITHIN_DAYS)
    just_ended = Q(terminated_on__gt=year_ago, terminated_on__lte=day) | Q(
        auto_renews=False, expires_on__gte=year_ago, expires_on__lt=day
    ) & (Q(terminated_on=None) | Q(terminated_on__gt=day))
    key_member = _has(KeyGroupMembership.objects.on(day))
    of_65 = Q(person__born_on__lte=birth_cutoff(day, 65))
    return (
        FamilyDoctorSignup.objects.kept()
        .filter(held, starts_on__lte=day, person__born_on__lte=birth_cutoff(day, 60))
        # 有效的一份之后不会另有一份（数据库不许重叠），所以“之后没有”可对所有行问，一次连接问完。
        .filter(~Exists(later), signed_up_on(day) | just_ended)
        .annotate(
            residence=residence_on("person", day),
            is_in_force=flag(signed_up_on(day)),
            is_terminated=flag(Q(terminated_on__lte=day)),
            is_65=flag(of_65),
            is_key=flag(of_65 | key_member),
            **_person_flags(day),
            **person_ends.of_signups(day),
        )
    )


class _AgeOn(Func):
    """Whole years of age, 29 February turning on 1 March in common years."""

    template = "extract(year from age(%(expressions)s))"
    output_field = IntegerField()


def _health_managements(year: int, day: date, last_day: date) -> QuerySet[HealthManagement]:
    done = {f"{name}__lte": day for name in ("record_on", "exam_on", "guided_on")}
    return (
        HealthManagement.objects.kept()
        .filter(year=year, exam_on__lte=day)
        .annotate(
            residence=residence_on("person", F("exam_on")),
            is_complete=flag(Q(**done, form_completed_on__lte=day)),
            age_at_exam=_AgeOn(F("exam_on"), F("person__born_on")),
            is_duplicate=_person_flags(day)["is_duplicate"],
            **person_ends.of_health_managements(last_day),
        )
    )


def last_complete_year_end(day: date) -> date:
    """The last 31 December not after `day`."""
    return day if (day.month, day.day) == (12, 31) else date(day.year - 1, 12, 31)


def next_year_end(day: date) -> date:
    """The first 31 December after `day`: from then on another year is the last complete one."""
    return date(last_complete_year_end(day).year + 1, 12, 31)


def year_of_health_management(day: date) -> QuerySet[HealthManagement]:
    """Health management of the last complete calendar year (rules.md 11)."""
    year_end = last_complete_year_end(day)
    return _health_managements(year_end.year, year_end, next_year_end(day) - timedelta(days=1))


def health_management_to_date(day: date) -> QuerySet[HealthManagement]:
    """Health management of the current year up to `day`: progress, not judged."""
    return _health_managements(day.year, day, date(day.year, 12, 31))


def residents(day: date) -> QuerySet[PersonResidence]:
    """Named persons where they live on `day`: reachable by a team? served in fact? (rules.md 12)"""
    managed = _has(HealthManagement.objects.completed(day.year, day))
    in_sickbed = _has(HomeSickbed.objects.on(day))
    # 一人一天至多一份有效签约（数据库保证），连接不会使人重复。
    signup = Q(signed_up_on(day, "person__signups__"), person__signups__voided_at=None)
    areas = reaching_areas(day)
    return PersonResidence.objects.on(day).annotate(
        signup=FilteredRelation("person__signups", condition=signup),
        is_60=flag(Q(person__born_on__lte=birth_cutoff(day, 60))),
        is_reachable=flag(Q(region__in=areas.values("region"))),
        is_served=flag(Q(signup__isnull=False) | in_sickbed | managed),
        reachable_until=reachable_until(day, areas),
        **_person_flags(day),
        **person_ends.of_residents(day, managed=managed),
    )


def home_sickbeds(day: date) -> QuerySet[HomeSickbed]:
    """Home sickbeds open on `day`, placed where the person lives."""
    return HomeSickbed.objects.on(day).annotate(
        residence=residence_on("person", day), **_person_flags(day), **person_ends.of_sickbeds(day)
    )


def populations(day: date) -> QuerySet[Population]:
    """The latest published head counts by `day`, one per region and group (rules.md 9)."""
    return (
        Population.objects.kept()
        .filter(counted_on__lte=day, basis=settings.POPULATION_BASIS)
        .order_by("region_id", "group", "-counted_on", "-id")
        .distinct("region_id", "group")
    )


def latest_populations(day: date) -> QuerySet[Population]:
    """`populations` in a shape that can be grouped."""
    return Population.objects.filter(pk__in=populations(day).values("pk"))


def populations_at_year_end(day: date) -> QuerySet[Population]:
    """Head counts as known at the end of the last complete year."""
    return latest_populations(last_complete_year_end(day))


def streets(day: date) -> QuerySet[Region]:
    """Streets of the tree on `day` with their last monthly return of sign-ups under 60."""
    oldest = day - timedelta(days=settings.REPORT_CARRY_DAYS)
    returns = (
        SignupAggregate.objects.kept()
        .filter(region=OuterRef("pk"), counted_on__gte=oldest, counted_on__lte=day)
        .order_by("-counted_on", "-id")
    )

    def last(group: AggregateGroup) -> Subquery:
        return Subquery(
            returns.filter(group=group).values("signed")[:1], output_field=IntegerField()
        )

    return Region.objects.filter(
        level=RegionLevel.STREET, pk__in=RegionPlacement.objects.on(day).values("region")
    ).annotate(
        under_60=last(AggregateGroup.UNDER_60), key_under_60=last(AggregateGroup.KEY_UNDER_60)
    )


_SIGNUP_COLUMNS = (
    Column("签约", "uid"),
    Column("社区", "residence__region__name"),
    Column("团队", "team__name"),
    Column("生效", "starts_on"),
    Column("到期", "expires_on"),
    Column("自动续约", "auto_renews"),
    Column("解约", "terminated_on"),
)
_EXAM_COLUMNS = (
    Column("老年人", "person__uid"),
    Column("体检时社区", "residence__region__name"),
    Column("档案", "record_on"),
    Column("体检", "exam_on"),
    Column("指导", "guided_on"),
    Column("表格完整", "form_completed_on"),
)
_POPULATION_COLUMNS = (
    Column("区划", "region__name"),
    Column("人群", "group"),
    Column("统计时点", "counted_on"),
    Column("人数", "people"),
    Column("来源", "source"),
)


def _people(
    name: str,
    title: str,
    build: Any,
    region: str,
    columns: tuple[Column, ...],
    *,
    is_large: bool = False,
) -> Subject:
    identity = ("person_id",)
    return Subject(
        name,
        title,
        "人",
        build,
        region,
        columns,
        is_personal=True,
        identity=identity,
        is_large=is_large,
    )


def _head_counts(name: str, title: str, build: Any) -> Subject:
    return Subject(
        name,
        title,
        "人",
        build,
        "region",
        _POPULATION_COLUMNS,
        roll_up=RollUp.STATED,
        identity=("region_id",),
        settings=("POPULATION_BASIS",),
    )


SIGNUPS = _people(
    "signups",
    "60 岁及以上签约",
    signups,
    "residence__region",
    _SIGNUP_COLUMNS,
    is_large=True,
)
HEALTH_MANAGEMENT_YEAR = _people(
    "health_management_year",
    "上一完整年度健康管理",
    year_of_health_management,
    "residence__region",
    _EXAM_COLUMNS,
    is_large=True,
)
HEALTH_MANAGEMENT_TO_DATE = _people(
    "health_management_to_date",
    "本年至今健康管理",
    health_management_to_date,
    "residence__region",
    _EXAM_COLUMNS,
    is_large=True,
)
RESIDENTS = _people(
    "residents",
    "60 岁及以上居民",
    residents,
    "region",
    (
        Column("老年人", "person__uid"),
        Column("社区", "region__name"),
        Column("居住情况", "kind"),
        Column("居住起始", "starts_on"),
    ),
    is_large=True,
)
SICKBEDS = _people(
    "home_sickbeds",
    "家庭病床",
    home_sickbeds,
    "residence__region",
    (
        Column("老年人", "person__uid"),
        Column("社区", "residence__region__name"),
        Column("建床", "starts_on"),
        Column("撤床", "ends_on"),
    ),
)
STREETS = Subject(
    "streets",
    "60 岁以下签约月报",
    "人",
    streets,
    "pk",
    (
        Column("街道", "name"),
        Column("60 岁以下签约", "under_60"),
        Column("其中重点人群", "key_under_60"),
    ),
    settings=("REPORT_CARRY_DAYS",),
)
POPULATION = _head_counts("population", "人口数", latest_populations)
POPULATION_AT_YEAR_END = _head_counts(
    "population_at_year_end", "年末人口数", populations_at_year_end
)
IN_THE_CITY = Q(residence__kind=ResidenceKind.USUAL)
