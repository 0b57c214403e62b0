"""The list of institutions as they stand on a day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q

from institutions.bulk import MOST_AT_ONCE, Attribute
from institutions.categories import HealthGroup
from institutions.editing import may_register
from institutions.lists.certificates import Holding, holding_of
from institutions.lists.naming import address_of, is_called, named, places_on
from institutions.models import (
    Department,
    ElderlyKind,
    GreenChannel,
    InstitutionProfile,
    Licence,
    Ownership,
    Status,
)
from institutions.models.institutions import (
    ELDERLY_CERTIFICATES,
    MEDICAL_CERTIFICATES,
    ProfileQuerySet,
)
from institutions.models.services import FULL_CHANNEL
from institutions.region_filter import RegionFilter
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor
from yiyang.listing.filters import ListFilter, choice, search
from yiyang.listing.register import Column, Entry, Register

SIDES = (("health", "医疗卫生机构"), ("elderly", "养老服务机构"), ("both", "两类兼有"))
CERTIFICATES = (
    ("both", "两证都有效"),
    ("medical", "只有医疗证照有效"),
    ("elderly", "只有养老备案（许可）有效"),
    ("none", "两证都没有或已失效"),
)
EXPIRING = (
    ("expired", "已到期、没有接续"),
    *((str(days), f"{days} 天内到期") for days in (15, 30, 60, 90)),
)
STATUS_TONES = {
    Status.OPERATING: "good",
    Status.PLANNED: "plain",
    Status.SUSPENDED: "warn",
    Status.LICENCE_SUSPENDED: "warn",
    Status.CLOSED: "none",
}


def institutions_on(actor: Actor, day: date) -> ProfileQuerySet:
    """Every institution in scope as it stands on the day, one row each."""
    rows = InstitutionProfile.objects.on(day).visible_to(actor).filter(institution__voided_at=None)
    return rows.select_related("institution", "region")


class InstitutionFilter(ListFilter):
    """Side, kind, status, ownership, certificates and region of institutions."""

    q = search("查找", "名称、拼音首字母、编码、信用代码")
    region = RegionFilter(label="区划", field_name="region")
    side = choice("类别", SIDES, method="by_side")
    status = choice("状态", Status.choices)
    group = choice("卫生机构类别", HealthGroup.choices, method="by_group")
    elderly_kind = choice("养老服务机构类型", ElderlyKind.choices)
    ownership = choice("性质", Ownership.choices)
    certificates = choice("两证", CERTIFICATES, method="by_certificates")
    expiring = choice("证照到期", EXPIRING, method="by_expiry")

    def by_search(self, queryset: ProfileQuerySet, name: str, value: str) -> ProfileQuerySet:
        return queryset.filter(is_called(value.strip()))

    def by_side(self, queryset: ProfileQuerySet, name: str, value: str) -> ProfileQuerySet:
        if value == "health":
            return queryset.health_side()
        if value == "elderly":
            return queryset.elderly_service()
        return queryset.health_side().elderly_service()

    def by_group(self, queryset: ProfileQuerySet, name: str, value: str) -> ProfileQuerySet:
        return queryset.in_groups([value])

    def by_certificates(self, queryset: ProfileQuerySet, name: str, value: str) -> ProfileQuerySet:
        of_row = Licence.objects.on(self.day).filter(institution=OuterRef("institution"))
        medical = Exists(of_row.filter(kind__in=MEDICAL_CERTIFICATES))
        elderly = Exists(of_row.filter(kind__in=ELDERLY_CERTIFICATES))
        wanted = {
            "both": Q(medical) & Q(elderly),
            "medical": Q(medical) & ~Q(elderly),
            "elderly": ~Q(medical) & Q(elderly),
            "none": ~Q(medical) & ~Q(elderly),
        }
        return queryset.filter(wanted[value])

    def by_expiry(self, queryset: ProfileQuerySet, name: str, value: str) -> ProfileQuerySet:
        """Institutions with a certificate that lapses or has, none of its kind lasting longer."""
        last = self.day - timedelta(days=1)
        if value != "expired":
            last = self.day + timedelta(days=int(value))
        of_row = Licence.objects.kept().filter(
            institution=OuterRef("institution"), starts_on__lte=self.day
        )
        lasting = Licence.objects.kept().filter(
            Q(ends_on=None) | Q(ends_on__gt=last),
            institution=OuterRef("institution"),
            kind=OuterRef("kind"),
        )
        ending = of_row.filter(ends_on__lte=last).exclude(Exists(lasting))
        if value != "expired":
            ending = ending.filter(ends_on__gte=self.day)
        return queryset.filter(Exists(ending))


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is registered around some institutions on the day."""

    day: date
    places: Mapping[int, str]
    hosts: Mapping[int, str]
    licences: Mapping[int, Sequence[Licence]]
    channels: Mapping[int, GreenChannel]

    def medical(self, row: InstitutionProfile) -> Holding:
        return holding_of(self.licences.get(row.institution_id, ()), MEDICAL_CERTIFICATES, self.day)

    def elderly(self, row: InstitutionProfile) -> Holding:
        return holding_of(self.licences.get(row.institution_id, ()), ELDERLY_CERTIFICATES, self.day)

    def channel(self, row: InstitutionProfile) -> str:
        channel = self.channels.get(row.institution_id)
        if channel is None:
            return ""
        return "已开通" if set(FULL_CHANNEL) <= set(channel.steps) else "部分开通"


def surroundings_of(rows: Sequence[InstitutionProfile], actor: Actor, day: date) -> Surroundings:
    keys = [row.institution_id for row in rows]
    licences: dict[int, list[Licence]] = defaultdict(list)
    for licence in Licence.objects.kept().filter(institution__in=keys):
        licences[licence.institution_id].append(licence)
    hosts = named({row.host_id for row in rows if row.host_id}, day)
    channels = GreenChannel.objects.on(day).filter(institution__in=keys)
    return Surroundings(
        day=day,
        places=places_on([row.region for row in rows], day),
        hosts={key: profile.name for key, profile in hosts.profiles.items()},
        licences=licences,
        channels={one.institution_id: one for one in channels},
    )


def kind_words(row: InstitutionProfile) -> str:
    kinds = (row.get_category_display(), row.get_elderly_kind_display())
    return "；".join(str(kind) for kind in kinds if kind)


def grade_words(row: InstitutionProfile) -> str:
    """三级甲等 for a hospital, 3 级 for an elderly-care institution."""
    hospital = f"{row.get_level_display() or ''}{row.get_grade_display() or ''}"
    return hospital or str(row.get_elderly_grade_display() or "")


def department_words(row: InstitutionProfile) -> str:
    return "、".join(str(Department(code).label) for code in row.departments)


C = Column[InstitutionProfile, Surroundings]
COLUMNS: tuple[C, ...] = (
    C("name", "名称", lambda row, _: row.name, sort="pinyin", link=address_of),  # type: ignore[arg-type]
    C("code", "机构编码", lambda row, _: row.institution.code, sort="institution__code"),
    C("place", "区划", lambda row, around: around.places[row.region_id], sort="region__code"),
    C("kind", "类别", lambda row, _: kind_words(row)),
    C(
        "status",
        "状态",
        lambda row, _: row.get_status_display(),
        sort="status",
        tone=lambda row, _: STATUS_TONES[Status(row.status)],
    ),
    C("ownership", "性质", lambda row, _: row.get_ownership_display(), sort="ownership"),
    C("grade", "等级", lambda row, _: grade_words(row)),
    C(
        "medical",
        "医疗证照",
        lambda row, around: around.medical(row).words,
        tone=lambda row, around: around.medical(row).tone,
    ),
    C(
        "elderly",
        "养老备案（许可）",
        lambda row, around: around.elderly(row).words,
        tone=lambda row, around: around.elderly(row).tone,
    ),
    C("channel", "绿色通道", lambda row, around: around.channel(row), is_default=False),
    C("departments", "科室", lambda row, _: department_words(row), is_default=False),
    C(
        "host",
        "举办单位",
        lambda row, around: around.hosts.get(row.host_id or 0, ""),
        is_default=False,
    ),
    C(
        "credit_code",
        "统一社会信用代码",
        lambda row, _: row.credit_code,
        sort="credit_code",
        is_default=False,
    ),
    C("address", "地址", lambda row, _: row.address, is_default=False, is_long=True),
    C(
        "starts_on",
        "现况起始日",
        lambda row, _: row.starts_on.isoformat(),
        sort="starts_on",
        is_default=False,
    ),
)


def bulk_choices(actor: Actor) -> dict[str, object]:
    """What the page offers to those who may change institutions."""
    if not may_register(actor):
        return {}
    return {"selects": "bulk", "attributes": Attribute.choices, "most_at_once": MOST_AT_ONCE}


INSTITUTIONS = Register(
    code="institutions",
    title="机构台账",
    unit="家",
    url_name="institution-list",
    permission=Permission.VIEW_INSTITUTIONS,
    rows=institutions_on,
    filterset=InstitutionFilter,
    columns=COLUMNS,
    around=surroundings_of,
    default_sort="name",
    template="institutions/institution_list.html",
    entry=Entry("登记新机构", "institution-new", may_register),
    extras=bulk_choices,
    next_step="请先导入机构台账，或新建机构；不在您授权范围内的不列出。",
)
