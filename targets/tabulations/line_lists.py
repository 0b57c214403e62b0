"""Line lists by district: registers of institutions and agreements, never of persons."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.expressions import RawSQL
from django.urls import reverse

from contracts.lists.agreements import AGREEMENTS
from contracts.lists.teams import TEAMS
from institutions.lists.institutions import INSTITUTIONS
from institutions.lists.reports import BEDS, OCCUPANCIES, STAFF
from institutions.models import GreenChannel, InstitutionProfile
from yiyang.access.scope import Actor
from yiyang.listing.register import Register

Rows = QuerySet[Any]


def _all(rows: Rows, day: date) -> Rows:
    return rows


def _with_a_channel(rows: Rows, day: date) -> Rows:
    """Institutions that have opened some step of a green channel by the day."""
    opened = GreenChannel.objects.on(day).filter(institution=OuterRef("institution"))
    return rows.filter(Exists(opened))


def _by_elderly_seat(rows: Rows, regions: RawSQL, day: date) -> Rows:
    """Agreements where they count: in the district of the elderly side (rules.md 23)."""
    seated = InstitutionProfile.objects.on(day).filter(region__in=regions)
    return rows.filter(Exists(seated.filter(institution=OuterRef("elderly"))))


@dataclass(frozen=True, slots=True)
class LineList:
    """A register as a list: its filters and columns as an address has them, and what lies where."""

    code: str
    title: str
    about: str
    register: Register[Any, Any]
    query: str = ""
    narrowed: Callable[[Rows, date], Rows] = _all
    within: Callable[[Rows, RawSQL, date], Rows] | None = None

    @property
    def csv_address(self) -> str:
        """The same rows as csv, where the register's own filters say everything."""
        if self.narrowed is not _all:
            return ""
        return f"{reverse(f'{self.register.url_name}-csv')}?{self.query}"

    def is_for(self, actor: Actor) -> bool:
        """Whether the actor may take the list away."""
        register = self.register
        return actor.may(register.permission) and actor.may(register.export_permission)


LINE_LISTS = (
    LineList(
        code="institutions",
        title="医疗卫生与养老服务机构名册",
        about="授权范围内的全部机构，含状态与两证",
        register=INSTITUTIONS,
    ),
    LineList(
        code="integrated",
        title="两证有效的机构名册",
        about="执业许可证（备案凭证）与养老备案都有效的机构；同一处所两家都列",
        register=INSTITUTIONS,
        query="certificates=both",
    ),
    LineList(
        code="channels",
        title="老年人绿色通道名册",
        about="已开通或部分开通绿色通道的医疗卫生机构",
        register=INSTITUTIONS,
        query="col=code&col=place&col=kind&col=status&col=medical&col=channel",
        narrowed=_with_a_channel,
    ),
    LineList(
        code="agreements",
        title="医养签约协议名册",
        about="有效的协议，列在养老方所在的区；份数不是对数，一方停业或证照过期的也在内",
        register=AGREEMENTS,
        query="state=VALID",
        within=_by_elderly_seat,
    ),
    LineList(
        code="teams",
        title="家庭医生团队名册",
        about="家庭医生团队与所在机构",
        register=TEAMS,
    ),
    LineList(
        code="beds",
        title="床位名册",
        about="每家机构最近一期床位报告",
        register=BEDS,
        query="period=latest",
    ),
    LineList(
        code="occupancies",
        title="月末在住名册",
        about="每家养老机构最近一期月末在住人数",
        register=OCCUPANCIES,
        query="period=latest",
    ),
    LineList(
        code="staff",
        title="人员名册",
        about="每家机构最近一期人员报告，只有人数",
        register=STAFF,
        query="period=latest",
    ),
)
BY_CODE = {one.code: one for one in LINE_LISTS}


def lists_for(actor: Actor) -> list[LineList]:
    """The line lists the actor may take away."""
    return [one for one in LINE_LISTS if one.is_for(actor)]
