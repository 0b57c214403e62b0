"""The page of one institution."""

from __future__ import annotations

from datetime import date

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from institutions.dossier import Dossier, dossier_of
from institutions.editing import may_edit, may_edit_profile
from institutions.fact_kinds import KINDS
from institutions.forms.facts import FOUNDING_YEAR, LAST_YEAR
from institutions.history import history_of, institution_names
from institutions.models import Institution, InstitutionMerge, MergeState
from institutions.panels import panels_of
from yiyang.access.decorators import requires
from yiyang.access.http import ActorRequest
from yiyang.access.roles import Permission
from yiyang.facts import Fact

HISTORY_SHOWN = 50
PAGE_DIGITS, MOST_PAGES = 6, 9999
NOT_FOUND = "没有这个机构，或不在您的授权范围；请从记录列表里点选。"


@require_safe
@requires(Permission.VIEW_INSTITUTIONS)
def institution_detail(request: ActorRequest, institution_id: int) -> HttpResponse:
    """Everything about one institution on a day, with its history."""
    day = _day(request)
    institution = Institution.objects.visible_to(request.actor).filter(pk=institution_id).first()
    if institution is None or institution.merged_into_id is not None:
        return _merged_page(request, institution_id)
    dossier = dossier_of(institution, day)
    context = {
        "dossier": dossier,
        "panels": panels_of(institution, day, request.actor, aside=False),
        "asides": panels_of(institution, day, request.actor, aside=True),
        "history": history_of(institution),
        **_editable(request, dossier),
    }
    return render(request, "institutions/institution_detail.html", context)


@require_safe
@requires(Permission.VIEW_INSTITUTIONS)
def institution_history(request: ActorRequest, institution_id: int) -> HttpResponse:
    """Every change of the institution and its registers, newest first, a page at a time."""
    institution = Institution.objects.visible_to(request.actor).filter(pk=institution_id).first()
    if institution is None:
        raise Http404(NOT_FOUND)
    page = _page(request)
    start = (page - 1) * HISTORY_SHOWN
    found = history_of(institution, start=start, shown=HISTORY_SHOWN + 1)
    names = institution_names([institution.pk])
    context = {
        "institution": institution,
        "name": names.get(institution.pk, institution.code),
        "history": found[:HISTORY_SHOWN],
        "page": page,
        "has_more": len(found) > HISTORY_SHOWN,
    }
    return render(request, "institutions/institution_history.html", context)


def _merged_page(request: ActorRequest, institution_id: int) -> HttpResponse:
    """Where to look instead, for who may see the record that stays; else there is no such page."""
    merged = Institution.objects.filter(pk=institution_id, merged_into__isnull=False).first()
    stays = merged
    while stays is not None and stays.merged_into is not None:
        stays = stays.merged_into
    seen = Institution.objects.visible_to(request.actor)
    if merged is None or stays is None or not seen.filter(pk=stays.pk).exists():
        raise Http404(NOT_FOUND)
    merges = InstitutionMerge.objects.visible_to(request.actor).filter(dropped=merged)
    context = {
        "institution": merged,
        "stays": stays,
        "name": institution_names([stays.pk]).get(stays.pk, stays.code),
        "merge": merges.filter(state=MergeState.DONE).select_related("decided_by").first(),
        "history": history_of(merged),
    }
    return render(request, "institutions/institution_merged.html", context)


def _editable(request: ActorRequest, dossier: Dossier) -> dict[str, object]:
    """Which rows of the page the actor may write, by kind, and which kinds they may enter."""
    actor, institution, profile = request.actor, dossier.institution, dossier.profile
    if institution.voided_at:
        return {"edits": {}, "enters": set(), "may_change": False}
    held = (dossier.certificates, dossier.channels, dossier.services)
    dated = (*held, dossier.designations, dossier.contacts)
    facts: list[Fact] = [one.fact for rows in dated for one in rows]
    facts += [*dossier.beds, *(one.report for one in dossier.occupancies)]
    facts += [*dossier.staff, *dossier.notes]
    return {
        "edits": {
            kind.slug: {
                fact.pk
                for fact in facts
                if isinstance(fact, kind.model) and may_edit(actor, institution, kind.part_of(fact))
            }
            for kind in KINDS.values()
        },
        "enters": {slug for slug, kind in KINDS.items() if kind.offered_to(actor, institution)},
        "may_change": profile is not None
        and may_edit_profile(
            actor, institution, category=profile.category, elderly_kind=profile.elderly_kind
        ),
    }


def _page(request: ActorRequest) -> int:
    text = request.GET.get("page", "1")
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text[:PAGE_DIGITS]) <= MOST_PAGES:
        raise Http404("没有这一页；请从页面上的链接进入。")
    return int(text[:PAGE_DIGITS])


def _day(request: ActorRequest) -> date:
    text = request.GET.get("as_of", "")
    if not text:
        return request.actor.day
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise Http404(f"“{text}”不是日期；请写成 2017-12-31。") from error
    if not FOUNDING_YEAR <= day.year <= LAST_YEAR:
        raise Http404(f"只能看 {FOUNDING_YEAR}—{LAST_YEAR} 年之间的日子，请换一个日期。")
    return day
