"""The page of one return: its numbers, what does not hold, its steps."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from targets.forms.returns import ReturnStepForm, SheetFileForm, SheetForm
from targets.models import QuarterlyReturn, ReturnState, ReturnVerb
from targets.returns.actions import above_of, fill, stamp_of, take_step
from targets.returns.calendar import SHUT, TONES, standing, standing_tone
from targets.returns.corrections import may_propose
from targets.returns.sheets import Filled, filled
from targets.returns.states import Party, parties_of, steps_from
from yiyang.access.decorators import requires
from yiyang.access.http import ActorRequest, asked_at
from yiyang.access.roles import Permission
from yiyang.posting import UNPROCESSABLE, done

NO_RETURN = "没有这份填报单，或不在您的授权范围；请从填报日历里点选。"
NO_STEP = "现在没有由您办理的步骤；请回到填报单查看。"
NOT_FILLING = "这份填报单现在不由您填；请回到填报单查看。"
ASIDE = frozenset({ReturnVerb.FETCH})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.VIEW_TARGETS)
def return_detail(request: ActorRequest, return_id: int) -> HttpResponseBase:
    """One return; whose turn it is fills it in here."""
    own = return_of(request, return_id)
    sheet = filled(own)
    if request.method != "POST":
        return return_page(request, own, sheet)
    if not is_filling(request, own):
        raise PermissionDenied(NOT_FILLING)
    form = SheetForm(request.POST, items=[line.item for line in sheet.lines])

    def save() -> HttpResponseBase:
        seen = request.POST.get("seen")
        fill(by=request.actor, quarterly_return=own, entered=form.entered(), seen=seen)
        messages.success(request, "已保存；审核关系见表中各行，办理步骤在表下。")
        return redirect("return-detail", own.pk)

    return done(form, save) or return_page(request, own, sheet, form=form, status=UNPROCESSABLE)


@require_POST
@requires(Permission.VIEW_TARGETS)
def return_step(request: ActorRequest, return_id: int) -> HttpResponseBase:
    """Take one step of the table."""
    own = return_of(request, return_id)
    verbs = _verbs(request, own)
    if not verbs:
        raise PermissionDenied(NO_STEP)
    form = ReturnStepForm(request.POST, verbs=verbs)

    def take() -> HttpResponseBase:
        said = dict(form.cleaned_data, verb=ReturnVerb(form.cleaned_data["verb"]))
        said["seen"] = request.POST.get("seen", "")
        take_step(by=request.actor, quarterly_return=own, at=asked_at(request), **said)
        messages.success(request, f"已{said['verb'].label}。")
        return redirect("return-detail", own.pk)

    answer = done(form, take)
    return answer or return_page(request, own, filled(own), step_form=form, status=UNPROCESSABLE)


def return_of(request: ActorRequest, return_id: int) -> QuarterlyReturn:
    """The return if it lies in sight; 404 alike where it does not and where there is none."""
    seen = (
        QuarterlyReturn.objects.visible_to(request.actor)
        .annotate(shut=SHUT)
        .select_related(
            "period__form", "period__region", "region", "submitted_by", "reviewed_by", "filled_by"
        )
    )
    own = seen.filter(pk=return_id).first()
    if own is None:
        raise Http404(NO_RETURN)
    return own


def is_filling(request: ActorRequest, own: QuarterlyReturn) -> bool:
    """Whether the numbers may be entered now, by this actor."""
    above = above_of(own)
    may = Party.FILLER in parties_of(request.actor, own)
    return may and own.is_open and (above is None or above.is_open)


def _verbs(request: ActorRequest, own: QuarterlyReturn) -> list[ReturnVerb]:
    return steps_from(own, parties_of(request.actor, own))


def return_page(
    request: ActorRequest,
    own: QuarterlyReturn,
    sheet: Filled,
    *,
    form: SheetForm | None = None,
    step_form: ReturnStepForm | None = None,
    file_form: SheetFileForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The return with the forms of whoever may use them now."""
    if form is None and is_filling(request, own):
        items = [line.item for line in sheet.lines]
        form = SheetForm(items=items, initial=_held(sheet))
    verbs = _verbs(request, own)
    if step_form is None and verbs:
        step_form = ReturnStepForm(verbs=verbs)
    context = {
        "own": own,
        "sheet": sheet,
        "rows": [(line, *_fields(form, line.item.code)) for line in sheet.lines],
        "form": form,
        "file_form": file_form or SheetFileForm(),
        "seen": stamp_of([line.value for line in sheet.lines]),
        "step_form": step_form,
        "events": own.events.select_related("author"),
        "state_tone": TONES[ReturnState(own.state)],
        "standing": standing(own, request.actor.day),
        "standing_tone": standing_tone(own, request.actor.day),
        "may_correct": may_propose(request.actor, own),
        "corrections": own.corrections.select_related("proposed_by").prefetch_related("lines"),
    }
    return render(request, "targets/return_detail.html", context, status=status)


def _fields(form: SheetForm | None, code: str) -> tuple[Any, Any]:
    """The fields of an item; a share has none for its number."""
    if form is None:
        return (None, None)
    value = f"value-{code}"
    return (form[value] if value in form.fields else None, form[f"note-{code}"])


def _held(sheet: Filled) -> dict[str, Any]:
    held: dict[str, Any] = {}
    for line in sheet.lines:
        number = line.value.value
        is_whole = number is not None and not line.item.is_percent
        held[f"value-{line.item.code}"] = int(number) if is_whole and number is not None else number
        held[f"note-{line.item.code}"] = line.value.note
    return held
