"""The monthly sum of plain looks and personal exports, for the security administrator."""

from __future__ import annotations

from datetime import date

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from contracts.models import RevealField
from contracts.persons.totals import exports_of, months_bounds, reveal_totals
from yiyang.access.decorators import requires
from yiyang.access.http import ActorRequest
from yiyang.access.roles import Permission


@never_cache
@require_safe
@requires(Permission.VIEW_REVEAL_TOTALS)
def disclosure_totals(request: ActorRequest) -> HttpResponse:
    """Who looked how often, and which files left, in one month; no person is named."""
    month = _month(request)
    context = {
        "month": month,
        "fields": RevealField.labels,
        "totals": reveal_totals(month),
        "exports": exports_of(month, request.actor),
    }
    return render(request, "contracts/disclosure_totals.html", context)


def _month(request: ActorRequest) -> date:
    text = request.GET.get("month", "")
    if not text:
        return request.actor.day
    try:
        month = date.fromisoformat(f"{text}-01")
        months_bounds(month)  # 日历的最后一个月没有下一个月，也不是月份
    except ValueError as error:
        raise Http404("地址里的 month 不是月份；请写成 2026-11。") from error
    return month
