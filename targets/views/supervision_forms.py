"""The pages that propose an order and amend it while it is only proposed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from targets.bureau_names import BureauNames
from targets.forms.supervision import SupervisionForm, unit_choices, unit_key
from targets.models import (
    Bulletin,
    BulletinState,
    PolicyTask,
    Supervision,
    SupervisionState,
    TaskRole,
)
from targets.presenters import gap_text, quote_text, threshold_text
from targets.supervision.actions import amend_supervision, open_supervision
from targets.views.lines import asked_line
from targets.views.supervision import shown_of
from yiyang.access.decorators import requires
from yiyang.access.http import ActorRequest
from yiyang.access.roles import Permission
from yiyang.posting import done, form_page, posted

FORM = "targets/supervision_form.html"
LONGEST_KEY = 18
# 各栏的短长，预填时不得超过。
LONGEST_TITLE, LONGEST_BASIS = 100, 500


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MANAGE_POLICIES)
def supervision_new(request: ActorRequest) -> HttpResponseBase:
    """Propose an order, begun from an indicator behind, from a task, or free."""
    units = unit_choices(BureauNames(request.actor.day), request.actor.day)
    begun = _begun(request) if request.method != "POST" else {}
    form = SupervisionForm(posted(request), initial=begun, units=units)

    def propose() -> HttpResponseBase:
        draft, assistants = form.draft()
        opened = open_supervision(by=request.actor, draft=draft, assistants=assistants)
        messages.success(request, "已立项；由市卫健审核交办后编号并起算期限。")
        return redirect("supervision-detail", opened.pk)

    return done(form, propose) or form_page(request, FORM, form, {"shown": None})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MANAGE_POLICIES)
def supervision_amend(request: ActorRequest, supervision_id: int) -> HttpResponseBase:
    """Change what a proposed order says."""
    shown = shown_of(request, supervision_id)
    if shown.state is not SupervisionState.DRAFT:
        raise Http404("督办单已交办或未予立项，内容不再改动；请回到督办单查看。")
    units = unit_choices(BureauNames(request.actor.day), request.actor.day)
    order = shown.supervision
    form = SupervisionForm(posted(request), initial=_held(order), units=units)

    def amend() -> HttpResponseBase:
        draft, assistants = form.draft()
        amend_supervision(by=request.actor, supervision=order, draft=draft, assistants=assistants)
        messages.success(request, "已修改。")
        return redirect("supervision-detail", supervision_id)

    return done(form, amend) or form_page(request, FORM, form, {"shown": shown})


def _begun(request: ActorRequest) -> dict[str, Any]:
    """What the page it is begun from already says."""
    if request.GET.get("indicator"):
        begun = _from_indicator(request, request.GET["indicator"])
        return _asked_by_bulletin(request, request.GET.get("bulletin", ""), begun)
    if request.GET.get("task"):
        return _from_task(request, request.GET["task"])
    return {}


def _from_indicator(request: ActorRequest, code: str) -> dict[str, Any]:
    found = asked_line(request, code)
    region, run, line = found.asked.region, found.asked.run, found.line
    told = quote_text(found.figure, found.indicator, region, run)
    if line is not None:
        policy = line.target.policy.number
        told += f"。{policy}目标 {threshold_text(line.target, found.indicator)}，{gap_text(line)}"
    begun = {
        "title": f"{region.name}{found.indicator.title}"[:LONGEST_TITLE],
        "basis_text": told.rstrip("，")[:LONGEST_BASIS],
        "indicator": code,
    }
    return begun if region == run.region else {**begun, "lead": unit_key(region)}


def _asked_by_bulletin(request: ActorRequest, text: str, begun: dict[str, Any]) -> dict[str, Any]:
    """The same gap, with the bulletin that told of it as its basis and its day of feedback."""
    if not text:
        return begun
    key = _key(text, "地址里的 bulletin 应当是数字；请从通报页面发起。")
    signed = Bulletin.objects.visible_to(request.actor).filter(state=BulletinState.SIGNED)
    bulletin = signed.filter(pk=key).first()
    if bulletin is None:
        raise Http404("没有这份已签发的通报；请从通报页面发起。")
    basis = f"《{bulletin.title}》：{begun['basis_text']}"
    return {**begun, "basis_text": basis[:LONGEST_BASIS], "due_by": bulletin.feedback_by}


def _key(text: str, told: str) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > LONGEST_KEY:
        raise Http404(told)
    return int(text)


def _from_task(request: ActorRequest, text: str) -> dict[str, Any]:
    key = _key(text, "地址里的 task 应当是数字；请从任务页面发起。")
    tasks = PolicyTask.objects.published().visible_to(request.actor).select_related("policy")
    task = tasks.filter(pk=key).first()
    if task is None:
        raise Http404("没有这项任务；请从任务台账里点选。")
    names = BureauNames(request.actor.day)
    parts = list(task.bureaus.all())
    lead = next((one for one in parts if one.role != TaskRole.SUPPORT), None)
    return {
        "title": task.title,
        "basis_text": f"{task.policy.number}附件第 {task.position} 行：{task.title}",
        "task": task.pk,
        "lead": f"bureau-{names.heir(lead.bureau_id)}" if lead else "",
        "assistants": [f"bureau-{names.heir(one.bureau_id)}" for one in parts if one is not lead],
    }


def _held(supervision: Supervision) -> dict[str, Any]:
    assistants = supervision.assistants.kept().select_related("bureau", "region")
    lead = supervision.lead_bureau or supervision.lead_region
    assert lead is not None, "数据库约束：牵头单位必有其一"
    return {
        **{
            name: getattr(supervision, name)
            for name in (
                *("title", "kind", "urgency", "basis_text", "content", "frequency"),
                *("allowed_days", "due_by", "indicator"),
            )
        },
        "task": supervision.task_id,
        "lead": unit_key(lead),
        "assistants": [unit_key(unit) for one in assistants if (unit := one.bureau or one.region)],
    }
