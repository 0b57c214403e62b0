"""The answer to a proposal: written on a form, read as a sheet of paper, sent on as Word."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from targets.forms.proposals import ReplyForm
from targets.models import ProposalResult
from targets.papers.word import CONTENT_TYPE
from targets.proposals.actions import draft_reply
from targets.proposals.content import Content, figures_of, reply_content
from targets.proposals.register import ShownProposal
from targets.proposals.word import reply_docx
from targets.views.proposals import may_draft, shown_of
from yiyang.access.decorators import requires
from yiyang.access.http import ActorRequest
from yiyang.access.roles import Permission
from yiyang.audit.kinds import EventKind, Outcome
from yiyang.audit.recording import record
from yiyang.lib.filenames import marked, saved_as
from yiyang.posting import done, form_page, posted

NO_REPLY = "还没有答复正文；请先起草。"
NOT_OPEN = "这件建议提案不在承办、起草中，答复不能改动；请回到它的页面查看。"


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MANAGE_POLICIES)
def proposal_reply(request: ActorRequest, proposal_id: int) -> HttpResponseBase:
    """Write the answer with the figures at hand."""
    shown = shown_of(request, proposal_id)
    if not may_draft(request, shown):
        raise Http404(NOT_OPEN)
    proposal = shown.proposal
    held = {"reply": proposal.reply, "result": proposal.result}
    form = ReplyForm(posted(request), initial=held)

    def draft() -> HttpResponseBase:
        result, reply = ProposalResult(form.cleaned_data["result"]), form.cleaned_data["reply"]
        seen = request.POST.get("seen", "")
        draft_reply(by=request.actor, proposal=proposal, reply=reply, result=result, seen=seen)
        messages.success(request, "草稿已保存。")
        return redirect("proposal-detail", proposal_id)

    context = {"shown": shown, "figures": figures_of(proposal, request.actor.day)}
    return done(form, draft) or form_page(request, "targets/proposal_reply.html", form, context)


@require_safe
@requires(Permission.VIEW_TARGETS)
def proposal_draft(request: ActorRequest, proposal_id: int) -> HttpResponse:
    """The answer as it would be printed."""
    shown = shown_of(request, proposal_id)
    context = {"shown": shown, "content": _content(request, shown), "is_draft": True}
    return render(request, "targets/proposal_draft.html", context)


@require_safe
@requires(Permission.VIEW_TARGETS)
@requires(Permission.EXPORT)
def proposal_docx(request: ActorRequest, proposal_id: int) -> HttpResponse:
    """The answer as a Word file for the office to send on; who took it is on record."""
    shown = shown_of(request, proposal_id)
    content = reply_docx(_content(request, shown), is_draft=True)
    record(
        kind=EventKind.EXPORT,
        actor_id=request.actor.user_id,
        outcome=Outcome.ALLOWED,
        subject=f"proposal:{shown.proposal.pk}",
        details={"form": "docx"},
    )
    name = marked(f"送审稿-{shown.name}答复.docx")
    return saved_as(name, HttpResponse(content, content_type=CONTENT_TYPE))


def _content(request: ActorRequest, shown: ShownProposal) -> Content:
    if not shown.proposal.reply:
        raise Http404(NO_REPLY)
    day = request.actor.day
    return reply_content(shown.proposal, figures_of(shown.proposal, day), day)
