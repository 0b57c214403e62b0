"""The page of one gap: how many more, who is nearest, and the chase list as a file."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from institutions.models import Institution
from targets.actions import record_contact
from targets.gap.candidates import (
    Candidate,
    bed_gap,
    candidates_of,
    headcounts_of,
    permission_to_name,
    with_contacts,
)
from targets.gap.chase_list import chase_list
from targets.presenters import fraction_text, gap_text, quote_text, threshold_text, value_text
from targets.views.asked import offered_days
from targets.views.lines import AskedLine, asked_line
from yiyang.access.decorators import FORBIDDEN, requires
from yiyang.access.http import ActorRequest
from yiyang.access.roles import Permission
from yiyang.dated import messages_of
from yiyang.lib.books import XLSX_TYPE
from yiyang.lib.demo import demo_mark
from yiyang.lib.filenames import saved_as

CANDIDATES_SHOWN = 100
NOTE_TAKERS = (Permission.EDIT_HEALTH, Permission.EDIT_ELDERLY, Permission.REVIEW)


@require_safe
@requires(Permission.VIEW_TARGETS)
def gap_detail(request: ActorRequest, code: str) -> HttpResponse:
    """How many more it takes, and the nearest candidates with what each lacks."""
    return _page(request, asked_line(request, code))


@require_safe
@requires(Permission.VIEW_TARGETS)
@requires(Permission.EXPORT)
def gap_xlsx(request: ActorRequest, code: str) -> HttpResponse:
    """催办清单: every candidate with lacks, contact and notes, as an Excel sheet."""
    found = asked_line(request, code)
    if not request.actor.may(permission_to_name(found.indicator)):
        raise PermissionDenied(FORBIDDEN)
    candidates = _with_contacts(request, found, _candidates(request, found))
    answer = HttpResponse(chase_list(_head(found), candidates), content_type=XLSX_TYPE)
    name = f"chase-{code}-{found.asked.region.code}-{found.asked.run.as_of}.xlsx"
    return saved_as(name, answer)


@require_POST
@requires(Permission.VIEW_TARGETS)
def gap_contact(request: ActorRequest, code: str) -> HttpResponseBase:
    """Record that an institution was called, then lead back to the list."""
    found = asked_line(request, code)
    if not _may_note(request, found):
        raise PermissionDenied(FORBIDDEN)
    try:
        record_contact(
            by=request.actor,
            institution=_institution(request),
            indicator=code,
            on=_day(request),
            text=request.POST.get("text", ""),
        )
    except ValidationError as error:
        return _page(request, found, error="；".join(messages_of(error)))
    messages.success(request, "已记下这次联系。")
    return redirect(f"{reverse('gap', args=[code])}?{found.query}")


def _page(request: ActorRequest, found: AskedLine, error: str = "") -> HttpResponse:
    line, figure, indicator = found.line, found.figure, found.indicator
    may_name = request.actor.may(permission_to_name(indicator))
    candidates = _candidates(request, found) if may_name else []
    context: dict[str, Any] = {
        "found": found,
        "asked": found.asked,
        "indicator": indicator,
        "line": line,
        "value": value_text(figure, indicator),
        "fraction": fraction_text(figure, indicator),
        "quote": quote_text(figure, indicator, found.asked.region, found.asked.run),
        "threshold": threshold_text(line.target, indicator) if line else "",
        "needed": line.needed if line else None,
        "beds": bed_gap(indicator, figure, line.goal.threshold if line else None),
        "may_name": may_name,
        "total": len(candidates),
        "candidates": _with_contacts(request, found, candidates[:CANDIDATES_SHOWN]),
        "headcounts": headcounts_of(indicator, **_where(found)),
        "may_note": _may_note(request, found),
        "may_supervise": request.actor.may(Permission.MANAGE_POLICIES),
        "may_export": may_name and request.actor.may(Permission.EXPORT),
        "is_narrowed": not request.actor.whole_city,
        "today": request.actor.day,
        "days": offered_days(found.asked.run.as_of),
        "error": error,
    }
    return render(request, "targets/gap.html", context, status=400 if error else 200)


def _where(found: AskedLine) -> dict[str, Any]:
    asked = found.asked
    return {"day": asked.run.as_of, "region": asked.region.pk, "tree": asked.tree}


def _candidates(request: ActorRequest, found: AskedLine) -> list[Candidate]:
    return candidates_of(found.indicator, actor=request.actor, **_where(found))


def _with_contacts(
    request: ActorRequest, found: AskedLine, candidates: list[Candidate]
) -> list[Candidate]:
    day = found.asked.run.as_of
    return with_contacts(candidates, code=found.indicator.code, day=day, actor=request.actor)


def _may_note(request: ActorRequest, found: AskedLine) -> bool:
    may_write = any(request.actor.may(permission) for permission in NOTE_TAKERS)
    return may_write and request.actor.may(permission_to_name(found.indicator))


def _institution(request: ActorRequest) -> Institution:
    text = request.POST.get("institution", "")
    # 上限防止超出数据库整数范围。
    if not (text.isascii() and text.isdigit()) or len(text) > 18:  # noqa: PLR2004
        raise Http404("没有说明是哪个机构；请从还差清单里点选。")
    found = Institution.objects.visible_to(request.actor).filter(pk=int(text)).first()
    if found is None:
        raise Http404("没有这个机构，或不在您的授权范围；请从还差清单里点选。")
    return found


def _day(request: ActorRequest) -> date:
    text = request.POST.get("contacted_on", "")
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ValidationError(f"“{text}”不是日期；请写成 2017-12-31。") from error


def _head(found: AskedLine) -> tuple[str, str, str]:
    mark = demo_mark("（{}）")
    run, indicator = found.asked.run, found.indicator
    shown = f"{value_text(found.figure, indicator)} {fraction_text(found.figure, indicator)}"
    line = found.line
    demand = f"，目标 {threshold_text(line.target, indicator)}，{gap_text(line)}" if line else ""
    return (
        f"{found.asked.region.name} {indicator.title} 催办清单{mark}",
        f"截至日期 {run.as_of}，量度批次 {run.pk}，口径“{indicator.reading_title}”",
        f"现为 {shown.strip()}{demand}".rstrip("，"),
    )
