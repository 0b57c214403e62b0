"""The pages of 建议提案 beside the list: register one, see one with its steps, take a step."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from targets.bureau_names import BureauNames
from targets.forms.proposals import ProposalForm, ProposalStepForm
from targets.models import Proposal, ProposalEvent, ProposalVerb
from targets.models.proposals import SENT
from targets.proposals.actions import DRAFTABLE, amend_proposal, register_proposal, take_step
from targets.proposals.archiving import paper_of
from targets.proposals.attachments import PROPOSAL_FILES
from targets.proposals.content import figures_of
from targets.proposals.register import ShownProposal, shown_proposals
from targets.proposals.reply import paragraphs_of
from targets.proposals.states import TAKEN, parties_of, steps_from
from targets.snapshots import portal_region
from targets.steps import newest_event
from targets.supervision.lights import thresholds_text
from yiyang.access.decorators import requires
from yiyang.access.http import ActorRequest, asked_at
from yiyang.access.roles import Permission
from yiyang.attachments.panel import attachments_panel
from yiyang.posting import UNPROCESSABLE, done, form_page, posted

FORM = "targets/proposal_form.html"
NO_PROPOSAL = "没有这件建议提案，或不在您的授权范围；请从建议提案名单里点选。"


@require_safe
@requires(Permission.VIEW_TARGETS)
def proposal_detail(request: ActorRequest, proposal_id: int) -> HttpResponse:
    """One proposal: what is asked, its term, the answer with its figures, the steps open now."""
    return _page(request, shown_of(request, proposal_id))


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MANAGE_POLICIES)
def proposal_new(request: ActorRequest) -> HttpResponseBase:
    """Register what was handed to the office."""
    bureaus = BureauNames(request.actor.day).choices()
    begun = {"year": request.actor.day.year, "assigned_on": request.actor.day}
    form = ProposalForm(posted(request), initial=begun, bureaus=bureaus)

    def register() -> HttpResponseBase:
        registration, assistants = form.registration()
        proposal = register_proposal(
            by=request.actor,
            region=portal_region(),
            registration=registration,
            assistants=assistants,
        )
        messages.success(request, "已登记；接下来承办、起草答复。")
        return redirect("proposal-detail", proposal.pk)

    return done(form, register) or form_page(request, FORM, form, {"shown": None})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MANAGE_POLICIES)
def proposal_amend(request: ActorRequest, proposal_id: int) -> HttpResponseBase:
    """Correct what was registered, as long as no answer has been submitted."""
    shown = shown_of(request, proposal_id)
    if shown.state not in TAKEN:
        raise Http404("答复已送审或已发出，登记的内容不再改动；请回到建议提案页面查看。")
    bureaus = BureauNames(request.actor.day).choices()
    form = ProposalForm(posted(request), initial=_held(shown), bureaus=bureaus)

    def amend() -> HttpResponseBase:
        registration, assistants = form.registration()
        amend_proposal(
            by=request.actor,
            proposal=shown.proposal,
            registration=registration,
            assistants=assistants,
            seen=request.POST.get("seen", ""),
        )
        messages.success(request, "已修改。")
        return redirect("proposal-detail", proposal_id)

    return done(form, amend) or form_page(request, FORM, form, {"shown": shown})


@require_POST
@requires(Permission.VIEW_TARGETS)
def proposal_step(request: ActorRequest, proposal_id: int) -> HttpResponseBase:
    """Take one step of the table."""
    shown = shown_of(request, proposal_id)
    verbs = _verbs(request, shown)
    if not verbs:
        raise PermissionDenied("现在没有由您办理的步骤；请回到建议提案页面查看。")
    form = ProposalStepForm(request.POST, verbs=verbs)

    def take() -> HttpResponseBase:
        verb = ProposalVerb(form.cleaned_data["verb"])
        take_step(
            by=request.actor,
            proposal=shown.proposal,
            verb=verb,
            at=asked_at(request),
            said=form.said(),
            seen=request.POST.get("seen", ""),
        )
        messages.success(request, f"已{verb.label}。")
        return redirect("proposal-detail", proposal_id)

    return done(form, take) or _page(request, shown, form=form, status=UNPROCESSABLE)


def shown_of(request: ActorRequest, proposal_id: int) -> ShownProposal:
    """The proposal if it lies in sight; 404 alike where it does not and where there is none."""
    seen = Proposal.objects.visible_to(request.actor).filter(pk=proposal_id)
    newest = newest_event(ProposalEvent.objects.all(), "proposal")
    rows = shown_proposals(seen.annotate(newest=newest), request.actor.day)
    if not rows:
        raise Http404(NO_PROPOSAL)
    return rows[0]


def may_draft(request: ActorRequest, shown: ShownProposal) -> bool:
    """Whether the actor may write the answer now."""
    return request.actor.may(Permission.MANAGE_POLICIES) and shown.state in DRAFTABLE


def _verbs(request: ActorRequest, shown: ShownProposal) -> list[ProposalVerb]:
    return steps_from(shown.state, parties_of(request.actor, shown.proposal))


def _events(request: ActorRequest, shown: ShownProposal) -> list[tuple[ProposalEvent, str]]:
    """The steps taken, each with the assisting bureau that spoke where one did."""
    seen = ProposalEvent.objects.visible_to(request.actor).filter(proposal=shown.proposal)
    return [
        (event, shown.assistants.get(event.assistant_id or 0, ""))
        for event in seen.select_related("author")
    ]


def _page(
    request: ActorRequest,
    shown: ShownProposal,
    form: ProposalStepForm | None = None,
    status: int = 200,
) -> HttpResponse:
    verbs = _verbs(request, shown)
    proposal = shown.proposal
    figures = figures_of(proposal, request.actor.day)
    sentences = {one.number: one.sentence for one in figures}
    context: dict[str, Any] = {
        "shown": shown,
        "proposal": proposal,
        "events": _events(request, shown),
        "figures": figures,
        "paragraphs": paragraphs_of(proposal.reply, sentences),
        "form": form or (ProposalStepForm(verbs=verbs) if verbs else None),
        "may_amend": request.actor.may(Permission.MANAGE_POLICIES) and shown.state in TAKEN,
        "may_draft": may_draft(request, shown),
        "may_export": request.actor.may(Permission.EXPORT),
        "paper": paper_of(proposal) if shown.state in SENT else None,
        "files": attachments_panel(PROPOSAL_FILES.name, proposal.pk, request.actor),
        "lights": thresholds_text(),
    }
    return render(request, "targets/proposal_detail.html", context, status=status)


def _held(shown: ShownProposal) -> dict[str, Any]:
    proposal = shown.proposal
    names = (
        *("kind", "year", "number", "title", "proposer_kind", "proposer", "wording"),
        *("assigned_on", "due_by"),
    )
    kept = proposal.assistants.kept()
    return {
        **{name: getattr(proposal, name) for name in names},
        "lead": proposal.lead_id,
        "assistants": list(kept.values_list("bureau_id", flat=True)),
    }
