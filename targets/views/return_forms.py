"""The pages of the forms of 季度监测: every version, and the editing of a draft."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from targets.forms.return_forms import CheckForm, FormHeadForm, ItemForm
from targets.models import FormState, ReturnCheck, ReturnForm, ReturnItem
from targets.returns.fetching import source_words
from targets.returns.forms_actions import (
    amend_form,
    draft_version,
    put_check,
    put_into_use,
    put_item,
    remove_part,
)
from targets.returns.soundness import faults_of
from yiyang.access.decorators import requires
from yiyang.access.http import ActorRequest
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor
from yiyang.posting import done, form_page, posted

NO_FORM = "没有这份表式；请从表式列表里点选。"
NOT_DRAFT = "表式已启用，不再改动；请另立新版。"
TEMPLATE = "targets/return_form_edit.html"
HEAD = (
    *("title", "table_number", "issued_by", "approval_number"),
    *("valid_from", "valid_until", "note"),
)


@require_safe
@requires(Permission.VIEW_TARGETS)
def return_form_list(request: ActorRequest) -> HttpResponse:
    """Every version of every form, the newest first."""
    forms = ReturnForm.objects.visible_to(request.actor).order_by("code", "-version")
    return render(request, "targets/return_form_list.html", {"forms": forms})


@require_safe
@requires(Permission.VIEW_TARGETS)
def return_form(request: ActorRequest, form_id: int) -> HttpResponse:
    """One version: its head, its lines, its checks, and what may be done with it now."""
    return _page(request, _form(request, form_id))


@require_POST
@requires(Permission.MANAGE_POLICIES)
def return_form_version(request: ActorRequest, form_id: int) -> HttpResponseBase:
    """Draw up the next version from this one."""
    form = _form(request, form_id)
    try:
        made = draft_version(by=request.actor, form=form)
    except ValidationError as error:
        return _page(request, form, refused=error.messages, status=422)
    messages.success(request, f"已立第 {made.version} 版草稿；改好后由市卫健审核启用。")
    return redirect("return-form", made.pk)


@require_POST
@requires(Permission.REVIEW)
def return_form_use(request: ActorRequest, form_id: int) -> HttpResponseBase:
    """Put a draft into use."""
    form = _draft(request, form_id)
    try:
        put_into_use(by=request.actor, form=form)
    except ValidationError as error:
        return _page(request, form, refused=error.messages, status=422)
    messages.success(request, "已启用；此后不再改动。")
    return redirect("return-form", form.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MANAGE_POLICIES)
def return_form_amend(request: ActorRequest, form_id: int) -> HttpResponseBase:
    """Change what the head of a draft says."""
    own = _draft(request, form_id)
    form = FormHeadForm(posted(request), initial={name: getattr(own, name) for name in HEAD})
    return _edit(
        request,
        own,
        form,
        "表头",
        lambda: amend_form(by=request.actor, form=own, **form.cleaned_data),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MANAGE_POLICIES)
def return_item_new(request: ActorRequest, form_id: int) -> HttpResponseBase:
    """Add a line to a draft."""
    own = _draft(request, form_id)
    form = ItemForm(posted(request))
    return _edit(
        request, own, form, "新项目", lambda: put_item(by=request.actor, form=own, **form.said())
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MANAGE_POLICIES)
def return_item_edit(request: ActorRequest, item_id: int) -> HttpResponseBase:
    """Change a line of a draft."""
    item = _part(request, ReturnItem, item_id)
    form = ItemForm(posted(request), initial=_said(item))
    return _edit(
        request,
        item.form,
        form,
        f"项目 {item.code}",
        lambda: put_item(by=request.actor, form=item.form, item=item, **form.said()),
    )


@require_POST
@requires(Permission.MANAGE_POLICIES)
def return_item_remove(request: ActorRequest, item_id: int) -> HttpResponseBase:
    """Take a line out of a draft."""
    return _remove(request, _part(request, ReturnItem, item_id))


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MANAGE_POLICIES)
def return_check_new(request: ActorRequest, form_id: int) -> HttpResponseBase:
    """Add a check to a draft."""
    own = _draft(request, form_id)
    form = CheckForm(posted(request), items=list(own.items.all()))
    return _edit(
        request,
        own,
        form,
        "新审核关系",
        lambda: put_check(by=request.actor, form=own, **form.said()),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MANAGE_POLICIES)
def return_check_edit(request: ActorRequest, check_id: int) -> HttpResponseBase:
    """Change a check of a draft."""
    check = _part(request, ReturnCheck, check_id)
    initial = {name: getattr(check, name) for name in ("kind", "left", "tolerance", "least")}
    initial |= {"terms": " ".join(check.terms), "is_hard": "yes" if check.is_hard else "no"}
    form = CheckForm(posted(request), items=list(check.form.items.all()), initial=initial)
    return _edit(
        request,
        check.form,
        form,
        "审核关系",
        lambda: put_check(by=request.actor, form=check.form, check=check, **form.said()),
    )


@require_POST
@requires(Permission.MANAGE_POLICIES)
def return_check_remove(request: ActorRequest, check_id: int) -> HttpResponseBase:
    """Take a check out of a draft."""
    return _remove(request, _part(request, ReturnCheck, check_id))


def _edit(
    request: ActorRequest, own: ReturnForm, form: Form, what: str, write: Callable[[], None]
) -> HttpResponseBase:
    def enter() -> HttpResponseBase:
        write()
        messages.success(request, "已保存。")
        return redirect("return-form", own.pk)

    answer = done(form, enter) if request.method == "POST" else None
    return answer or form_page(request, TEMPLATE, form, {"own": own, "what": what})


def _remove(request: ActorRequest, part: ReturnItem | ReturnCheck) -> HttpResponseBase:
    form_id = part.form_id
    remove_part(by=request.actor, part=part)
    messages.success(request, "已删去。")
    return redirect("return-form", form_id)


def _page(
    request: ActorRequest, own: ReturnForm, refused: list[str] | None = None, status: int = 200
) -> HttpResponse:
    is_draft = own.state == FormState.DRAFT
    items = list(own.items.all())
    named = {item.code: str(item) for item in items}
    context = {
        "own": own,
        "items": [(item, source_words(item)) for item in items],
        "checks": [
            (check, named.get(check.left, check.left), _terms(check, named))
            for check in own.checks.all()
        ],
        "periods": own.periods.all(),
        "is_draft": is_draft,
        "faults": faults_of(own) if is_draft else [],
        "may_edit": is_draft and request.actor.may(Permission.MANAGE_POLICIES),
        "may_use": is_draft and _may_use(request.actor, own),
        "may_draft": not is_draft and request.actor.may(Permission.MANAGE_POLICIES),
        "refused": refused or [],
    }
    return render(request, "targets/return_form.html", context, status=status)


def _terms(check: ReturnCheck, named: Mapping[str, str]) -> str:
    return "、".join(named.get(code, code) for code in check.terms)


def _may_use(actor: Actor, own: ReturnForm) -> bool:
    is_reviewer = actor.may(Permission.REVIEW) and actor.whole_city
    return is_reviewer and own.drafted_by_id != actor.user_id


def _form(request: ActorRequest, form_id: int) -> ReturnForm:
    seen = ReturnForm.objects.visible_to(request.actor).select_related("drafted_by", "used_by")
    own = seen.filter(pk=form_id).first()
    if own is None:
        raise Http404(NO_FORM)
    return own


def _draft(request: ActorRequest, form_id: int) -> ReturnForm:
    own = _form(request, form_id)
    if own.state != FormState.DRAFT:
        raise Http404(NOT_DRAFT)
    return own


def _part(request: ActorRequest, model: Any, part_id: int) -> Any:
    seen = model.objects.visible_to(request.actor).select_related("form")
    part = seen.filter(pk=part_id, form__state=FormState.DRAFT).first()
    if part is None:
        raise Http404(NOT_DRAFT)
    return part


def _said(item: ReturnItem) -> dict[str, Any]:
    names = (
        *("code", "label", "unit", "kind", "answered_by", "part_of"),
        *("definition", "position"),
    )
    said = {name: getattr(item, name) for name in names}
    is_quotient = item.source == "QUOTIENT"
    said["fetch"] = f"{item.source}:{'' if is_quotient else item.source_key}"
    said["quotient"] = item.source_key if is_quotient else ""
    return said
