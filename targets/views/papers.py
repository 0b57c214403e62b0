"""A paper of the archive: its page and its files, printed from what was stored."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from targets.models import IndicatorRun, Paper
from targets.papers import pdf
from targets.papers.archiving import is_intact
from targets.papers.catalogue import catalogue_for
from targets.papers.forms import forms_of
from yiyang.access.decorators import requires
from yiyang.access.http import ActorRequest
from yiyang.access.roles import Permission
from yiyang.audit.kinds import EventKind, Outcome
from yiyang.audit.recording import record
from yiyang.lib.demo import demo_mark
from yiyang.lib.filenames import saved_as

NO_PAPER = "没有这份文稿，或不在您的授权范围；请从“报告与文稿”里打开。"
PRINTED = "targets/papers/printed.html"
NO_FORM = "这份文稿没有这种格式；请从它的页面下载。"


@require_safe
@requires(Permission.VIEW_TARGETS)
def paper_catalogue(request: ActorRequest) -> HttpResponse:
    """Every kind of paper, with the newest the actor may open."""
    context = {"entries": catalogue_for(request.actor)}
    return render(request, "targets/papers/catalogue.html", context)


@require_safe
@requires(Permission.VIEW_TARGETS)
def paper_detail(request: ActorRequest, uid: UUID) -> HttpResponse:
    """The paper as it was made, its fingerprint checked anew."""
    paper = _paper(request, uid)
    printed = forms_of(paper.kind)
    context = {
        **_shown(paper),
        "forms": printed.forms if request.actor.may(Permission.EXPORT) else (),
        "no_pdf": pdf.why_no_pdf(),
    }
    return render(request, printed.template, context)


@require_safe
@requires(Permission.VIEW_TARGETS)
@requires(Permission.EXPORT)
def paper_file(request: ActorRequest, uid: UUID, suffix: str) -> HttpResponse:
    """The paper as a file; who took which one is on record."""
    paper = _paper(request, uid)
    form = forms_of(paper.kind).form(suffix)
    if form is None:
        raise Http404(NO_FORM)
    try:
        content = form.render(paper)
    except ValidationError as unusable:
        raise Http404("；".join(unusable.messages)) from unusable
    return _file(request, paper, content, suffix, form.content_type)


@require_safe
@requires(Permission.VIEW_TARGETS)
@requires(Permission.EXPORT)
def paper_pdf(request: ActorRequest, uid: UUID) -> HttpResponse:
    """The paper's page as PDF; where none can be made, an answer that says what to do."""
    paper = _paper(request, uid)
    printed = forms_of(paper.kind)
    mark = demo_mark()
    context = {**_shown(paper), "shell": PRINTED, "mark": mark}
    try:
        html = render_to_string(printed.template, context)
        content = pdf.pdf_of(html, pdf.ARCHIVED)
    except pdf.NoPdf as missing:
        raise Http404(str(missing)) from missing
    return _file(request, paper, content, "pdf", pdf.CONTENT_TYPE)


def _shown(paper: Paper) -> dict[str, Any]:
    """What the paper's page says, for whoever may open it."""
    return {
        "paper": paper,
        "content": paper.content,
        "is_intact": is_intact(paper),
        "corrected": corrected_by(paper),
    }


def _file(
    request: ActorRequest, paper: Paper, content: bytes, suffix: str, content_type: str
) -> HttpResponse:
    """The file, and on record who took it."""
    record(
        kind=EventKind.EXPORT,
        actor_id=request.actor.user_id,
        outcome=Outcome.ALLOWED,
        subject=f"paper:{paper.uid}",
        details={"form": suffix, "kind": paper.kind},
    )
    return saved_as(f"{paper.title}.{suffix}", HttpResponse(content, content_type=content_type))


def corrected_by(paper: Paper) -> IndicatorRun | None:
    """The newest run of the paper's day, where it is a later one than the paper's own."""
    if paper.run is None:
        return None
    newer = IndicatorRun.objects.published().filter(as_of=paper.run.as_of, pk__gt=paper.run.pk)
    return newer.newest_first().first()


def _paper(request: ActorRequest, uid: UUID) -> Paper:
    papers = Paper.objects.visible_to(request.actor).select_related("region", "run", "made_by")
    paper = papers.filter(uid=uid).first()
    if paper is None:
        raise Http404(NO_PAPER)
    return paper
