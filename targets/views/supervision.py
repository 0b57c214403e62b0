"""The pages of 督办 beside its list: one order with its steps, its paper."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from targets.forms.supervision import StepForm
from targets.models import Supervision, SupervisionEvent, SupervisionState, SupervisionVerb
from targets.supervision.actions import take_step
from targets.supervision.attachments import SUPERVISION_FILES
from targets.supervision.lights import thresholds_text
from targets.supervision.register import ShownSupervision, shown_supervisions
from targets.supervision.states import steps_from
from targets.supervision.undertakers import parties_of
from yiyang.access.decorators import requires
from yiyang.access.http import ActorRequest
from yiyang.access.roles import Permission
from yiyang.attachments.panel import attachments_panel
from yiyang.posting import UNPROCESSABLE, done

NO_SUPERVISION = "没有这张督办单，或不在您的授权范围；请从督办台账里点选。"


@require_safe
@requires(Permission.VIEW_TARGETS)
def supervision_detail(request: ActorRequest, supervision_id: int) -> HttpResponse:
    """One order: what it says, where its clock stands, its events, the steps open now."""
    return _page(request, shown_of(request, supervision_id))


@require_POST
@requires(Permission.VIEW_TARGETS)
def supervision_step(request: ActorRequest, supervision_id: int) -> HttpResponseBase:
    """Take one step of the table."""
    shown = shown_of(request, supervision_id)
    verbs = _verbs(request, shown)
    if not verbs:
        raise PermissionDenied("现在没有由您办理的步骤；请回到督办单查看。")
    form = StepForm(request.POST, verbs=verbs)

    def take() -> HttpResponseBase:
        said = dict(form.cleaned_data, verb=SupervisionVerb(form.cleaned_data["verb"]))
        take_step(by=request.actor, supervision=shown.supervision, **said)
        messages.success(request, f"已{said['verb'].label}。")
        return redirect("supervision-detail", supervision_id)

    return done(form, take) or _page(request, shown, form=form, status=UNPROCESSABLE)


@require_safe
@requires(Permission.VIEW_TARGETS)
def supervision_print(request: ActorRequest, supervision_id: int) -> HttpResponse:
    """The order as a sheet of A4."""
    shown = shown_of(request, supervision_id)
    context = {"shown": shown, "events": _events(request, shown), "today": request.actor.day}
    return render(request, "targets/supervision_print.html", context)


def shown_of(request: ActorRequest, supervision_id: int) -> ShownSupervision:
    """The order if it lies in sight; 404 alike where it does not and where there is none."""
    seen = Supervision.objects.visible_to(request.actor).filter(pk=supervision_id)
    rows = shown_supervisions(seen, request.actor.day)
    if not rows:
        raise Http404(NO_SUPERVISION)
    return rows[0]


def _verbs(request: ActorRequest, shown: ShownSupervision) -> list[SupervisionVerb]:
    parties = parties_of(request.actor, shown.supervision)
    pauses: Any = shown.supervision.kept_pauses  # type: ignore[attr-defined]
    paused = any(one.resumed_on is None for one in pauses)
    return steps_from(shown.state, parties, is_paused=paused)


def _events(request: ActorRequest, shown: ShownSupervision) -> list[tuple[SupervisionEvent, str]]:
    """The steps taken, each with the assisting unit that spoke where one did."""
    kept: Any = shown.supervision.kept_assistants  # type: ignore[attr-defined]
    units = dict(zip((one.pk for one in kept), shown.assistants, strict=True))
    seen = SupervisionEvent.objects.visible_to(request.actor).filter(supervision=shown.supervision)
    return [
        (event, units.get(event.assistant_id or 0, "")) for event in seen.select_related("author")
    ]


def _page(
    request: ActorRequest, shown: ShownSupervision, form: StepForm | None = None, status: int = 200
) -> HttpResponse:
    verbs = _verbs(request, shown)
    may_keep = request.actor.may(Permission.MANAGE_POLICIES)
    context = {
        "shown": shown,
        "order": shown.supervision,
        "events": _events(request, shown),
        "form": form or (StepForm(verbs=verbs) if verbs else None),
        "files": attachments_panel(SUPERVISION_FILES.name, shown.supervision.pk, request.actor),
        "may_amend": may_keep and shown.state is SupervisionState.DRAFT,
        "lights": thresholds_text(),
    }
    return render(request, "targets/supervision_detail.html", context, status=status)
