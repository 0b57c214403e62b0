"""The pages that enter, correct, end and take back one fact of an institution."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import Form
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from institutions.actions_facts import (
    correct_fact,
    end_fact,
    enter_fact,
    followed_by,
    let_hold,
    void_fact,
)
from institutions.editing import may_edit
from institutions.effects import moved, standing_of
from institutions.fact_kinds import KINDS, FactKind
from institutions.forms.facts import EndForm, VoidForm
from institutions.history import fact_in_words, institution_names
from institutions.models import Institution, Occupancy
from yiyang.access.decorators import FORBIDDEN, requires
from yiyang.access.http import ActorRequest
from yiyang.access.roles import Permission
from yiyang.facts import DatedFact, Fact
from yiyang.posting import UNPROCESSABLE, posted, put_errors

ENTERED = "机构页登记"
NO_INSTITUTION = "没有这个机构，或不在您的授权范围；请从机构列表里点选。"
NO_KIND = "没有这一类登记；请从机构页面进入。"
NO_FACT = "没有这条记录，或已作废；请回到机构页查看。"
Write = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Page:
    """What a form page is about: whose record, what is to be done, and its words."""

    institution: Institution
    kind: FactKind
    verb: str
    button: str
    fact: Fact | None = None

    @property
    def title(self) -> str:
        return f"{self.verb}{self.kind.title}"


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.VIEW_INSTITUTIONS)
def fact_new(request: ActorRequest, institution_id: int, kind: str) -> HttpResponseBase:
    """Enter one fact or report."""
    institution, fact_kind = institution_of(request, institution_id), _kind(kind)
    offered = fact_kind.offered_to(request.actor, institution)
    if not offered:
        raise PermissionDenied(FORBIDDEN)
    form = fact_kind.form(
        posted(request), request=request, offered=offered, initial=_initial(request, fact_kind)
    )
    page = Page(institution, fact_kind, "登记", "登记")
    return _answered(request, page, form, lambda: _enter(request, page, form))


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.VIEW_INSTITUTIONS)
def fact_correct(
    request: ActorRequest, institution_id: int, kind: str, fact_id: int
) -> HttpResponseBase:
    """Replace a mistaken row by the right one; the mistaken one stays, voided."""
    page = _page_of(request, institution_id, kind, fact_id, "更正", "保存更正")
    if not page.kind.is_correctable:
        raise Http404(NO_KIND)
    form = page.kind.form(
        posted(request),
        request=request,
        offered=page.kind.offered_to(request.actor, page.institution),
        is_correction=True,
        initial={name: getattr(page.fact, name) for name in page.kind.form.base_fields},
    )
    return _answered(
        request,
        page,
        form,
        lambda: correct_fact(
            by=request.actor,
            fact=_fact(page),
            values=form.values,
            reason=form.cleaned_data["reason"],
        ),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.VIEW_INSTITUTIONS)
def fact_end(
    request: ActorRequest, institution_id: int, kind: str, fact_id: int
) -> HttpResponseBase:
    """Say until which day a fact holds."""
    page = _page_of(request, institution_id, kind, fact_id, "截止", "保存截止日期")
    fact = page.fact
    if not isinstance(fact, DatedFact):
        raise Http404(NO_KIND)
    form = EndForm(
        posted(request), request=request, initial={"ends_on": fact.ends_on or request.actor.day}
    )
    return _answered(
        request, page, form, lambda: end_fact(by=request.actor, fact=fact, **form.cleaned_data)
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.VIEW_INSTITUTIONS)
def fact_void(
    request: ActorRequest, institution_id: int, kind: str, fact_id: int
) -> HttpResponseBase:
    """Take back a mistaken row, after saying what that means."""
    page = _page_of(request, institution_id, kind, fact_id, "作废", "确认作废")
    follows = page.kind.form.follows_on and isinstance(page.fact, DatedFact)
    has_before = follows and followed_by(cast(DatedFact, page.fact)) is not None
    form = VoidForm(posted(request), request=request, has_before=has_before)
    return _answered(
        request,
        page,
        form,
        lambda: void_fact(by=request.actor, fact=_fact(page), **form.cleaned_data),
        template="institutions/fact_void.html",
    )


def institution_of(request: ActorRequest, institution_id: int) -> Institution:
    """The institution if it lies in scope; 404 alike where it does not and where there is none."""
    institutions = Institution.objects.kept().visible_to(request.actor)
    institution = institutions.filter(pk=institution_id).first()
    if institution is None:
        raise Http404(NO_INSTITUTION)
    return institution


def told_with_effects(
    request: ActorRequest, institution: Institution, write: Write, done: str
) -> None:
    """Write, then say what was done and in which readings the institution now stands otherwise."""
    day = request.actor.day
    before = standing_of(institution, day)
    write()
    changes = moved(before, standing_of(institution, day))
    effects = f"指标变动：{'；'.join(changes)}。下次量度起计入。" if changes else ""
    messages.success(request, f"{done}{effects}")


def shown_name(institution: Institution) -> str:
    return institution_names([institution.pk]).get(institution.pk, institution.code)


def _kind(slug: str) -> FactKind:
    if slug not in KINDS:
        raise Http404(NO_KIND)
    return KINDS[slug]


def _page_of(
    request: ActorRequest, institution_id: int, slug: str, fact_id: int, verb: str, button: str
) -> Page:
    """The page about a row that the actor may write; 403 where it is another office's."""
    institution, kind = institution_of(request, institution_id), _kind(slug)
    rows: Any = kind.model._default_manager
    fact = rows.kept().filter(institution=institution, pk=fact_id).first()
    if fact is None:
        raise Http404(NO_FACT)
    if not may_edit(request.actor, institution, kind.part_of(fact)):
        raise PermissionDenied(FORBIDDEN)
    return Page(institution, kind, verb, button, fact)


def _fact(page: Page) -> Fact:
    assert page.fact is not None
    return page.fact


def _initial(request: ActorRequest, kind: FactKind) -> dict[str, Any]:
    """Today, or for what is counted at a month's end the last one gone by."""
    day = request.actor.day
    counted_on = day.replace(day=1) - timedelta(days=1) if kind.model is Occupancy else day
    known = {"starts_on": day, "counted_on": counted_on}
    return {name: known[name] for name in known if name in kind.form.base_fields}


def _enter(request: ActorRequest, page: Page, form: Any) -> None:
    kind, values = page.kind, form.values
    reason = form.cleaned_data["reason"] or ENTERED
    if kind.slug == "note":
        values |= {"author_id": request.actor.user_id, "written_on": request.actor.day}
    enter = let_hold if kind.form.follows_on else enter_fact
    enter(
        by=request.actor,
        model=kind.model,
        institution=page.institution,
        values=values,
        reason=reason,
    )


def _answered(
    request: ActorRequest,
    page: Page,
    form: Form,
    write: Write,
    template: str = "institutions/fact_form.html",
) -> HttpResponseBase:
    """Write what a good form says and go back to the institution; else show the form."""
    if request.method == "POST" and form.is_valid():
        try:
            told_with_effects(request, page.institution, write, f"已{page.title}。")
            return redirect("institution-detail", page.institution.pk)
        except ValidationError as error:
            put_errors(form, error)
    context = {
        "page": page,
        "form": form,
        "name": shown_name(page.institution),
        "lines": _lines(page),
    }
    status = UNPROCESSABLE if form.errors else 200
    return render(request, template, context, status=status)


def _lines(page: Page) -> list[tuple[str, str]]:
    """The row at hand, field by field, as the history would tell it."""
    return [] if page.fact is None else fact_in_words(page.fact)
