"""What every template may show about the portal itself and the way around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from yiyang.access.http import asked_at
from yiyang.access.roles import Permission
from yiyang.lib.demo import demo_mark
from yiyang.notices import Notice, notices_for

Current = Literal["", "true", "page"]


@dataclass(frozen=True, slots=True)
class NavigationItem:
    """One entry of the main navigation; `current` is the value of its aria-current."""

    title: str
    address: str
    current: Current

    @property
    def is_here(self) -> bool:
        return self.current != ""


@dataclass(frozen=True, slots=True)
class NavigationGroup:
    """Entries under one heading; the heading itself leads to the first of them."""

    title: str
    items: Sequence[NavigationItem]

    @property
    def address(self) -> str:
        return self.items[0].address

    @property
    def is_here(self) -> bool:
        return any(item.is_here for item in self.items)


WORK, INDICATORS, REPORTS, REGISTERS, POLICIES, SYSTEM = GROUPS = (
    *("工作", "指标", "报告", "登记", "政策", "系统"),
)

# （组, 标题, 地址名称, 须有的权限；None 是登录即可）。新页面加一行；组内照这里的次序。
NAVIGATION: tuple[tuple[str, str, str, Permission | None], ...] = (
    (WORK, "首页", "home", Permission.VIEW_TARGETS),
    (WORK, "修改申请", "request-list", Permission.VIEW_INSTITUTIONS),
    (INDICATORS, "目标表", "target-table", Permission.VIEW_TARGETS),
    (INDICATORS, "指标一览", "indicator-list", Permission.VIEW_TARGETS),
    (INDICATORS, "测算方案", "plan-list", Permission.VIEW_TARGETS),
    (INDICATORS, "数据质量", "quality-list", Permission.VIEW_TARGETS),
    (REPORTS, "报告与文稿", "paper-list", Permission.VIEW_TARGETS),
    (REPORTS, "文稿种类", "paper-catalogue", Permission.VIEW_TARGETS),
    (REPORTS, "季度监测", "return-list", Permission.VIEW_TARGETS),
    (REPORTS, "通报", "bulletin-list", Permission.VIEW_TARGETS),
    (REPORTS, "建议提案", "proposal-list", Permission.VIEW_TARGETS),
    (REPORTS, "统计表", "tabulation-list", Permission.VIEW_TARGETS),
    (REPORTS, "定版", "edition-list", Permission.VIEW_TARGETS),
    (REPORTS, "我的订阅", "report-subscription-list", Permission.VIEW_TARGETS),
    (REGISTERS, "机构", "institution-list", Permission.VIEW_INSTITUTIONS),
    (REGISTERS, "协议", "agreement-list", Permission.VIEW_AGREEMENTS),
    (REGISTERS, "团队", "team-list", Permission.VIEW_INSTITUTIONS),
    (REGISTERS, "老年人", "person-list", Permission.VIEW_PERSONS),
    (REGISTERS, "签约", "signup-list", Permission.VIEW_PERSONS),
    (REGISTERS, "床位", "bed-list", Permission.VIEW_INSTITUTIONS),
    (REGISTERS, "在住", "occupancy-list", Permission.VIEW_INSTITUTIONS),
    (REGISTERS, "人员", "staff-list", Permission.VIEW_INSTITUTIONS),
    (REGISTERS, "人口", "population-list", Permission.VIEW_INSTITUTIONS),
    (REGISTERS, "导入", "import-list", Permission.VIEW_INSTITUTIONS),
    (POLICIES, "政策文件", "policy-list", Permission.VIEW_TARGETS),
    (POLICIES, "部门名录", "bureau-list", Permission.VIEW_TARGETS),
    (POLICIES, "任务台账", "task-list", Permission.VIEW_TARGETS),
    (POLICIES, "督办台账", "supervision-list", Permission.VIEW_TARGETS),
    (POLICIES, "节假日", "holiday-list", Permission.VIEW_TARGETS),
    (POLICIES, "地图", "map-list", Permission.VIEW_TARGETS),
    (SYSTEM, "账号管理", "user-list", Permission.MANAGE_ACCOUNTS),
    (SYSTEM, "邮件", "report-mail-list", Permission.MANAGE_SYSTEM),
    (SYSTEM, "审计", "audit-list", Permission.VIEW_AUDIT),
    (SYSTEM, "接口说明", "api-docs", Permission.MANAGE_ACCOUNTS),
    (SYSTEM, "明文与导出", "disclosure-totals", Permission.VIEW_REVEAL_TOTALS),
)


def portal(request: HttpRequest) -> dict[str, object]:
    """Return the portal's name, its demo mark (empty in production), its version and the ways."""
    return {
        "portal": {
            "name": settings.PORTAL_NAME,
            "demo_mark": demo_mark(),
            "version": settings.BUILD_VERSION,
        },
        "navigation": navigation(request),
        # 用到才问：不出整页的答复不必查。
        "notices": partial(_notices, request),
    }


def _notices(request: HttpRequest) -> list[Notice]:
    return notices_for(getattr(request, "actor", None), asked_at(request))


def navigation(request: HttpRequest) -> list[NavigationGroup]:
    """The main navigation as far as the actor's permissions go; empty before signing in."""
    actor = getattr(request, "actor", None)
    if actor is None or not actor.is_known:
        return []
    open_ways = [
        (group, title, reverse(name))
        for group, title, name, permission in NAVIGATION
        if permission is None or actor.may(permission)
    ]
    nearest = _nearest(request.path, [address for _, _, address in open_ways])
    groups = []
    for heading in GROUPS:
        items = [
            NavigationItem(title, address, _current(request.path, address, nearest))
            for group, title, address in open_ways
            if group == heading
        ]
        if items:
            groups.append(NavigationGroup(heading, items))
    return groups


def _nearest(path: str, addresses: Sequence[str]) -> str:
    """The entry the page lies under: /plans/5/ lies under /plans/; "/" only itself."""
    above = [one for one in addresses if path == one or (one != "/" and path.startswith(one))]
    return max(above, key=len, default="")


def _current(path: str, address: str, nearest: str) -> Current:
    if path == address:
        return "page"
    return "true" if address == nearest else ""
