"""The resources of this app: institutions and what is registered about them, regions, heads."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet

from institutions.api import documents, filters
from institutions.api.change_requests import CHANGE_REQUESTS
from institutions.lists.institutions import INSTITUTIONS
from institutions.lists.populations import POPULATIONS
from institutions.lists.reports import BEDS, OCCUPANCIES, STAFF
from institutions.models import (
    Institution,
    InstitutionProfile,
    Licence,
    Region,
    RegionPlacement,
)
from yiyang.access.scope import Actor
from yiyang.api.resources import Resource


def identities(actor: Actor, day: date) -> QuerySet[Institution]:
    """Every institution still in the register that has its seat in scope today."""
    return Institution.objects.kept().visible_to(actor)


def profiles(actor: Actor, day: date) -> QuerySet[InstitutionProfile]:
    """Every profile that began by the day, of institutions still in the register."""
    rows = InstitutionProfile.objects.kept().visible_to(actor).filter(starts_on__lte=day)
    return rows.filter(institution__voided_at=None)


def licences(actor: Actor, day: date) -> QuerySet[Licence]:
    """Every certificate given by the day, expired ones included."""
    return Licence.objects.started_by(day).visible_to(actor)


def regions(actor: Actor, day: date) -> QuerySet[Region]:
    return Region.objects.visible_to(actor)


def placements(actor: Actor, day: date) -> QuerySet[RegionPlacement]:
    return RegionPlacement.objects.kept().visible_to(actor).filter(starts_on__lte=day)


D, F = documents, filters
RESOURCES = (
    Resource(
        code="institutions",
        title="机构",
        serializer=D.InstitutionDocument,
        rows=INSTITUTIONS.rows,
        filterset=INSTITUTIONS.filterset,
        key="institution_id",
        lookup="institution__code",
        lookup_name="code",
        note="机构在统计日（as_of，缺省今天）的样子，一家一条。历年的样子见 profiles。",
    ),
    Resource(
        code="identities",
        title="机构编码",
        serializer=D.IdentityDocument,
        rows=identities,
        filterset=F.IdentityFilter,
        lookup="code",
        lookup_name="code",
        note="机构的编码与全球唯一标识，终身不变；其余各种登记都挂在它下面。",
    ),
    Resource(
        code="profiles",
        title="机构概况",
        serializer=D.ProfileDocument,
        rows=profiles,
        filterset=F.ProfileFilter,
        note="机构从某日到某日的样子，一段一条；ends_on 为最后一个有效日。",
    ),
    Resource(
        code="licences",
        title="证照与备案",
        serializer=D.LicenceDocument,
        rows=licences,
        filterset=F.LicenceFilter,
        note="医疗机构执业许可、诊所备案、养老机构备案与许可，含已到期的。",
    ),
    Resource(
        code="beds",
        title="床位数",
        serializer=D.BedDocument,
        rows=BEDS.rows,
        filterset=BEDS.filterset,
        note="民政备案与卫健核定两种登记口径，核定与实有，各自一条。",
    ),
    Resource(
        code="occupancies",
        title="月末在住",
        serializer=D.OccupancyDocument,
        rows=OCCUPANCIES.rows,
        filterset=OCCUPANCIES.filterset,
        note="养老机构月末在住老年人数，只有合计，不含任何人。",
    ),
    Resource(
        code="staff",
        title="人员数",
        serializer=D.StaffDocument,
        rows=STAFF.rows,
        filterset=STAFF.filterset,
        note="医师、护士、护理员等的人数，不含任何人。",
    ),
    Resource(
        code="regions",
        title="行政区划",
        serializer=D.RegionDocument,
        rows=regions,
        filterset=F.RegionListFilter,
        lookup="code",
        lookup_name="code",
        note="12 位代码；隶属关系见 placements。",
    ),
    Resource(
        code="placements",
        title="区划隶属",
        serializer=D.PlacementDocument,
        rows=placements,
        filterset=F.PlacementFilter,
        note="区划从某日到某日属于哪个上级；上下级只看这里，不由代码推算。",
    ),
    Resource(
        code="populations",
        title="人口数",
        serializer=D.PopulationDocument,
        rows=POPULATIONS.rows,
        filterset=POPULATIONS.filterset,
        note="按公布的层级登记的人口数，注明时点与来源。",
    ),
    CHANGE_REQUESTS,
)
