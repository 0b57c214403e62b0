"""The pages that begin a bulletin and edit the words of a draft."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from institutions.models import Region
from targets.bulletins.actions import Draft, amend_bulletin, draft_bulletin
from targets.bulletins.content import day_text
from targets.forms.bulletins import BulletinForm, WordsForm
from targets.models import BulletinState, IndicatorRun
from targets.results import latest_run, targets_of
from targets.views.bulletins import bulletin_of
from yiyang.access.decorators import requires
from yiyang.access.http import ActorRequest
from yiyang.access.roles import Permission
from yiyang.posting import done, form_page, posted

WORDS = (
    *("title", "addressee", "copied_to", "opening", "standing", "lacking", "demands"),
    *("with_ranking", "feedback_by"),
)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MANAGE_POLICIES)
def bulletin_new(request: ActorRequest) -> HttpResponseBase:
    """Begin a bulletin about a measured day."""
    day = request.actor.day
    as_of = _asked_day(request)
    form = BulletinForm(posted(request), initial=_initial(as_of), day=day, as_of=as_of)

    def draft() -> HttpResponseBase:
        drafted = draft_bulletin(by=request.actor, draft=_draft(form.cleaned_data))
        messages.success(request, "已拟出初稿；请核对、修改文字后送审。")
        return redirect("bulletin-detail", drafted.pk)

    answer = done(form, draft)
    return answer or form_page(request, "targets/bulletin_new.html", form, {"as_of": as_of})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MANAGE_POLICIES)
def bulletin_amend(request: ActorRequest, bulletin_id: int) -> HttpResponseBase:
    """Edit the words of a draft."""
    bulletin = bulletin_of(request, bulletin_id)
    if bulletin.state != BulletinState.DRAFT:
        raise Http404("通报已送审，内容不再改动；请回到通报页面查看。")
    held = {name: getattr(bulletin, name) for name in WORDS}
    form = WordsForm(posted(request), initial=held)

    def amend() -> HttpResponseBase:
        seen = request.POST.get("seen", "")
        amend_bulletin(by=request.actor, bulletin=bulletin, said=form.cleaned_data, seen=seen)
        messages.success(request, "已修改。")
        return redirect("bulletin-detail", bulletin_id)

    answer = done(form, amend)
    return answer or form_page(request, "targets/bulletin_amend.html", form, {"bulletin": bulletin})


def _asked_day(request: ActorRequest) -> date:
    """The day whose targets are offered: asked for, else that of the newest run, else today."""
    asked = request.POST.get("as_of") or request.GET.get("as_of", "")
    try:
        return date.fromisoformat(asked)
    except ValueError:
        newest = latest_run()
        return newest.as_of if newest else request.actor.day


def _initial(as_of: date) -> dict[str, Any]:
    return {
        "as_of": as_of,
        "title": "关于医养结合工作进展情况的通报",
        "addressee": "各区人民政府，市直有关部门",
    }


def _draft(entered: dict[str, Any]) -> Draft:
    return Draft(
        title=entered["title"],
        region=Region.objects.get(pk=int(entered["region"])),
        run=_run(entered["as_of"]),
        targets=list(targets_of().filter(pk__in=[int(one) for one in entered["targets"]])),
        addressee=entered["addressee"],
        copied_to="、".join(entered["copied_to"]),
        with_ranking=entered["with_ranking"],
        feedback_by=entered["feedback_by"],
    )


def _run(day: date) -> IndicatorRun:
    run = latest_run(on=day)
    if run is not None:
        return run
    newest = latest_run()
    told = f"最近有结果的是{day_text(newest.as_of)}" if newest else "还没有任何量度结果"
    raise ValidationError({"as_of": f"{day_text(day)}没有量度结果；{told}。"})
