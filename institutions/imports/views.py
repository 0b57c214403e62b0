"""The pages of an import: list, upload, match, preview and result."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from institutions.imports.actions import (
    BEFORE_CONFIRMING,
    CANCELLABLE,
    cancel_import,
    confirm_import,
    is_stuck,
    match_columns,
    receive_sheet,
    register_of,
    start_again,
)
from institutions.imports.files import FileGoneError
from institutions.imports.forms import MatchForm, UploadForm
from institutions.imports.matching import Suggestion, suggest
from institutions.imports.registry import Register, register_named, registers_for, title_of
from institutions.imports.results import result_workbook
from institutions.imports.shown import preview_of, samples
from institutions.imports.templates import template_of
from institutions.models import ImportBatch, ImportState
from yiyang.access.decorators import FORBIDDEN, requires
from yiyang.access.http import ActorRequest, asked_at
from yiyang.access.roles import Permission
from yiyang.audit.kinds import EventKind, Outcome
from yiyang.audit.recording import record
from yiyang.lib.filenames import saved_as
from yiyang.lib.workbooks import XLSX_TYPE
from yiyang.posting import UNPROCESSABLE

LISTED = 50
LONGEST_NUMBER = 9
NO_BATCH = "没有这个导入批次，或不在您的授权范围；请从导入列表里点选。"


@require_safe
@requires(Permission.VIEW_INSTITUTIONS)
def import_list(request: ActorRequest) -> HttpResponse:
    """The actor's batches, and for reviewers those of their district, newest first."""
    before = _number(request, "before", 0)
    batches = ImportBatch.objects.visible_to(request.actor).select_related("author")
    if before:
        batches = batches.filter(pk__lt=before)
    shown = list(batches[: LISTED + 1])
    context = {
        "batches": [(batch, title_of(batch.register)) for batch in shown[:LISTED]],
        "before": shown[LISTED - 1].pk if len(shown) > LISTED else None,
        "registers": registers_for(request.actor),
    }
    return render(request, "institutions/import_list.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.VIEW_INSTITUTIONS)
def import_new(request: ActorRequest) -> HttpResponseBase:
    """Send a file or paste cells."""
    registers = registers_for(request.actor)
    if not registers:
        raise PermissionDenied(FORBIDDEN)
    is_post = request.method == "POST"
    form = UploadForm(
        request.POST if is_post else None,
        request.FILES if is_post else None,
        registers=registers,
        initial={"register": request.GET.get("register", "")},
    )
    if is_post and form.is_valid():
        file, name = form.sheet()
        try:
            batch = receive_sheet(
                by=request.actor,
                register=form.register_sent,
                file=file,
                name=name,
                at=asked_at(request),
            )
            return redirect("import-match", batch.pk)
        except ValidationError as error:
            form.add_error(None, error)
    context = {"form": form, "registers": registers}
    status = UNPROCESSABLE if is_post else 200
    return render(request, "institutions/import_new.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.VIEW_INSTITUTIONS)
def import_match(request: ActorRequest, batch_id: int) -> HttpResponseBase:
    """Say which column is which."""
    batch = _own(request, batch_id)
    if batch.state not in BEFORE_CONFIRMING or batch.wrapped_key is None:
        return redirect("import-detail", batch.pk)
    register = register_of(batch)
    suggested = _suggested(request, batch, register)
    posted = request.POST if request.method == "POST" else None
    form = MatchForm(posted, batch=batch, register=register, suggested=suggested)
    if posted is not None and form.is_valid():
        try:
            match_columns(
                by=request.actor,
                batch=batch,
                columns=form.columns(),
                is_whole=form.is_whole(),
                at=asked_at(request),
            )
            return redirect("import-detail", batch.pk)
        except ValidationError as error:
            form.add_error(None, error)
    context = _match_context(batch, register, suggested, form)
    status = 200 if posted is None else UNPROCESSABLE
    return render(request, "institutions/import_match.html", context, status=status)


def _suggested(request: ActorRequest, batch: ImportBatch, register: Register) -> Suggestion:
    if any(batch.columns):
        return Suggestion(tuple(batch.columns), is_remembered=True)
    return suggest(register.sheet, batch.header, request.actor)


def _match_context(
    batch: ImportBatch, register: Register, suggested: Suggestion, form: MatchForm
) -> dict[str, Any]:
    texts = samples(batch, register, suggested.columns)
    columns = [
        {
            "heading": heading or f"第 {place + 1} 列",
            "field": form[f"column-{place}"],
            "samples": texts[place],
            "is_guess": place in suggested.guesses,
        }
        for place, heading in enumerate(batch.header)
    ]
    extent = form["extent"]
    return {
        "batch": batch,
        "register": register,
        "columns": columns,
        "form": form,
        "extent": extent,
        "is_remembered": suggested.is_remembered,
        "no_sample": "不显示" if register.is_personal else "（空）",
    }


@never_cache
@require_safe
@requires(Permission.VIEW_INSTITUTIONS)
def import_detail(request: ActorRequest, batch_id: int) -> HttpResponse:
    """How a batch stands: checking, preview, importing, result."""
    batch = _seen(request, batch_id)
    register = register_named(batch.register)
    page = max(1, _number(request, "page", 1))
    preview = None
    if register is not None and batch.counts and not batch.is_under_way:
        preview = preview_of(batch, register, request.GET.get("kind", ""), page)
    is_own = batch.author_id == request.actor.user_id
    context = {
        "batch": batch,
        "title": title_of(batch.register),
        "preview": preview,
        "is_own": is_own,
        "may_confirm": is_own and _is_confirmable(batch),
        "may_cancel": is_own and batch.state in CANCELLABLE,
        "may_match": is_own and batch.state in BEFORE_CONFIRMING and not batch.dropped_at,
        "may_start_again": is_own and is_stuck(batch, asked_at(request)),
        "may_download": is_own and bool(batch.counts) and batch.wrapped_key is not None,
        "nothing_new": not any(batch.counts.get(kind) for kind in ("ERROR", "CHANGED", "NEW")),
    }
    return render(request, "institutions/import_detail.html", context)


def _is_confirmable(batch: ImportBatch) -> bool:
    return batch.state == ImportState.PREVIEWED and not batch.counts.get("ERROR")


@require_POST
@requires(Permission.VIEW_INSTITUTIONS)
def import_confirm(request: ActorRequest, batch_id: int) -> HttpResponseBase:
    """Let the previewed sheet be imported."""
    return _done(request, batch_id, confirm_import, "已确认，正在后台导入。")


@require_POST
@requires(Permission.VIEW_INSTITUTIONS)
def import_cancel(request: ActorRequest, batch_id: int) -> HttpResponseBase:
    """Stop; nothing of the sheet is written."""
    return _done(request, batch_id, cancel_import, "已取消，这份表什么都没有写入。")


@require_POST
@requires(Permission.VIEW_INSTITUTIONS)
def import_retry(request: ActorRequest, batch_id: int) -> HttpResponseBase:
    """Start a batch again whose worker was killed."""
    return _done(request, batch_id, start_again, "已重新开始。")


def _done(request: ActorRequest, batch_id: int, action: Any, told: str) -> HttpResponseBase:
    batch = _own(request, batch_id)
    try:
        action(by=request.actor, batch=batch, at=asked_at(request))
        messages.success(request, told)
    except ValidationError as error:
        messages.error(request, "".join(error.messages))
    return redirect("import-detail", batch.pk)


@never_cache
@require_safe
@requires(Permission.VIEW_INSTITUTIONS)
def import_result_xlsx(request: ActorRequest, batch_id: int) -> HttpResponseBase:
    """The sheet as it came, with what became of each line; only for who sent it."""
    batch = _own(request, batch_id)
    try:
        blocks = result_workbook(batch, register_of(batch))
    except FileGoneError as error:
        raise Http404(str(error)) from error
    record(
        kind=EventKind.EXPORT,
        actor_id=request.actor.user_id,
        outcome=Outcome.ALLOWED,
        subject=f"institutions_importbatch:{batch.pk}",
        details={"rows": batch.rows, "type": "import-result"},
    )
    answer = StreamingHttpResponse(blocks, content_type=XLSX_TYPE)
    return saved_as(f"import-{batch.pk}.xlsx", answer)


@require_safe
@requires(Permission.VIEW_INSTITUTIONS)
def import_template_xlsx(request: ActorRequest, register: str) -> HttpResponseBase:
    """An empty sheet of the register to fill in."""
    offered = {one.name: one for one in registers_for(request.actor)}
    if register not in offered:
        raise Http404("没有这份登记的模板，或您的角色不导入它；请从导入页面下载。")
    content = template_of(offered[register])
    return saved_as(f"template-{register}.xlsx", HttpResponse(content, content_type=XLSX_TYPE))


def _seen(request: ActorRequest, batch_id: int) -> ImportBatch:
    batches = ImportBatch.objects.visible_to(request.actor).select_related("author")
    batch = batches.filter(pk=batch_id).first()
    if batch is None:
        raise Http404(NO_BATCH)
    return batch


def _own(request: ActorRequest, batch_id: int) -> ImportBatch:
    """What its reviewer may look at, only its sender may handle."""
    batch = _seen(request, batch_id)
    if batch.author_id != request.actor.user_id:
        raise Http404(NO_BATCH)
    return batch


def _number(request: ActorRequest, name: str, default: int) -> int:
    text = request.GET.get(name, "")
    if not text:
        return default
    # 上限防止超出数据库整数范围。
    if not (text.isascii() and text.isdigit()) or len(text) > LONGEST_NUMBER:
        raise Http404(f"地址里的 {name} 应当是数字；请从页面上的链接进入。")
    return int(text)
