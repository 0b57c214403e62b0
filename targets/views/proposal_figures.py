"""The figures an answer uses: add one, take a corrected run, take one back."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Max, Min
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from institutions.models import Region
from targets.forms.proposals import FigureForm
from targets.models import FigureSide, IndicatorRun, ProposalFigure
from targets.proposals.actions_figures import add_figure, drop_figure, renew_figure
from targets.proposals.register import ShownProposal
from targets.regions import columns_of
from targets.results import latest_run
from targets.views.proposal_drafts import NOT_OPEN
from targets.views.proposals import may_draft, shown_of
from yiyang.access.decorators import requires
from yiyang.access.http import ActorRequest
from yiyang.access.roles import Permission
from yiyang.posting import UNPROCESSABLE, put_errors

Change = Callable[..., None]
NO_FIGURE = "没有这个数字，或已删去；请回到建议提案页面查看。"
NO_RUN = "还没有量度结果，没有数字可引用；请等夜间量度完成。"


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MANAGE_POLICIES)
def proposal_figure_new(request: ActorRequest, proposal_id: int) -> HttpResponseBase:
    """Choose a figure and the two days it is told of."""
    shown = _open(request, proposal_id)
    run = latest_run()
    if run is None:
        raise Http404(NO_RUN)
    regions: dict[str, Region] = {one.code: one for one in columns_of(run)}
    begun = {"day": run.as_of, "side": FigureSide.VALUE, "region": run.region.code}
    form = FigureForm(initial=begun, regions=regions)
    if request.method == "POST":
        form = FigureForm(request.POST, regions=regions)
        if form.is_valid():
            try:
                figure = add_figure(by=request.actor, proposal=shown.proposal, wanted=form.wanted())
            except ValidationError as error:
                put_errors(form, error)
            else:
                told = f"已添加；正文里写 {{{figure.number}}} 的地方会换成这个句子。"
                messages.success(request, told)
                return redirect("proposal-detail", proposal_id)
    status = UNPROCESSABLE if form.is_bound else 200
    days = IndicatorRun.objects.published().aggregate(
        first=Min("as_of"), last=Max("as_of"), number=Count("as_of", distinct=True)
    )
    context = {"form": form, "shown": shown, "days": days}
    return render(request, "targets/proposal_figure_new.html", context, status=status)


@require_POST
@requires(Permission.MANAGE_POLICIES)
def proposal_figure_renew(
    request: ActorRequest, proposal_id: int, figure_id: int
) -> HttpResponseBase:
    """Use what has been measured anew for the same days."""
    return _changed(request, proposal_id, figure_id, renew_figure, "已改用更正后的批次。")


@require_POST
@requires(Permission.MANAGE_POLICIES)
def proposal_figure_drop(
    request: ActorRequest, proposal_id: int, figure_id: int
) -> HttpResponseBase:
    """Take a figure back that the text no longer asks for."""
    return _changed(request, proposal_id, figure_id, drop_figure, "已删去这个数字。")


def _changed(
    request: ActorRequest, proposal_id: int, figure_id: int, change: Change, told: str
) -> HttpResponseBase:
    """Make the change and go back to the proposal, told what was done or why it was not."""
    shown = _open(request, proposal_id)
    try:
        change(by=request.actor, proposal=shown.proposal, figure=_figure(shown, figure_id))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, told)
    return redirect("proposal-detail", proposal_id)


def _open(request: ActorRequest, proposal_id: int) -> ShownProposal:
    shown = shown_of(request, proposal_id)
    if not may_draft(request, shown):
        raise Http404(NOT_OPEN)
    return shown


def _figure(shown: ShownProposal, figure_id: int) -> ProposalFigure:
    figure = shown.proposal.figures.kept().filter(pk=figure_id).first()
    if figure is None:
        raise Http404(NO_FIGURE)
    return figure
