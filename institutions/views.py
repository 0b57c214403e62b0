"""The page of one institution."""

from __future__ import annotations

from datetime import date

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from institutions.dossier import dossier_of
from institutions.history import history_of
from institutions.models import Institution
from institutions.panels import panels_of
from yiyang.access.decorators import requires
from yiyang.access.http import ActorRequest
from yiyang.access.roles import Permission

NOT_FOUND = "没有这个机构，或不在您的授权范围；请从记录列表里点选。"


@require_safe
@requires(Permission.VIEW_INSTITUTIONS)
def institution_detail(request: ActorRequest, institution_id: int) -> HttpResponse:
    """Everything about one institution on a day, with its history."""
    day = _day(request)
    institution = Institution.objects.visible_to(request.actor).filter(pk=institution_id).first()
    if institution is None:
        raise Http404(NOT_FOUND)
    context = {
        "dossier": dossier_of(institution, day),
        "panels": panels_of(institution, day, request.actor),
        "history": history_of(institution),
    }
    return render(request, "institutions/institution_detail.html", context)


def _day(request: ActorRequest) -> date:
    text = request.GET.get("as_of", "")
    if not text:
        return request.actor.day
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Http404(f"“{text}”不是日期；请写成 2017-12-31。") from error
