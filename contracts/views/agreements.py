"""The pages of one agreement: what is known of it, a new one, and each step of its life."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import Form
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from contracts.agreements import actions
from contracts.agreements.dossier import (
    dossier_of,
    parties_of,
    state_on,
    verbs_for,
)
from contracts.agreements.forms import (
    AgreementForm,
    ReasonForm,
    SignForm,
    TerminationForm,
    TermsForm,
    drafted_terms,
    first_terms,
    renewed_terms,
)
from contracts.agreements.panels import panel_named, panels_of
from contracts.agreements.permission import NOT_A_CLERK, may_edit_agreements
from contracts.agreements.verbs import ALLOWED, WORDINGS, Verb
from contracts.models import PartnershipAgreement
from yiyang.access.decorators import requires
from yiyang.access.http import ActorRequest
from yiyang.access.roles import Permission
from yiyang.posting import UNPROCESSABLE, posted, put_errors

NO_AGREEMENT = "没有这份协议，或不在您的授权范围；请从协议列表里点选。"


@dataclass(frozen=True, slots=True)
class Step:
    """One verb as a page: its form as first shown, what it does, what is then said.

    `perform` returns the agreement whose page comes next.
    """

    form: Callable[[ActorRequest, PartnershipAgreement], Form]
    perform: Callable[[ActorRequest, PartnershipAgreement, Any], PartnershipAgreement]
    done: str


@require_safe
@requires(Permission.VIEW_AGREEMENTS)
def agreement_detail(request: ActorRequest, agreement_id: int) -> HttpResponse:
    """Everything about one agreement on a day, with its chain and history."""
    agreement, day = _agreement(request, agreement_id), _day(request)
    dossier = dossier_of(agreement, day, request.actor)
    verbs = []
    if may_edit_agreements(request.actor):
        verbs = verbs_for(agreement, state_on(agreement, request.actor.day))
    context = {
        "dossier": dossier,
        "agreement": agreement,
        "verbs": verbs,
        "panels": panels_of(agreement, day, request.actor),
        "is_today": day == request.actor.day,
    }
    return render(request, "contracts/agreement_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.VIEW_AGREEMENTS)
def agreement_new(request: ActorRequest) -> HttpResponseBase:
    """Enter an agreement; parties may come filled in from an institution's page."""
    _refuse_reader(request)
    initial = first_terms(request.actor.day)
    form = AgreementForm(posted(request), request=request, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.draft_agreement(
                by=request.actor, terms=form.whole_terms(), on=request.actor.day
            )
        except ValidationError as error:
            put_errors(form, error)
        else:
            messages.success(request, f"协议 {made.number} 已登记。")
            return redirect("agreement-detail", made.pk)
    return _form_page(request, form, {"title": "新建协议"})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.VIEW_AGREEMENTS)
def agreement_act(request: ActorRequest, agreement_id: int, verb: str) -> HttpResponseBase:
    """One step of the agreement's life: its form, then what it does."""
    agreement = _agreement(request, agreement_id)
    _refuse_reader(request)
    if verb not in STEPS:
        raise Http404("没有这一步；请从协议页面里选择。")
    step, wording = STEPS[Verb(verb)], WORDINGS[Verb(verb)]
    state = state_on(agreement, request.actor.day)
    context = {"agreement": agreement, "title": wording.title, "wording": wording}
    if Verb(verb) not in ALLOWED[state]:
        refusal = f"这份协议现在是“{state.label}”，不能办“{wording.button}”。"
        return _refused(request, [refusal], context)
    if verb == Verb.RENEW:
        try:
            actions.refuse_renewal(agreement)
        except ValidationError as error:
            return _refused(request, error.messages, context)
    form = step.form(request, agreement)
    if request.method == "POST" and form.is_valid():
        try:
            following = step.perform(request, agreement, form)
        except ValidationError as error:
            put_errors(form, error)
        else:
            messages.success(request, step.done.format(number=following.number))
            return redirect("agreement-detail", following.pk)
    context["parties"] = parties_of(agreement, request.actor.day)
    if wording.is_loss:
        # 办之前先看清：眼下计入哪些指标，办了就不再计入。
        context["panels"] = panel_named("standing", agreement, request.actor.day, request.actor)
    return _form_page(request, form, context)


def _edit_form(request: ActorRequest, agreement: PartnershipAgreement) -> Form:
    initial = drafted_terms(agreement)
    return AgreementForm(posted(request), request=request, initial=initial)


def _sign_form(request: ActorRequest, agreement: PartnershipAgreement) -> Form:
    initial = {"on": request.actor.day}
    return SignForm(posted(request), request=request, agreement=agreement, initial=initial)


def _renewal_form(request: ActorRequest, agreement: PartnershipAgreement) -> Form:
    form = TermsForm(posted(request), request=request, initial=renewed_terms(agreement))
    form.fields[
        "starts_on"
    ].help_text = f"原协议 {agreement.expires_on} 到期，次日生效就没有断档；断档的日子不计入指标。"
    return form


def _termination_form(request: ActorRequest, _: PartnershipAgreement) -> Form:
    return TerminationForm(posted(request), initial={"on": request.actor.day})


def _reason_form(request: ActorRequest, _: PartnershipAgreement) -> Form:
    return ReasonForm(posted(request))


def _edit(
    request: ActorRequest, agreement: PartnershipAgreement, form: Any
) -> PartnershipAgreement:
    by, day = request.actor, request.actor.day
    actions.edit_draft(by=by, agreement=agreement, terms=form.whole_terms(), on=day)
    return agreement


def _sign(
    request: ActorRequest, agreement: PartnershipAgreement, form: Any
) -> PartnershipAgreement:
    actions.sign_side(by=request.actor, agreement=agreement, **form.cleaned_data)
    return agreement


def _renew(
    request: ActorRequest, agreement: PartnershipAgreement, form: Any
) -> PartnershipAgreement:
    terms = form.terms(agreement.medical, agreement.elderly)
    by, day = request.actor, request.actor.day
    made = actions.renew_agreement(by=by, agreement=agreement, terms=terms, on=day)
    if gap := actions.gap_days(agreement, made.starts_on):
        messages.warning(request, f"与原协议之间断档 {gap} 天，这些天不计入指标。")
    return made


def _terminate(
    request: ActorRequest, agreement: PartnershipAgreement, form: Any
) -> PartnershipAgreement:
    actions.terminate_agreement(by=request.actor, agreement=agreement, **form.cleaned_data)
    return agreement


def _reinstate(
    request: ActorRequest, agreement: PartnershipAgreement, form: Any
) -> PartnershipAgreement:
    actions.reinstate_agreement(by=request.actor, agreement=agreement, **form.cleaned_data)
    return agreement


def _void(
    request: ActorRequest, agreement: PartnershipAgreement, form: Any
) -> PartnershipAgreement:
    actions.void_agreement(by=request.actor, agreement=agreement, **form.cleaned_data)
    return agreement


STEPS: Mapping[Verb, Step] = {
    Verb.EDIT: Step(_edit_form, _edit, "草稿已修改。"),
    Verb.SIGN: Step(_sign_form, _sign, "已登记协议 {number} 的签订。"),
    Verb.RENEW: Step(_renewal_form, _renew, "续签协议 {number} 已登记；双方签订后才生效。"),
    Verb.TERMINATE: Step(_termination_form, _terminate, "协议 {number} 已登记解约。"),
    Verb.REINSTATE: Step(_reason_form, _reinstate, "协议 {number} 的解约已撤销。"),
    Verb.VOID: Step(_reason_form, _void, "协议 {number} 已作废。"),
}


def _agreement(request: ActorRequest, agreement_id: int) -> PartnershipAgreement:
    agreements = PartnershipAgreement.objects.visible_to(request.actor)
    found = agreements.select_related("medical", "elderly").filter(pk=agreement_id).first()
    if found is None:
        raise Http404(NO_AGREEMENT)
    return found


def _refuse_reader(request: ActorRequest) -> None:
    if not may_edit_agreements(request.actor):
        raise PermissionDenied(NOT_A_CLERK)


def _day(request: ActorRequest) -> date:
    text = request.GET.get("as_of", "")
    if not text:
        return request.actor.day
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Http404(f"“{text}”不是日期；请写成 2017-12-31。") from error


def _form_page(request: ActorRequest, form: Form, context: dict[str, Any]) -> HttpResponse:
    status = UNPROCESSABLE if form.is_bound else 200
    context = {**context, "form": form}
    return render(request, "contracts/agreement_form.html", context, status=status)


def _refused(request: ActorRequest, refused: list[str], context: dict[str, Any]) -> HttpResponse:
    context = {**context, "refused": refused}
    return render(request, "contracts/agreement_refused.html", context, status=UNPROCESSABLE)
