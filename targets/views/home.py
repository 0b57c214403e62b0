"""The page staff begin the day on: what waits for them, then where the targets stand."""

from __future__ import annotations

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from targets.explain.freshness import warnings_at
from targets.results import latest_run
from targets.tables.standing import standings
from targets.work import keeps_registers
from yiyang.access.decorators import requires
from yiyang.access.http import ActorRequest, asked_at
from yiyang.access.roles import Permission
from yiyang.asked import Asked
from yiyang.work import line_of, work_of

ITEMS_LISTED = 500
NO_SOURCE = "没有这一类待办，或您的角色不办这一类；请从首页点选。"
# 三员不办业务：各回各的页面。
OWN_PAGES = (
    (Permission.MANAGE_ACCOUNTS, "user-list"),
    (Permission.VIEW_AUDIT, "audit-list"),
    (Permission.MANAGE_SYSTEM, "report-mail-list"),
)


@require_safe
def home(request: ActorRequest) -> HttpResponseBase:
    """The actor's work list; administrators are led to their own pages."""
    if not request.actor.may(Permission.VIEW_TARGETS):
        return redirect(_own_page(request))
    asked = Asked()
    run = asked.once(latest_run)
    found = standings(run, request.actor, asked) if run else []
    context = {
        "warnings": warnings_at(asked_at(request)),
        "work": work_of(request.actor, day=request.actor.day, asked=asked),
        "run": run,
        "standings": found,
        "behind": [one for one in found if one.is_behind],
        "has_region": keeps_registers(request.actor),
        "day": request.actor.day,
    }
    return render(request, "targets/home.html", context)


@require_safe
@requires(Permission.VIEW_TARGETS)
def work_source(request: ActorRequest, source_id: str) -> HttpResponse:
    """Everything one source counts, item by item."""
    line = line_of(source_id, request.actor, day=request.actor.day, limit=ITEMS_LISTED)
    if line is None:
        raise Http404(NO_SOURCE)
    context = {"line": line, "day": request.actor.day, "listed": ITEMS_LISTED}
    return render(request, "targets/work_source.html", context)


def _own_page(request: ActorRequest) -> str:
    own = (name for permission, name in OWN_PAGES if request.actor.may(permission))
    return next(own, "account")
