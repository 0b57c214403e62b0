"""The pages of 通报: one bulletin with its steps, its files, its sheet."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_POST, require_safe

from targets.bulletins.actions import take_step
from targets.bulletins.signed import WITHDRAWN, file_name, told, word_of
from targets.bulletins.states import desks_of, records_from_paper, steps_from
from targets.bulletins.texts import numbers_elsewhere
from targets.forms.bulletins import StepForm
from targets.models import Bulletin, BulletinEvent, BulletinState, BulletinVerb
from targets.models.bulletins import AT_WORK
from targets.papers import pdf
from targets.papers.word import CONTENT_TYPE
from targets.steps import newest_event
from yiyang.access.decorators import requires
from yiyang.access.http import ActorRequest, asked_at
from yiyang.access.roles import Permission
from yiyang.lib.filenames import saved_as
from yiyang.posting import UNPROCESSABLE, done

NO_BULLETIN = "没有这份通报，或不在您的授权范围；请从通报列表里点选。"
SHEET = "targets/papers/bulletin_sheet.html"
S = BulletinState


@require_safe
@requires(Permission.VIEW_TARGETS)
def bulletin_detail(request: ActorRequest, bulletin_id: int) -> HttpResponse:
    """One bulletin: where it stands, what it says, the steps taken and those open now."""
    return _page(request, bulletin_of(request, bulletin_id))


@require_POST
@requires(Permission.VIEW_TARGETS)
def bulletin_step(request: ActorRequest, bulletin_id: int) -> HttpResponseBase:
    """Take one step of the table."""
    bulletin = bulletin_of(request, bulletin_id)
    form = _step_form(request, bulletin, request.POST)
    if form is None:
        raise PermissionDenied("现在没有由您办理的步骤；请回到通报页面查看。")

    def take() -> HttpResponseBase:
        said = dict(form.cleaned_data, verb=BulletinVerb(form.cleaned_data["verb"]))
        seen = request.POST.get("seen", "")
        take_step(by=request.actor, bulletin=bulletin, at=asked_at(request), seen=seen, **said)
        messages.success(request, f"已{said['verb'].label}。")
        return redirect("bulletin-detail", bulletin_id)

    return done(form, take) or _page(request, bulletin, form=form, status=UNPROCESSABLE)


@require_safe
@requires(Permission.VIEW_TARGETS)
def bulletin_print(request: ActorRequest, bulletin_id: int) -> HttpResponse:
    """The bulletin as sheets of A4, for the browser to print."""
    bulletin = bulletin_of(request, bulletin_id)
    context = {
        "bulletin": bulletin,
        "content": told(bulletin),
        "is_withdrawn": bulletin.state == S.WITHDRAWN,
        "no_pdf": pdf.why_no_pdf(),
        "may_export": request.actor.may(Permission.EXPORT),
    }
    return render(request, "targets/bulletin_print.html", context)


@require_safe
@requires(Permission.VIEW_TARGETS)
@requires(Permission.EXPORT)
def bulletin_docx(request: ActorRequest, bulletin_id: int) -> HttpResponse:
    """送审稿 as Word; the audit records who took it."""
    bulletin = bulletin_of(request, bulletin_id)
    try:
        content = word_of(bulletin)
    except ValidationError as unusable:
        raise Http404("；".join(unusable.messages)) from unusable
    return _file(content, CONTENT_TYPE, file_name(bulletin, "docx"))


@require_safe
@requires(Permission.VIEW_TARGETS)
@requires(Permission.EXPORT)
def bulletin_pdf(request: ActorRequest, bulletin_id: int) -> HttpResponse:
    """送审稿 as PDF; where none can be made, an answer that says what to do."""
    bulletin = bulletin_of(request, bulletin_id)
    marks = [settings.DEMO_MARK] if settings.DEMO else []
    marks += [WITHDRAWN] if bulletin.state == S.WITHDRAWN else []
    context = {"content": told(bulletin), "sheet": SHEET, "mark": "　".join(marks)}
    try:
        content = pdf.pdf_of(render_to_string("targets/papers/pdf.html", context))
    except pdf.NoPdf as missing:
        raise Http404(str(missing)) from missing
    return _file(content, pdf.CONTENT_TYPE, file_name(bulletin, "pdf"))


def bulletin_of(request: ActorRequest, bulletin_id: int) -> Bulletin:
    """The bulletin if it lies in sight; 404 alike where it does not and where there is none."""
    seen = Bulletin.objects.visible_to(request.actor).filter(pk=bulletin_id)
    newest = newest_event(BulletinEvent.objects.all(), "bulletin")
    found = (
        seen.annotate(newest=newest)
        .select_related(
            *("region", "run", "template", "drafted_by", "submitted_by"),
            *("reviewed_by", "endorsed_by", "signed_by", "withdrawn_by"),
        )
        .first()
    )
    if found is None:
        raise Http404(NO_BULLETIN)
    return found


def _file(content: bytes, content_type: str, name: str) -> HttpResponse:
    return saved_as(name, HttpResponse(content, content_type=content_type))


def _step_form(request: ActorRequest, bulletin: Bulletin, data: Any = None) -> StepForm | None:
    desks = desks_of(request.actor)
    verbs = steps_from(BulletinState(bulletin.state), desks)
    if not verbs:
        return None
    asks_signer = any(records_from_paper(verb, desks) for verb in verbs)
    return StepForm(data, verbs=verbs, asks_signer=asks_signer)


def _page(
    request: ActorRequest, bulletin: Bulletin, form: StepForm | None = None, status: int = 200
) -> HttpResponse:
    seen = BulletinEvent.objects.visible_to(request.actor).filter(bulletin=bulletin)
    may_keep = request.actor.may(Permission.MANAGE_POLICIES)
    said = "\n".join((bulletin.opening, bulletin.standing, bulletin.lacking, bulletin.demands))
    is_signed = bulletin.state == S.SIGNED
    context = {
        "bulletin": bulletin,
        "content": told(bulletin),
        "events": seen.select_related("author"),
        "unconfirmed": bulletin.content["unconfirmed"] if bulletin.state in AT_WORK else [],
        "form": form or _step_form(request, bulletin),
        "may_amend": may_keep and bulletin.state == S.DRAFT,
        "may_export": request.actor.may(Permission.EXPORT),
        "no_pdf": pdf.why_no_pdf(),
        "steps": _steps(bulletin),
        "strange": numbers_elsewhere(said, bulletin.content),
        "gaps": bulletin.content["gaps"] if may_keep and is_signed else [],
        "is_withdrawn": bulletin.state == S.WITHDRAWN,
    }
    return render(request, "targets/bulletin_detail.html", context, status=status)


def _steps(bulletin: Bulletin) -> list[dict[str, Any]]:
    """The four desks with who has agreed and when; a leader without an account by name."""
    rows = (
        ("经办", bulletin.submitted_by, bulletin.submitted_on, "", S.DRAFT),
        ("科室负责人", bulletin.reviewed_by, bulletin.reviewed_on, "", S.OFFICE),
        ("分管领导", bulletin.endorsed_by, bulletin.endorsed_on, bulletin.endorsed_name, S.CHIEF),
        ("签发", bulletin.signed_by, bulletin.signed_on, bulletin.signed_name, S.SIGNING),
    )
    return [
        {
            "title": title,
            "name": name or (person.display_name if person else ""),
            "recorder": person.display_name if person and name else "",
            "on": on,
            "is_here": bulletin.state == state,
        }
        for title, person, on, name, state in rows
    ]
