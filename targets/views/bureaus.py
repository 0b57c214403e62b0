"""The pages of the bureaus: list, one with its names, new names and successors."""

from __future__ import annotations

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from targets.forms.bureaus import BureauForm, BureauNameForm, SuccessorForm
from targets.models import Bureau, TaskBureau
from targets.policies.actions_bureaus import name_bureau, open_bureau, succeed_bureau
from targets.policies.bureaus import bureau_lines
from targets.policies.rights import may_enter
from yiyang.access.decorators import requires
from yiyang.access.http import ActorRequest
from yiyang.access.roles import Permission
from yiyang.posting import UNPROCESSABLE, done, form_page, posted

NO_BUREAU = "没有这个部门；请从部门名录里选择。"


@require_safe
@requires(Permission.VIEW_TARGETS)
def bureau_list(request: ActorRequest) -> HttpResponse:
    """Every bureau under its name of the day, with former names and successors."""
    day = request.actor.day
    lines = bureau_lines(day)
    context = {
        "lines": lines,
        "day": day,
        "may_enter": may_enter(request.actor),
    }
    return render(request, "targets/bureau_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MANAGE_POLICIES)
def bureau_new(request: ActorRequest) -> HttpResponseBase:
    """Enter a bureau."""
    form = BureauForm(posted(request))

    def enter() -> HttpResponseBase:
        bureau = open_bureau(by=request.actor, **form.cleaned_data)
        messages.success(request, "部门已列入名录。")
        return redirect("bureau-detail", bureau.code)

    return done(form, enter) or form_page(request, "targets/bureau_new.html", form, {})


@require_safe
@requires(Permission.VIEW_TARGETS)
def bureau_detail(request: ActorRequest, code: str) -> HttpResponse:
    """One bureau: its names through time, its successor, its tasks."""
    bureau = _bureau(request, code)
    return _page(request, bureau, BureauNameForm(), _successor_form(request, bureau))


@require_POST
@requires(Permission.MANAGE_POLICIES)
def bureau_name(request: ActorRequest, code: str) -> HttpResponseBase:
    """Give the bureau a name from a day on."""
    bureau, form = _bureau(request, code), BureauNameForm(request.POST)

    def enter() -> HttpResponseBase:
        name_bureau(by=request.actor, bureau=bureau, **form.cleaned_data)
        messages.success(request, "名称已登记，自所写日期起使用。")
        return redirect("bureau-detail", bureau.code)

    return done(form, enter) or _page(request, bureau, form, _successor_form(request, bureau))


@require_POST
@requires(Permission.MANAGE_POLICIES)
def bureau_successor(request: ActorRequest, code: str) -> HttpResponseBase:
    """Let another bureau take over from a day on."""
    bureau = _bureau(request, code)
    form = _successor_form(request, bureau, is_posted=True)

    def enter() -> HttpResponseBase:
        succeed_bureau(
            by=request.actor,
            bureau=bureau,
            successor=form.cleaned_data["successor"],
            from_day=form.cleaned_data["from_day"],
            reason=form.cleaned_data["succession_reason"],
        )
        messages.success(request, "承接关系已登记。")
        return redirect("bureau-detail", bureau.code)

    return done(form, enter) or _page(request, bureau, BureauNameForm(), form)


def _bureau(request: ActorRequest, code: str) -> Bureau:
    bureaus = Bureau.objects.visible_to(request.actor).select_related("successor")
    bureau: Bureau | None = bureaus.filter(code=code).first()
    if bureau is None:
        raise Http404(NO_BUREAU)
    return bureau


def _successor_form(
    request: ActorRequest, bureau: Bureau, *, is_posted: bool = False
) -> SuccessorForm:
    lines = bureau_lines(request.actor.day)
    others = {line.bureau.pk: line.name for line in lines if line.bureau.pk != bureau.pk}
    return SuccessorForm(request.POST if is_posted else None, names=others)


def _page(
    request: ActorRequest, bureau: Bureau, name_form: Form, successor_form: SuccessorForm
) -> HttpResponse:
    day = request.actor.day
    tasks = TaskBureau.objects.visible_to(request.actor).filter(bureau=bureau)
    context = {
        "bureau": bureau,
        "line": next(line for line in bureau_lines(day) if line.bureau.pk == bureau.pk),
        "names": bureau.names.kept().order_by("-starts_on", "-is_official", "id"),
        "tasks": tasks.select_related("task__policy").order_by("task__policy", "task__position"),
        "day": day,
        "name_form": name_form,
        "successor_form": successor_form,
        "may_enter": may_enter(request.actor),
    }
    is_refused = name_form.is_bound or successor_form.is_bound
    status = UNPROCESSABLE if is_refused else 200
    return render(request, "targets/bureau_detail.html", context, status=status)
