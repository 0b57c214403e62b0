"""The three addresses of a list: its page, its csv and its workbook."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from yiyang.access.decorators import requires
from yiyang.access.http import ActorRequest
from yiyang.audit.kinds import EventKind, Outcome
from yiyang.audit.recording import record
from yiyang.lib.filenames import saved_as
from yiyang.lib.workbooks import XLSX_TYPE
from yiyang.listing.asked import Asked, asked_of
from yiyang.listing.files import csv_file, xlsx_file
from yiyang.listing.register import A, M, Register
from yiyang.listing.saved import offered_filters
from yiyang.listing.shown import PAGE_SIZE, ShownPage, page_of

BAD_FILTER = "筛选条件不认识，或区划不在您的授权范围；请回到名单重新筛选。"


def list_paths(prefix: str, register: Register[M, A]) -> list[URLPattern]:
    """The addresses of a register under the prefix: the list and its two files."""

    @never_cache
    @require_safe
    @requires(register.permission)
    def page(request: ActorRequest) -> HttpResponseBase:
        begun = register.begins(request.actor) if register.begins and not request.GET else ""
        return redirect(f"{request.path}?{begun}") if begun else list_page(request, register)

    @never_cache
    @require_safe
    @requires(register.permission)
    @requires(register.export_permission)
    def as_csv(request: ActorRequest) -> HttpResponseBase:
        content = csv_file(request, _asked_file(request, register))
        return _file(register, content, "text/csv; charset=utf-8", "csv")

    @never_cache
    @require_safe
    @requires(register.permission)
    @requires(register.export_permission)
    def as_xlsx(request: ActorRequest) -> HttpResponseBase:
        content = xlsx_file(request, _asked_file(request, register))
        return _file(register, content, XLSX_TYPE, "xlsx")

    return [
        path(prefix, page, name=register.url_name),
        path(f"{prefix}export.csv", as_csv, name=f"{register.url_name}-csv"),
        path(f"{prefix}export.xlsx", as_xlsx, name=f"{register.url_name}-xlsx"),
    ]


def list_page(request: ActorRequest, register: Register[M, A]) -> HttpResponse:
    """A page of the register, narrowed and sorted as the address says."""
    asked = asked_of(request, register, request.GET)
    context: dict[str, Any] = {
        "register": register,
        "asked": asked,
        "filter": asked.filters,
        **(register.extras(request.actor) if register.extras else {}),
    }
    if not asked.filters.is_valid():
        return render(request, register.template, context, status=HTTPStatus.BAD_REQUEST)
    page = page_of(request, asked)
    if register.is_personal:
        _look_on_record(request, asked, page)
    query = asked.query.urlencode()
    context |= {
        "page": page,
        "query": query,
        "page_size": PAGE_SIZE,
        "may_export": request.actor.may(register.export_permission),
        "entry": register.entry
        if register.entry and register.entry.is_for(request.actor)
        else None,
        "saved": offered_filters(request.actor, register.code),
    }
    return render(request, register.template, context)


def _asked_file(request: ActorRequest, register: Register[M, A]) -> Asked[M, A]:
    asked = asked_of(request, register, request.GET)
    if not asked.filters.is_valid():
        raise Http404(BAD_FILTER)
    return asked


def _file(register: Register[M, A], content: Any, kind: str, suffix: str) -> HttpResponseBase:
    name = f"{register.code}.{suffix}"
    return saved_as(name, StreamingHttpResponse(content, content_type=kind))


def _look_on_record(request: ActorRequest, asked: Asked[M, A], page: ShownPage) -> None:
    """A list of what belongs to persons: that it was looked at, and how many rows it showed."""
    record(
        kind=EventKind.VIEW_PERSONAL,
        actor_id=request.actor.user_id,
        outcome=Outcome.ALLOWED,
        subject=f"page:{asked.register.url_name}",
        details={"rows": len(page.rows), "filters": asked.filters.words},
    )
