"""The pages that merge two records of one institution: preview, proposal, decision, undoing."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import Form
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from institutions.forms.merge import (
    THIS,
    MergeDecisionForm,
    MergeForm,
    MergeReasonForm,
    UndoForm,
)
from institutions.history import institution_names
from institutions.merging.actions import (
    NOT_A_KEEPER,
    NOT_A_REVIEWER,
    decide_merge,
    may_decide,
    may_propose,
    propose_merge,
    undo_merge,
)
from institutions.merging.movers import mover_of
from institutions.merging.plan import plan_merge
from institutions.models import Institution, InstitutionMerge, MergeState
from institutions.views import NOT_FOUND
from yiyang.access.decorators import requires
from yiyang.access.http import ActorRequest
from yiyang.access.roles import Permission
from yiyang.posting import UNPROCESSABLE, put_errors

NO_MERGE = "没有这份合并，或不在您的授权范围；请从机构页面进入。"
SAME = "两条是同一个机构，不用合并；请另选。"


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.VIEW_INSTITUTIONS)
def institution_merge(request: ActorRequest, institution_id: int) -> HttpResponseBase:
    """Choose the other record and which stays, see what moves, then propose it."""
    kept = Institution.objects.kept().visible_to(request.actor)
    this = kept.filter(pk=institution_id).first()
    if this is None:
        raise Http404(NOT_FOUND)
    if not may_propose(request.actor, this):
        raise PermissionDenied(NOT_A_KEEPER)
    is_posted = request.method == "POST"
    asked = request.POST if is_posted else request.GET
    if not asked.get("stays"):
        return _page(request, this, MergeForm(request=request))
    form = MergeForm(asked, request=request)
    if not form.is_valid():
        return _page(request, this, form)
    pair = _pair(this, form)
    if pair is None:
        form.add_error("other", SAME)
        return _page(request, this, form)
    reasoned = MergeReasonForm(request.POST if is_posted else None, initial=asked.dict())
    if is_posted and reasoned.is_valid():
        try:
            merge = propose_merge(
                by=request.actor,
                kept=pair[0],
                dropped=pair[1],
                reason=reasoned.cleaned_data["reason"],
            )
        except ValidationError as error:
            put_errors(reasoned, error)
        else:
            messages.success(request, "合并已提出，等另一位卫健审核；在此之前什么也不动。")
            return redirect("merge-detail", merge.pk)
    return _page(request, this, form, pair, reasoned)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.VIEW_INSTITUTIONS)
def merge_detail(request: ActorRequest, merge_id: int) -> HttpResponseBase:
    """One merge: what moves or has moved; a reviewer who did not propose it decides."""
    merge = _merge(request, merge_id)
    if request.method == "POST" and not may_decide(request.actor, merge):
        raise PermissionDenied(NOT_A_REVIEWER)
    form = MergeDecisionForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        is_agreed = form.cleaned_data["decision"] == "agree"
        try:
            decide_merge(
                by=request.actor,
                merge=merge,
                is_agreed=is_agreed,
                answer=form.cleaned_data["answer"],
            )
        except ValidationError as error:
            put_errors(form, error)
        else:
            done = "已合并；以前的编码指向保留的机构。" if is_agreed else "已记下不同意。"
            messages.success(request, done)
            return redirect("merge-detail", merge.pk)
    return _merge_page(request, merge, form, UndoForm())


@require_POST
@requires(Permission.VIEW_INSTITUTIONS)
def merge_undo(request: ActorRequest, merge_id: int) -> HttpResponseBase:
    """Take a merge back, with the reason."""
    merge, form = _merge(request, merge_id), UndoForm(request.POST)
    if not may_decide(request.actor, merge):
        raise PermissionDenied(NOT_A_REVIEWER)
    if form.is_valid():
        try:
            undo_merge(by=request.actor, merge=merge, reason=form.cleaned_data["undo_reason"])
        except ValidationError as error:
            put_errors(form, error)
        else:
            messages.success(request, "合并已撤销，两条记录各归原样。")
            return redirect("merge-detail", merge.pk)
    return _merge_page(request, merge, MergeDecisionForm(), form)


def _pair(this: Institution, form: MergeForm) -> tuple[Institution, Institution] | None:
    """The record that stays and the one merged into it; None where they are one."""
    other: Institution = form.cleaned_data["other"]
    if other.pk == this.pk:
        return None
    return (this, other) if form.cleaned_data["stays"] == THIS else (other, this)


def _page(
    request: ActorRequest,
    this: Institution,
    form: MergeForm,
    pair: tuple[Institution, Institution] | None = None,
    reasoned: MergeReasonForm | None = None,
) -> HttpResponse:
    context: dict[str, Any] = {"institution": this, "form": form, "reasoned": reasoned}
    context["names"] = institution_names([this.pk])
    context["name"] = context["names"].get(this.pk, this.code)
    if pair is not None:
        names = institution_names([one.pk for one in pair])
        context |= {
            "kept": _named(pair[0], names),
            "dropped": _named(pair[1], names),
            "plan": plan_merge(*pair),
        }
    is_wrong = (form.is_bound and not form.is_valid()) or (
        reasoned is not None and reasoned.is_bound
    )
    status = UNPROCESSABLE if is_wrong else 200
    return render(request, "institutions/institution_merge.html", context, status=status)


def _merge_page(
    request: ActorRequest, merge: InstitutionMerge, form: Form, undo_form: Form
) -> HttpResponse:
    names = institution_names([merge.kept_id, merge.dropped_id])
    dropped_name = merge.dropped.profiles.order_by("-starts_on").values_list("name", flat=True)
    names.setdefault(merge.dropped_id, next(iter(dropped_name), merge.dropped.code))
    may = may_decide(request.actor, merge)
    is_pending = merge.state == MergeState.PENDING
    context = {
        "merge": merge,
        "kept": _named(merge.kept, names),
        "dropped": _named(merge.dropped, names),
        "plan": plan_merge(merge.kept, merge.dropped) if is_pending else None,
        "moved": [(mover_of(key).label, len(pks)) for key, pks in _moved(merge) if pks],
        "form": form if may and is_pending else None,
        "undo_form": undo_form if may and merge.state == MergeState.DONE else None,
    }
    status = UNPROCESSABLE if form.is_bound or undo_form.is_bound else 200
    return render(request, "institutions/merge_detail.html", context, status=status)


def _moved(merge: InstitutionMerge) -> list[tuple[str, list[int]]]:
    return list(merge.moved.get("moved", {}).items())


def _named(institution: Institution, names: dict[int, str]) -> dict[str, Any]:
    return {"institution": institution, "name": names.get(institution.pk, institution.code)}


def _merge(request: ActorRequest, merge_id: int) -> InstitutionMerge:
    merges = InstitutionMerge.objects.visible_to(request.actor)
    merge = (
        merges.select_related("kept", "dropped", "proposed_by", "decided_by", "undone_by")
        .filter(pk=merge_id)
        .first()
    )
    if merge is None:
        raise Http404(NO_MERGE)
    return merge
