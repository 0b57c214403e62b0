"""The pages of doctor teams: one team, a new one, its name, its communities, its end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from contracts import actions_teams as actions
from contracts.models import DoctorTeam, TeamArea
from contracts.teams.dossier import dossier_of
from contracts.teams.forms import AreaCorrectionForm, AreaForm, TeamForm, TeamNameForm
from institutions.fact_pages import ENTERED
from institutions.forms.facts import EndForm
from yiyang.access.decorators import requires
from yiyang.access.http import ActorRequest
from yiyang.access.roles import Permission
from yiyang.posting import UNPROCESSABLE, posted, put_errors

NO_TEAM = "没有这个团队，或不在您的授权范围；请从团队列表里点选。"
NO_AREA = "没有这个责任社区，或已截止；请回到团队页查看。"


@require_safe
@requires(Permission.VIEW_INSTITUTIONS)
def team_detail(request: ActorRequest, team_id: int) -> HttpResponse:
    """One team with its institution, communities, sign-ups by stage, and history."""
    context = {
        "dossier": dossier_of(_team(request, team_id), request.actor),
        "may_edit": request.actor.may(Permission.EDIT_HEALTH),
    }
    return render(request, "contracts/team_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EDIT_HEALTH)
def team_new(request: ActorRequest) -> HttpResponseBase:
    """Enter a team."""
    form = TeamForm(posted(request), request=request, initial={"starts_on": request.actor.day})
    made: list[DoctorTeam] = []

    def write() -> None:
        terms = {**form.cleaned_data, "reason": form.cleaned_data["reason"] or ENTERED}
        made.append(actions.open_team(by=request.actor, **terms))

    if _is_written(request, form, write):
        messages.success(request, "团队已登记；请接着登记责任社区。")
        return redirect("team-detail", made[0].pk)
    return _form_page(request, form, {"title": "登记家庭医生团队", "button": "登记"})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EDIT_HEALTH)
def team_rename(request: ActorRequest, team_id: int) -> HttpResponseBase:
    """Give a team another name."""
    team = _team(request, team_id)
    form = TeamNameForm(posted(request), request=request, initial={"name": team.name})
    return _changed(
        request,
        team,
        form,
        lambda: actions.rename_team(by=request.actor, team=team, **form.cleaned_data),
        {"title": "团队更名", "button": "保存", "done": "团队已更名。"},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EDIT_HEALTH)
def team_end(request: ActorRequest, team_id: int) -> HttpResponseBase:
    """Say which day is a team's last."""
    team = _team(request, team_id)
    form = EndForm(posted(request), request=request, initial={"ends_on": request.actor.day})
    return _changed(
        request,
        team,
        form,
        lambda: actions.end_team(by=request.actor, team=team, **form.cleaned_data),
        {
            "title": "截止团队",
            "button": "确认截止",
            "done": "团队已截止。",
            "warning": "截止后不再在岗，责任社区同日截止；还有有效签约的，须先改签或解约。",
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EDIT_HEALTH)
def team_area_new(request: ActorRequest, team_id: int) -> HttpResponseBase:
    """Let a team answer for one more community."""
    team = _team(request, team_id)
    form = AreaForm(posted(request), request=request, initial={"starts_on": request.actor.day})

    def write() -> None:
        terms = {**form.cleaned_data, "reason": form.cleaned_data["reason"] or ENTERED}
        actions.assign_area(by=request.actor, team=team, **terms)

    words = {"title": "登记责任社区", "button": "登记", "done": "责任社区已登记。"}
    return _changed(request, team, form, write, words)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EDIT_HEALTH)
def team_area_end(request: ActorRequest, team_id: int, area_id: int) -> HttpResponseBase:
    """Say until which day a team answers for a community."""
    team = _team(request, team_id)
    area = _area(team, area_id)
    form = EndForm(posted(request), request=request, initial={"ends_on": request.actor.day})
    return _changed(
        request,
        team,
        form,
        lambda: actions.end_area(by=request.actor, area=area, **form.cleaned_data),
        {"title": "截止责任社区", "button": "保存", "done": "责任社区已截止。"},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EDIT_HEALTH)
def team_area_correct(request: ActorRequest, team_id: int, area_id: int) -> HttpResponseBase:
    """Put right which community it is and from when to when."""
    team = _team(request, team_id)
    area = _area(team, area_id)
    known = {"region": area.region.code, "starts_on": area.starts_on, "ends_on": area.ends_on}
    form = AreaCorrectionForm(posted(request), request=request, initial=known)
    return _changed(
        request,
        team,
        form,
        lambda: actions.correct_area(by=request.actor, area=area, **form.cleaned_data),
        {
            "title": "更正责任社区",
            "button": "保存更正",
            "done": "责任社区已更正。",
            "warning": "更正是改登记时填错的；社区调整请用“截止”，再登记新的。",
        },
    )


def _team(request: ActorRequest, team_id: int) -> DoctorTeam:
    teams = DoctorTeam.objects.kept().visible_to(request.actor)
    team = teams.filter(pk=team_id).first()
    if team is None:
        raise Http404(NO_TEAM)
    return team


def _area(team: DoctorTeam, area_id: int) -> TeamArea:
    areas = TeamArea.objects.kept().filter(team=team).select_related("region")
    area = areas.filter(pk=area_id).first()
    if area is None:
        raise Http404(NO_AREA)
    return area


def _is_written(request: ActorRequest, form: Form, write: Callable[[], object]) -> bool:
    """Write what a good form says; a refusal goes back beside its field."""
    if request.method != "POST" or not form.is_valid():
        return False
    try:
        write()
    except ValidationError as error:
        put_errors(form, error)
        return False
    return True


def _changed(
    request: ActorRequest,
    team: DoctorTeam,
    form: Form,
    write: Callable[[], object],
    words: dict[str, str],
) -> HttpResponseBase:
    if _is_written(request, form, write):
        messages.success(request, words["done"])
        return redirect("team-detail", team.pk)
    return _form_page(request, form, {**words, "team": team})


def _form_page(request: ActorRequest, form: Form, context: dict[str, Any]) -> HttpResponse:
    status = UNPROCESSABLE if form.errors else 200
    page = {**context, "form": form}
    return render(request, "contracts/team_form.html", page, status=status)
