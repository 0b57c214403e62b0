"""The pages of a quarter: asking for it, how far everyone is, its editions."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from targets.forms.returns import PeriodForm
from targets.models import Paper, ReturnEdition, ReturnPeriod
from targets.returns.calendar import chase_text, owing, progress
from targets.returns.opening import open_period
from targets.returns.publishing import approved_corrections, paper_key
from targets.returns.quarters import due_days, quarter_of
from yiyang.access.decorators import requires
from yiyang.access.http import ActorRequest
from yiyang.access.roles import Permission
from yiyang.posting import form_page, posted, put_errors

NO_PERIOD = "没有布置过这一季度；请从填报日历里点选。"
NO_EDITION = "没有这一版；请从季度页面里点选。"


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MANAGE_POLICIES)
def return_period_new(request: ActorRequest) -> HttpResponseBase:
    """Ask everyone for a quarter; begun with the last one that is over and the usual days."""
    quarter = quarter_of(request.actor.day).before
    due = due_days(quarter)
    initial = {
        "year": quarter.year,
        "quarter": quarter.number,
        "institution_due": due.institution,
        "district_due": due.district,
        "city_due": due.city,
    }
    form = PeriodForm(posted(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        asked, days = form.asked()
        try:
            period = open_period(by=request.actor, quarter=asked, due=days)
        except ValidationError as error:
            put_errors(form, error)
        else:
            count = period.returns.count()
            messages.success(request, f"已布置{period}，共 {count} 份填报单，已按登记预填。")
            return redirect("return-period", period.pk)
    return form_page(request, "targets/return_period_new.html", form, {"quarter": quarter})


@require_safe
@requires(Permission.VIEW_TARGETS)
def return_period(request: ActorRequest, period_id: int) -> HttpResponse:
    """How far a quarter is, who still owes, and what has been published of it."""
    seen = ReturnPeriod.objects.visible_to(request.actor).select_related("form", "region")
    period = seen.filter(pk=period_id).first()
    if period is None:
        raise Http404(NO_PERIOD)
    rows = owing(period, request.actor)
    editions = list(ReturnEdition.objects.visible_to(request.actor).filter(period=period))
    context = {
        "period": period,
        "progress": progress(period, request.actor),
        "owing": rows,
        "chase": chase_text(period, rows, request.actor.day),
        "editions": editions,
        "latest": editions[-1] if editions else None,
        "corrected": _corrected(period) if editions else 0,
        "may_export": request.actor.may(Permission.EXPORT),
    }
    return render(request, "targets/return_period.html", context)


@require_safe
@requires(Permission.VIEW_TARGETS)
def return_edition(request: ActorRequest, edition_id: int) -> HttpResponse:
    """One published version of the table, as it was on its day."""
    seen = ReturnEdition.objects.visible_to(request.actor).select_related("period__form")
    edition = seen.filter(pk=edition_id).first()
    if edition is None:
        raise Http404(NO_EDITION)
    later = edition.period.editions.filter(number__gt=edition.number).count()
    papers = Paper.objects.visible_to(request.actor).filter(key=paper_key(edition))
    context = {
        "edition": edition,
        "content": edition.content,
        "later": later,
        "paper": papers.defer("content").first(),
    }
    return render(request, "targets/return_edition.html", context)


def _corrected(period: ReturnPeriod) -> int:
    """How many numbers were corrected since the first edition."""
    approved = approved_corrections(period)
    return sum(len(one.lines.all()) for one in approved if hasattr(one, "edition"))
