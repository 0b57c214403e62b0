"""What every template may show about the portal itself and the way around it."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from yiyang.access.roles import Permission


@dataclass(frozen=True, slots=True)
class NavigationItem:
    """One entry of the main navigation."""

    title: str
    address: str
    is_here: bool


# （标题, 地址名称, 须有的权限）
NAVIGATION = (
    ("目标表", "target-table", Permission.VIEW_TARGETS),
    ("指标一览", "indicator-list", Permission.VIEW_TARGETS),
    ("数据质量", "quality-list", Permission.VIEW_TARGETS),
    ("测算方案", "plan-list", Permission.VIEW_TARGETS),
    ("账号管理", "user-list", Permission.MANAGE_ACCOUNTS),
    ("老年人", "person-list", Permission.VIEW_PERSONS),
    ("明文与导出", "disclosure-totals", Permission.VIEW_REVEAL_TOTALS),
    ("审计", "audit-list", Permission.VIEW_AUDIT),
)


def portal(request: HttpRequest) -> dict[str, object]:
    """Return the portal's name, its demo mark (empty in production), its version and the ways."""
    return {
        "portal": {
            "name": settings.PORTAL_NAME,
            "demo_mark": settings.DEMO_MARK if settings.DEMO else "",
            "version": settings.BUILD_VERSION,
        },
        "navigation": navigation(request),
    }


def navigation(request: HttpRequest) -> list[NavigationItem]:
    """The main navigation as far as the actor's permissions go; empty before signing in."""
    actor = getattr(request, "actor", None)
    if actor is None:
        return []
    return [
        NavigationItem(title, address, is_here=request.path == address)
        for title, name, permission in NAVIGATION
        if actor.may(permission)
        for address in (reverse(name),)
    ]
