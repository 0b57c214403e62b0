"""A return filled in with a spreadsheet program: the workbook, and the same one sent back."""

from __future__ import annotations

import io

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from targets.forms.returns import MAX_SHEET_BYTES, SheetFileForm, SheetForm
from targets.models import QuarterlyReturn
from targets.returns.actions import fill, stamp_of
from targets.returns.sheets import Filled, filled
from targets.returns.workbook import SentSheet, as_workbook, read_workbook
from targets.views.returns import NOT_FILLING, is_filling, return_of, return_page
from yiyang.access.decorators import requires
from yiyang.access.http import ActorRequest
from yiyang.access.roles import Permission
from yiyang.lib.books import XLSX_TYPE
from yiyang.lib.filenames import marked, saved_as
from yiyang.posting import UNPROCESSABLE, done

TOO_LARGE = f"文件超过 {MAX_SHEET_BYTES // 1024 // 1024} MB；请下载本页的表，在它上面填好再传。"
NOTHING_TAKEN = "这份表一格也没有收下。照下列单元格改好再传，也可以直接在下面的表里改了保存。"


@never_cache
@require_safe
@requires(Permission.VIEW_TARGETS)
def return_sheet_xlsx(request: ActorRequest, return_id: int) -> HttpResponseBase:
    """The return as a workbook, for whoever fills it in."""
    own, sheet = _being_filled(request, return_id)
    stamp = stamp_of([line.value for line in sheet.lines])
    answer = StreamingHttpResponse(as_workbook(own, sheet, stamp), content_type=XLSX_TYPE)
    return saved_as(marked(f"{own}-{own.period}.xlsx"), answer)


@require_POST
@requires(Permission.VIEW_TARGETS)
def return_sheet_upload(request: ActorRequest, return_id: int) -> HttpResponseBase:
    """Take all of the workbook sent back, or none of it and say which cells are wrong."""
    own, sheet = _being_filled(request, return_id)
    file_form = SheetFileForm(request.POST, request.FILES)
    sent = _read(file_form, own, sheet)
    if sent is None:
        return return_page(request, own, sheet, file_form=file_form, status=UNPROCESSABLE)
    form = SheetForm(sent.said, items=[line.item for line in sheet.lines])

    def take() -> HttpResponseBase:
        fill(by=request.actor, quarterly_return=own, entered=form.entered(), seen=sent.stamp)
        messages.success(request, "表里的数已收下；审核关系见表中各行，办理步骤在表下。")
        return redirect("return-detail", own.pk)

    if answer := done(form, take):
        return answer
    file_form.add_error("file", [NOTHING_TAKEN, *_by_cell(form, sent)])
    return return_page(request, own, sheet, form=form, file_form=file_form, status=UNPROCESSABLE)


def _being_filled(request: ActorRequest, return_id: int) -> tuple[QuarterlyReturn, Filled]:
    own = return_of(request, return_id)
    if not is_filling(request, own):
        raise PermissionDenied(NOT_FILLING)
    return own, filled(own)


def _read(file_form: SheetFileForm, own: QuarterlyReturn, sheet: Filled) -> SentSheet | None:
    """The workbook sent; None when it cannot be read, with the reason told in the form."""
    if not file_form.is_valid():
        return None
    content = file_form.content()
    try:
        if len(content) > MAX_SHEET_BYTES:
            raise ValueError(TOO_LARGE)
        return read_workbook(io.BytesIO(content), own, [line.item for line in sheet.lines])
    except ValueError as error:
        file_form.add_error("file", f"{error}")
        return None


def _by_cell(form: SheetForm, sent: SentSheet) -> list[str]:
    """What is wrong, each with the cell it stands in."""
    return [
        f"{sent.cells[name]}（{form[name].label}）：{said}" if name in sent.cells else f"{said}"
        for name, told in form.errors.items()
        for said in told
    ]
