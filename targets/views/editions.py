"""The pages of editions: list, propose, one edition, check it, publish it, send it back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from targets.editions.actions import propose_edition, publish_edition, return_edition
from targets.editions.checking import check
from targets.editions.corrections import corrections, later_runs
from targets.editions.listing import listed, offered_runs
from targets.editions.paper import paper_of
from targets.editions.rights import may_propose, may_publish, require_proposer, require_publisher
from targets.forms.editions import EditionForm, quarter_of
from targets.forms.policy_changes import ReasonForm
from targets.models import Edition, EditionState
from targets.tables.footnotes import footnotes_of
from targets.tables.table import target_table
from yiyang.access.decorators import requires
from yiyang.access.http import ActorRequest, asked_at
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor
from yiyang.posting import done, form_page, posted

EITHER = ["GET", "HEAD", "POST"]
LONGEST_RUN_ID = 9
CORRECTIONS_SHOWN = 300
NO_EDITION = "没有这一版定版，或还没有发布；请从“定版”里选择。"
PROPOSED = "已提请。请市卫健审核核对以后发布；发布以前只有市卫健看得到。"
PUBLISHED = "已发布。这一天的目标表从现在起标明已定版。"
RETURNED = "已退回，原因列在定版页上。"


@require_safe
@requires(Permission.VIEW_TARGETS)
def edition_list(request: ActorRequest) -> HttpResponse:
    """Every edition the actor may see, the latest period first."""
    context = {
        "editions": listed(request.actor),
        "may_propose": may_propose(request.actor),
    }
    return render(request, "targets/edition_list.html", context)


@require_http_methods(EITHER)
@requires(Permission.VIEW_TARGETS)
def edition_new(request: ActorRequest) -> HttpResponseBase:
    """Propose a run; `?run=` offers one, with its quarter."""
    require_proposer(request.actor)
    runs = offered_runs(request.actor, _asked_run(request))
    first = next((run for run in runs if run.pk == _asked_run(request)), next(iter(runs), None))
    initial = {"run": str(first.pk), **quarter_of(first.as_of)} if first else {}
    form = EditionForm(posted(request), runs=runs, initial=initial)

    def enter() -> HttpResponseBase:
        edition = propose_edition(by=request.actor, **form.cleaned_data)
        messages.success(request, PROPOSED)
        return redirect("edition-detail", edition.uid)

    return done(form, enter) or form_page(request, "targets/edition_new.html", form, {})


@require_safe
@requires(Permission.VIEW_TARGETS)
def edition_detail(request: ActorRequest, uid: UUID) -> HttpResponse:
    """The edition with its fingerprint, its table, and what later runs correct."""
    edition = _edition(request, uid)
    table = target_table(edition.run, actor=request.actor, is_frozen=True)
    context = {
        **_state(edition, request.actor),
        **_corrected(edition, request.actor),
        "table": table,
        "region": table.regions[0] if table.regions else None,
        "footnotes": footnotes_of(edition.run),
    }
    return render(request, "targets/edition_detail.html", context)


@require_safe
@requires(Permission.VIEW_TARGETS)
def edition_check(request: ActorRequest, uid: UUID) -> HttpResponse:
    """核对指纹: the fingerprint computed again from the stored rows."""
    edition = _edition(request, uid)
    context = {"edition": edition, "check": check(edition)}
    return render(request, "targets/edition_check.html", context)


@require_POST
@requires(Permission.REVIEW)
def edition_publish(request: ActorRequest, uid: UUID) -> HttpResponseBase:
    """Publish what another person proposed, or say why not."""
    require_publisher(request.actor)
    edition, by, at = _edition(request, uid), request.actor, asked_at(request)
    return _told(request, edition, lambda: publish_edition(by=by, edition=edition, at=at))


@require_http_methods(EITHER)
@requires(Permission.REVIEW)
def edition_return(request: ActorRequest, uid: UUID) -> HttpResponseBase:
    """Send it back, with the reason."""
    require_publisher(request.actor)
    edition, form = _edition(request, uid), ReasonForm(posted(request))

    def enter() -> HttpResponseBase:
        reason = form.cleaned_data["reason"]
        return_edition(by=request.actor, edition=edition, answer=reason)
        messages.success(request, RETURNED)
        return redirect("edition-detail", edition.uid)

    context = {"edition": edition}
    return done(form, enter) or form_page(request, "targets/edition_return.html", form, context)


def _state(edition: Edition, actor: Actor) -> dict[str, Any]:
    """What the actor may do with the edition now."""
    is_open = edition.state == EditionState.PROPOSED
    decides = is_open and may_publish(actor)
    return {
        "edition": edition,
        "may_decide": decides and edition.proposed_by_id != actor.user_id,
        "is_own": decides and edition.proposed_by_id == actor.user_id,
        "next": getattr(edition, "superseded_by", None),
        "paper": paper_of(edition),
    }


def _corrected(edition: Edition, actor: Actor) -> dict[str, Any]:
    """The later runs of the day and, cell by cell, what the newest says otherwise."""
    later = later_runs(edition)
    found = corrections(edition, later[0], actor) if later else []
    has_next = hasattr(edition, "superseded_by")
    offers = bool(later) and not has_next and edition.state == EditionState.PUBLISHED
    return {
        "later": later,
        "corrections": found[:CORRECTIONS_SHOWN],
        "correction_count": len(found),
        "may_correct": offers and may_propose(actor),
    }


def _told(request: ActorRequest, edition: Edition, act: Callable[[], Edition]) -> HttpResponseBase:
    try:
        act()
        messages.success(request, PUBLISHED)
    except ValidationError as error:
        for told in error.messages:
            messages.error(request, told)
    return redirect("edition-detail", edition.uid)


def _edition(request: ActorRequest, uid: UUID) -> Edition:
    editions = Edition.objects.visible_to(request.actor).select_related(
        *("run__region", "supersedes", "superseded_by", "proposed_by", "decided_by")
    )
    edition = editions.filter(uid=uid).first()
    if edition is None:
        raise Http404(NO_EDITION)
    return edition


def _asked_run(request: ActorRequest) -> int | None:
    text = request.GET.get("run", "")
    is_number = text.isascii() and text.isdigit() and len(text) <= LONGEST_RUN_ID
    return int(text) if is_number else None
