"""The pages of statistical tables: the catalogue, a table of a day and region, its filings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from targets.explain.freshness import warnings_at
from targets.forms.tabulations import FilingForm
from targets.models import TabulationFiling
from targets.papers.archiving import Content, fingerprint_of
from targets.tabulations.actions import archive_table, enter_filing, may_archive, void_filing
from targets.tabulations.catalogue import BY_CODE, TABULATIONS, Tabulation
from targets.tabulations.filings import filing_on
from targets.tabulations.filling import grid_of
from targets.tabulations.grid import Grid, content_of
from targets.tabulations.line_lists import lists_for
from targets.tabulations.sheet import workbook_of
from targets.views.asked import Asked, asked_region, asked_run, offered_days
from yiyang.access.decorators import FORBIDDEN, requires
from yiyang.access.http import ActorRequest, asked_at
from yiyang.access.roles import Permission
from yiyang.audit.kinds import EventKind, Outcome
from yiyang.audit.recording import record
from yiyang.dated import messages_of
from yiyang.lib.books import XLSX_TYPE
from yiyang.lib.filenames import marked, saved_as
from yiyang.posting import put_errors

NO_TABLE = "没有这张统计表；请从“统计表”里选择。"
NOT_MEASURED = "还没有量度结果，没有统计表可看；夜间任务完成后再来。"
NO_REGION = "您的账号没有区划授权，统计表按区划列；请联系安全管理员，或看目标表。"
NO_FILING = "没有这条备案，或已作废；请回到该表的备案页查看。"


@dataclass(frozen=True, slots=True)
class AskedTable:
    """One table of one run, as the address asks for it."""

    table: Tabulation
    asked: Asked
    with_streets: bool
    grid: Grid

    @property
    def content(self) -> Content:
        return content_of(self.grid)

    @property
    def fingerprint(self) -> str:
        return fingerprint_of(self.content)

    @property
    def query(self) -> str:
        """What leads back to this table."""
        asked = {"region": self.asked.region.code, "as_of": self.asked.run.as_of.isoformat()}
        return urlencode(asked | ({"streets": "1"} if self.with_streets else {}))


@require_safe
@requires(Permission.VIEW_TARGETS)
def tabulation_list(request: ActorRequest) -> HttpResponse:
    """Every table with the head it bears today, and the line lists."""
    tables = [(table, filing_on(table, request.actor.day)) for table in TABULATIONS]
    context = {
        "warnings": warnings_at(asked_at(request)),
        "tables": tables,
        "lists": lists_for(request.actor),
        "day": request.actor.day,
    }
    return render(request, "targets/tabulation_list.html", context)


@require_safe
@requires(Permission.VIEW_TARGETS)
def tabulation_detail(request: ActorRequest, code: str) -> HttpResponse:
    """The table as its sheet shows it."""
    shown = _asked_table(request, code)
    context = {
        "warnings": warnings_at(asked_at(request)),
        "shown": shown,
        "table": shown.table,
        "asked": shown.asked,
        "content": shown.content,
        "days": offered_days(shown.asked.run.as_of),
        "may_export": request.actor.may(Permission.EXPORT),
        "may_file": request.actor.may(Permission.MANAGE_POLICIES),
        "may_archive": may_archive(request.actor),
    }
    return render(request, "targets/tabulation_detail.html", context)


@require_safe
@requires(Permission.VIEW_TARGETS)
@requires(Permission.EXPORT)
def tabulation_xlsx(request: ActorRequest, code: str) -> HttpResponse:
    """The same table as an Excel sheet; who took it is on record."""
    shown = _asked_table(request, code)
    asked = shown.asked
    record(
        kind=EventKind.EXPORT,
        actor_id=request.actor.user_id,
        outcome=Outcome.ALLOWED,
        subject=f"table:{code}",
        details={"run": asked.run.pk, "region": asked.region.code},
    )
    workbook = workbook_of(shown.grid, shown.fingerprint)
    name = marked(f"{shown.grid['title']}-{asked.run.as_of}.xlsx")
    return saved_as(name, HttpResponse(workbook, content_type=XLSX_TYPE))


@require_POST
@requires(Permission.VIEW_TARGETS)
def tabulation_archive(request: ActorRequest, code: str) -> HttpResponseBase:
    """Keep the table among the papers, as it stands now."""
    if not may_archive(request.actor):
        raise PermissionDenied(FORBIDDEN)
    shown = _asked_table(request, code)
    paper = archive_table(
        by=request.actor,
        table=shown.table,
        run=shown.asked.run,
        region=shown.asked.region,
        content=shown.content,
        at=asked_at(request),
    )
    messages.success(request, "已归档，以后打开的都是这一份。")
    return redirect("paper-detail", uid=paper.uid)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MANAGE_POLICIES)
def filing_list(request: ActorRequest, code: str) -> HttpResponseBase:
    """The heads a table bore and bears, and the form for the next."""
    table = _table(code)
    form = FilingForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            enter_filing(by=request.actor, table=table, **form.cleaned_data)
        except ValidationError as error:
            put_errors(form, error)
        else:
            messages.success(request, f"已录入{table.title}的备案。")
            return redirect("tabulation-filing-list", code=code)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    filings = TabulationFiling.objects.visible_to(request.actor).kept().filter(table=code)
    context: Mapping[str, Any] = {
        "table": table,
        "filings": filings.order_by("-starts_on"),
        "day": request.actor.day,
        "form": form,
    }
    return render(request, "targets/tabulation_filings.html", context, status=status)


@require_POST
@requires(Permission.MANAGE_POLICIES)
def filing_void(request: ActorRequest, filing_id: int) -> HttpResponseBase:
    """Take a mistaken head back."""
    filings = TabulationFiling.objects.visible_to(request.actor).kept()
    filing = filings.filter(pk=filing_id).first()
    if filing is None:
        raise Http404(NO_FILING)
    try:
        void_filing(by=request.actor, filing=filing, reason=request.POST.get("reason", "")[:200])
    except ValidationError as error:
        messages.error(request, "；".join(messages_of(error)))
    else:
        messages.success(request, f"{filing.number} 的备案已作废。")
    return redirect("tabulation-filing-list", code=filing.table)


def _table(code: str) -> Tabulation:
    if code not in BY_CODE:
        raise Http404(NO_TABLE)
    return BY_CODE[code]


def _asked_table(request: ActorRequest, code: str) -> AskedTable:
    table, run = _table(code), asked_run(request)
    if run is None:
        raise Http404(NOT_MEASURED)
    asked = asked_region(request, run)
    if not asked.trail:
        raise Http404(NO_REGION)
    with_streets = request.GET.get("streets") == "1" and not table.is_by_target
    grid = grid_of(table, run, asked.region, with_streets=with_streets, actor=request.actor)
    return AskedTable(table, asked, with_streets, grid)
