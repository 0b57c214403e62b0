"""The shape of a data-quality check: a frozen record that says which rows to look at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Model, QuerySet, TextChoices

from contracts.models import DoctorTeam, PartnershipAgreement
from institutions.models import (
    BedCount,
    GreenChannel,
    InstitutionProfile,
    Licence,
)
from targets.indicators.base import Column
from yiyang.access.roles import Permission


class Severity(TextChoices):
    """How much a finding bends the figures."""

    NOTICE = "notice", "提示"
    WARNING = "warning", "警告"
    SERIOUS = "serious", "严重"


class Owner(TextChoices):
    """The side whose office puts it right."""

    HEALTH = "health", "卫健"
    CIVIL_AFFAIRS = "civil_affairs", "民政"
    EITHER = "either", "卫健、民政各管本口径"


# 汇总数人人可看；逐条看记录，还须有看那一类登记的权限。
PERMISSIONS: dict[type[Model], Permission] = {
    BedCount: Permission.VIEW_INSTITUTIONS,
    DoctorTeam: Permission.VIEW_INSTITUTIONS,
    GreenChannel: Permission.VIEW_INSTITUTIONS,
    InstitutionProfile: Permission.VIEW_INSTITUTIONS,
    Licence: Permission.VIEW_INSTITUTIONS,
    PartnershipAgreement: Permission.VIEW_AGREEMENTS,
}


@dataclass(frozen=True, eq=False, kw_only=True)
class Check:
    """One thing that should not be in the registers, why it matters and what to do about it.

    `rows(day)` is the one queryset behind both the count and the list; `region` is the path to
    the region a row is charged to. `run` is the path to a row's run, for checks on the run's own
    figures. `page` names the page of a row and the attribute that holds its key.
    """

    id: str
    title: str
    severity: Severity
    owner: Owner
    why: str
    remedy: str
    model: type[Model]
    rows: Callable[[date], QuerySet[Any]]
    region: str
    columns: tuple[Column, ...]
    page: tuple[str, str] | None = None
    run: str = ""
    is_personal: bool = False

    @property
    def permission(self) -> Permission:
        """What it takes to see the records one by one."""
        if self.is_personal:
            return Permission.VIEW_PERSONS
        return PERMISSIONS.get(self.model, Permission.VIEW_TARGETS)

    @property
    def export_permission(self) -> Permission:
        return Permission.EXPORT_PERSONS if self.is_personal else Permission.EXPORT
