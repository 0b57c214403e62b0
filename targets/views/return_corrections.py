"""The pages of 更正说明: propose one, decide on one."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from targets.forms.returns import CorrectionDecisionForm, CorrectionForm
from targets.models import ReturnCorrection
from targets.returns.checks import number_text
from targets.returns.corrections import correctable, decide, may_decide, may_propose, propose
from targets.returns.effective import numbers_of
from targets.views.returns import return_of
from yiyang.access.decorators import FORBIDDEN, requires
from yiyang.access.http import ActorRequest, asked_at
from yiyang.access.roles import Permission
from yiyang.posting import form_page, posted, put_errors

NO_CORRECTION = "没有这份更正说明，或不在您的授权范围；请从填报单里点选。"
NOT_CORRECTABLE = "这份填报单现在没有更正可提；请回到填报单查看。"


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EDIT_HEALTH)
def return_correct(request: ActorRequest, return_id: int) -> HttpResponseBase:
    """Propose other numbers for a locked or published return."""
    own = return_of(request, return_id)
    if not may_propose(request.actor, own):
        raise Http404(NOT_CORRECTABLE)
    now = numbers_of(own)
    items = correctable(own)
    initial = {f"value-{item.code}": _plain(now.get(item.code), item.is_percent) for item in items}
    form = CorrectionForm(posted(request), items=items, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            proposed = propose(
                by=request.actor,
                quarterly_return=own,
                numbers=form.numbers(),
                reason=form.cleaned_data["reason"],
            )
        except ValidationError as error:
            put_errors(form, error)
        else:
            messages.success(request, "已提出更正说明；由另一位市卫健审核同意后生效。")
            return redirect("return-correction", proposed.pk)
    rows = [
        (item, number_text(now.get(item.code), item.unit), form[f"value-{item.code}"])
        for item in items
    ]
    return form_page(request, "targets/return_correct.html", form, {"own": own, "rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.VIEW_TARGETS)
def return_correction(request: ActorRequest, correction_id: int) -> HttpResponseBase:
    """One correction: the old numbers and the new, why, and the decision on it."""
    correction = _correction(request, correction_id)
    may = may_decide(request.actor, correction)
    if request.method == "POST" and not (
        request.actor.may(Permission.REVIEW) and request.actor.whole_city
    ):
        raise PermissionDenied(FORBIDDEN)
    form = CorrectionDecisionForm(posted(request))
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        agreed = said["decision"] == "agree"
        try:
            decide(
                by=request.actor,
                correction=correction,
                agreed=agreed,
                at=asked_at(request),
                answer=said["answer"],
            )
        except ValidationError as error:
            put_errors(form, error)
        else:
            messages.success(request, "已同意更正。" if agreed else "已退回更正。")
            return redirect("return-correction", correction.pk)
    return _page(request, correction, form, may_decide=may)


def _page(
    request: ActorRequest,
    correction: ReturnCorrection,
    form: CorrectionDecisionForm,
    *,
    may_decide: bool,
) -> HttpResponse:
    lines = [
        (line, number_text(line.old, line.item.unit), number_text(line.new, line.item.unit))
        for line in correction.lines.select_related("item")
    ]
    context = {
        "correction": correction,
        "own": correction.quarterly_return,
        "lines": lines,
        "may_decide": may_decide,
        "edition": getattr(correction, "edition", None),
    }
    return form_page(request, "targets/return_correction.html", form, context)


def _correction(request: ActorRequest, correction_id: int) -> ReturnCorrection:
    seen = ReturnCorrection.objects.visible_to(request.actor).select_related(
        "quarterly_return__period__form", "proposed_by", "decided_by", "edition"
    )
    correction = seen.filter(pk=correction_id).first()
    if correction is None:
        raise Http404(NO_CORRECTION)
    return correction


def _plain(number: object, is_percent: bool) -> object:
    return number if is_percent or number is None else int(number)  # type: ignore[call-overload]
