"""The pages of a change of many institutions: choose, preview, confirm."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from institutions.bulk import (
    MOST_AT_ONCE,
    Attribute,
    Line,
    Outcome,
    Wanted,
    change_many,
    digest_of,
    planned,
)
from institutions.consent import stored
from institutions.editing import may_register
from institutions.forms.bulk import FORMS, BulkForm
from institutions.lists.institutions import INSTITUTIONS
from institutions.models import InstitutionProfile, Region
from yiyang.access.decorators import FORBIDDEN, requires
from yiyang.access.http import ActorRequest
from yiyang.access.roles import Permission
from yiyang.listing.asked import asked_of

CHOSEN, AGREED = "institutions.bulk-chosen", "institutions.bulk-agreed"
CHOOSE_WITHIN_SECONDS, CONFIRM_WITHIN_SECONDS = 3600, 600
MOST_DIGITS = 18
NOTHING = "没有选中您能查看的机构；请回到机构台账勾选。"
TOO_MANY = f"一次最多改 {MOST_AT_ONCE} 家；请先用筛选缩小范围。"
NO_ATTRIBUTE = "不能成批改这一项；请回到机构台账重新选择。"
WRITTEN = "已改 {CHANGE} 家，不变 {UNCHANGED} 家，未能改 {REFUSED} 家。"
STALE = "这一页已过期、内容被改动或不是您打开的；请回到机构台账重新选择。"


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.VIEW_INSTITUTIONS)
def institution_bulk(request: ActorRequest) -> HttpResponseBase:
    """Ask for the new value, day and reason; posted, show what would become of each."""
    _refuse_readers(request)
    if request.method == "POST":
        return _preview(request)
    attribute = _attribute(request.GET.get("attribute", ""))
    ids = _ids_asked(request)
    chosen = {"user": request.actor.user_id, "ids": ids, "attribute": attribute.value}
    sealed = signing.dumps(chosen, salt=CHOSEN, compress=True)
    initial = {"starts_on": request.actor.day}
    form = FORMS[attribute](None, request=request, attribute=attribute, initial=initial)
    return _form_page(request, form, sealed, len(ids))


@require_POST
@requires(Permission.VIEW_INSTITUTIONS)
def institution_bulk_write(request: ActorRequest) -> HttpResponseBase:
    """Write what was previewed, if nothing has moved since."""
    _refuse_readers(request)
    try:
        agreed = _opened(request, "agreed", AGREED, CONFIRM_WITHIN_SECONDS)
        lines = change_many(
            by=request.actor,
            institution_ids=agreed["ids"],
            wanted=_wanted_of(agreed),
            digest=agreed["digest"],
        )
    except ValidationError as error:
        return _refused(request, error)
    messages.success(request, WRITTEN.format(**_counts(lines)))
    return redirect(INSTITUTIONS.url_name)


def _preview(request: ActorRequest) -> HttpResponseBase:
    try:
        chosen = _opened(request, "chosen", CHOSEN, CHOOSE_WITHIN_SECONDS)
    except ValidationError as error:
        return _refused(request, error)
    attribute = Attribute(chosen["attribute"])
    form = FORMS[attribute](request.POST, request=request, attribute=attribute)
    if not form.is_valid():
        return _form_page(request, form, request.POST["chosen"], len(chosen["ids"]))
    wanted = form.wanted
    lines = planned(request.actor, chosen["ids"], wanted)
    agreed = {
        **chosen,
        "value": stored(wanted.value),
        "starts_on": wanted.starts_on.isoformat(),
        "reason": wanted.reason,
        "digest": digest_of(lines, wanted),
    }
    context = {
        "lines": lines,
        "wanted": wanted,
        "counts": _counts(lines),
        "agreed": signing.dumps(agreed, salt=AGREED, compress=True),
        "minutes": CONFIRM_WITHIN_SECONDS // 60,
    }
    return render(request, "institutions/bulk_preview.html", context)


def _refuse_readers(request: ActorRequest) -> None:
    if not may_register(request.actor):
        raise PermissionDenied(FORBIDDEN)


def _attribute(text: str) -> Attribute:
    if text not in Attribute.values:
        raise Http404(NO_ATTRIBUTE)
    return Attribute(text)


def _ids_asked(request: ActorRequest) -> list[int]:
    """The institutions ticked, or all the list is narrowed to; in scope, and not too many."""
    if request.GET.get("all", ""):
        asked = asked_of(request, INSTITUTIONS, request.GET)
        if not asked.filters.is_valid():
            raise Http404(NOTHING)
        rows = asked.rows
    else:
        ticked = [text for text in request.GET.getlist("id") if _is_number(text)]
        rows = InstitutionProfile.objects.kept().visible_to(request.actor).filter(pk__in=ticked)
    ids = list(rows.order_by("pk").values_list("institution", flat=True)[: MOST_AT_ONCE + 1])
    if len(ids) > MOST_AT_ONCE:
        raise Http404(TOO_MANY)
    if not ids:
        raise Http404(NOTHING)
    return ids


def _is_number(text: str) -> bool:
    # 位数上限防止超出数据库整数范围。
    return text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS


def _opened(request: ActorRequest, name: str, salt: str, seconds: int) -> dict[str, Any]:
    """What this account sealed not long ago; ValidationError for anything else."""
    try:
        opened: dict[str, Any] = signing.loads(
            request.POST.get(name, ""), salt=salt, max_age=seconds
        )
    except signing.BadSignature:
        raise ValidationError(STALE) from None
    if opened["user"] != request.actor.user_id:
        raise ValidationError(STALE)
    return opened


def _wanted_of(agreed: dict[str, Any]) -> Wanted:
    attribute, value = Attribute(agreed["attribute"]), agreed["value"]
    if attribute is Attribute.REGION:
        value = Region.objects.get(pk=value)
    return Wanted(attribute, value, date.fromisoformat(agreed["starts_on"]), agreed["reason"])


def _counts(lines: Sequence[Line]) -> dict[str, int]:
    return {one.name: sum(line.outcome is one for line in lines) for one in Outcome}


def _form_page(request: ActorRequest, form: BulkForm, chosen: str, number: int) -> HttpResponse:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    context = {"form": form, "chosen": chosen, "number": number, "attribute": form.attribute}
    return render(request, "institutions/bulk_form.html", context, status=status)


def _refused(request: ActorRequest, error: ValidationError) -> HttpResponse:
    context = {"refused": error.messages}
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    return render(request, "institutions/bulk_refused.html", context, status=status)
