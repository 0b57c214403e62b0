"""The list of family-doctor teams on a day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from contracts.models import DoctorTeam, TeamArea
from institutions.lists.naming import Named, SeatFilter, is_called, named
from institutions.models import InstitutionProfile
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor
from yiyang.facts import DatedQuerySet
from yiyang.listing.filters import ListFilter, choice, search
from yiyang.listing.register import Column, Entry, Register

AREAS = (("some", "已分配责任社区"), ("none", "还没有责任社区"))


def teams_on(actor: Actor, day: date) -> DatedQuerySet[DoctorTeam]:
    return DoctorTeam.objects.on(day).visible_to(actor).select_related("institution")


class TeamFilter(ListFilter):
    """Name, institution, region and communities of teams."""

    q = search("查找", "团队或机构的名称、拼音首字母、编码")
    region = SeatFilter(label="区划（所在机构）")
    areas = choice("责任社区", AREAS, method="by_areas")

    def by_search(
        self, queryset: QuerySet[DoctorTeam], name: str, value: str
    ) -> QuerySet[DoctorTeam]:
        return queryset.filter(is_team_called(value, self.day))

    def by_areas(
        self, queryset: QuerySet[DoctorTeam], name: str, value: str
    ) -> QuerySet[DoctorTeam]:
        areas = Exists(TeamArea.objects.on(self.day).filter(team=OuterRef("pk")))
        return queryset.filter(areas if value == "some" else ~areas)


def is_team_called(sought: str, day: date) -> Q:
    """Teams by part of their name, beginning of their initials, code, or their institution."""
    sought = sought.strip()
    called = InstitutionProfile.objects.on(day).filter(is_called(sought))
    return (
        Q(name__icontains=sought)
        | Q(pinyin__startswith=sought.lower())
        | Q(code__iexact=sought)
        | Q(Exists(called.filter(institution=OuterRef("institution"))))
    )


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The institutions of some teams, and the communities each is assigned to."""

    institutions: Named
    areas: Mapping[int, Sequence[str]]


def surroundings_of(rows: Sequence[DoctorTeam], actor: Actor, day: date) -> Surroundings:
    areas: dict[int, list[str]] = defaultdict(list)
    held = TeamArea.objects.on(day).filter(team__in=rows).select_related("region")
    for area in held.order_by("region__code"):
        areas[area.team_id].append(area.region.name)
    return Surroundings(named({row.institution_id for row in rows}, day), areas)


C = Column[DoctorTeam, Surroundings]
TEAMS = Register(
    code="teams",
    title="家庭医生团队",
    unit="个",
    url_name="team-list",
    permission=Permission.VIEW_INSTITUTIONS,
    rows=teams_on,
    filterset=TeamFilter,
    columns=(
        C(
            "name",
            "团队名称",
            lambda row, _: row.name,
            sort="pinyin",
            link=lambda row, _: reverse("team-detail", args=[row.pk]),
        ),
        C("code", "团队编码", lambda row, _: row.code, sort="code"),
        C(
            "institution",
            "所在机构",
            lambda row, around: around.institutions.name(row.institution_id),
            link=lambda row, _: reverse("institution-detail", args=[row.institution_id]),
        ),
        C("place", "区划", lambda row, around: around.institutions.place(row.institution_id)),
        C(
            "areas",
            "责任社区",
            lambda row, around: "、".join(around.areas.get(row.pk, ())),
            is_long=True,
        ),
        C("starts_on", "成立日期", lambda row, _: row.starts_on.isoformat(), sort="starts_on"),
        C(
            "ends_on",
            "撤销前最后一日",
            lambda row, _: row.ends_on.isoformat() if row.ends_on else "",
            is_default=False,
        ),
    ),
    around=surroundings_of,
    default_sort="name",
    entry=Entry("登记新团队", "team-new", lambda actor: actor.may(Permission.EDIT_HEALTH)),
    next_step="请登记新团队，或导入团队台账；不在您授权范围内的不列出。",
)
