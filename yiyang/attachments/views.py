"""The pages of files: send one in, take one out, void one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_safe

from yiyang.access.decorators import FORBIDDEN
from yiyang.access.http import ActorRequest, asked_at
from yiyang.attachments.actions import MEGABYTE, attach, content_of, void_attachment
from yiyang.attachments.contents import EXTENSIONS, TYPES
from yiyang.attachments.forms import UploadForm, VoidForm
from yiyang.attachments.holders import Holder, holder_named
from yiyang.attachments.models import Attachment, AttachmentContent, FileKind
from yiyang.posting import UNPROCESSABLE

UID_SHOWN = 8
NO_RECORD = "没有这条记录，或不在您的授权范围。"
NO_FILE = "没有这个附件，或不在您的授权范围；已作废、已销毁的附件不能再打开。"


@require_http_methods(["GET", "HEAD", "POST"])
def attachment_new(request: ActorRequest, holder: str, object_id: int) -> HttpResponseBase:
    """Send in a file for one record."""
    register, kept_by = _record(request, holder, object_id)
    _refuse_reader(request, register)
    form = UploadForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            made = attach(
                by=request.actor,
                holder=register,
                object_id=kept_by.pk,
                name=file.name,
                # 超过上限的只多读一个字节，够看出超了就行。
                content=file.read(settings.ATTACHMENT_MAX_MB * MEGABYTE + 1),
                at=asked_at(request),
            )
        except ValidationError as error:
            form.add_error("file", error.messages)
        else:
            messages.success(request, f"已上传“{made.name}”。")
            return redirect(register.address(kept_by))
    context = {"form": form, "title": "上传附件", "button": "上传"}
    return _form_page(request, form, register, kept_by, context)


@require_safe
def attachment_file(request: ActorRequest, uid: UUID) -> HttpResponse:
    """The file itself, never shown in the page: always as a download of its true kind."""
    attachment = _attachment(request, uid)
    try:
        content = content_of(by=request.actor, attachment=attachment)
    except AttachmentContent.DoesNotExist:
        raise Http404(NO_FILE) from None
    kind = FileKind(attachment.kind)
    response = HttpResponse(content, content_type=TYPES[kind])
    # 旧浏览器用前一个名字，只有编号；新的用后一个，是上传时的文件名。
    plain = f'attachment; filename="attachment-{str(uid)[:UID_SHOWN]}{EXTENSIONS[kind]}"'
    named = content_disposition_header(True, f"附件-{attachment.name}") or ""
    response["Content-Disposition"] = plain + named.removeprefix("attachment")
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def attachment_void(request: ActorRequest, uid: UUID) -> HttpResponseBase:
    """Void a file with a reason."""
    attachment = _attachment(request, uid)
    register, kept_by = _record(request, attachment.holder, attachment.object_id)
    _refuse_reader(request, register)
    form = VoidForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            void_attachment(by=request.actor, attachment=attachment, **form.cleaned_data)
        except ValidationError as error:
            form.add_error("reason", error.messages)
        else:
            messages.success(request, f"附件“{attachment.name}”已作废；传错了可以重新上传。")
            return redirect(register.address(kept_by))
    note = f"作废后谁也不能再打开“{attachment.name}”，但仍列在记录里，写明原因。要用时须重新上传。"
    context = {"form": form, "title": "作废附件", "button": "作废", "note": note}
    return _form_page(request, form, register, kept_by, context)


def _record(request: ActorRequest, name: str, object_id: int) -> tuple[Holder, Any]:
    holder = holder_named(name)
    if holder is None:
        raise Http404(NO_RECORD)
    kept_by = holder.records(request.actor).filter(pk=object_id).first()
    if kept_by is None:
        raise Http404(NO_RECORD)
    return holder, kept_by


def _attachment(request: ActorRequest, uid: UUID) -> Attachment:
    kept = Attachment.objects.kept().filter(uid=uid, destroyed_at=None)
    found = kept.visible_to(request.actor).first()
    if found is None:
        raise Http404(NO_FILE)
    return found


def _refuse_reader(request: ActorRequest, holder: Holder) -> None:
    if not holder.may_add(request.actor):
        raise PermissionDenied(FORBIDDEN)


def _form_page(
    request: ActorRequest, form: Any, holder: Holder, kept_by: Any, context: dict[str, Any]
) -> HttpResponse:
    context |= {"record": holder.title(kept_by), "address": holder.address(kept_by)}
    status = UNPROCESSABLE if form.is_bound else 200
    return render(request, "attachments/attachment_form.html", context, status=status)
