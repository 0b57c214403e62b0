"""The pages of the two lists: which months were sent, and one month held against the register."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from institutions.models import RegisterUpload, UploadState
from institutions.uploads.reconciling import Entry, Reconciliation, reconcile
from institutions.uploads.work import may_reconcile
from yiyang.access.decorators import FORBIDDEN, requires
from yiyang.access.http import ActorRequest
from yiyang.access.roles import Permission

UPLOADS_SHOWN, ENTRIES_SHOWN = 36, 200
NOT_FOUND = "没有这份整册；请从两册核对的名单里点选。"
NOT_DONE = "这份整册还没有处理完，过几分钟再来看。"


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the comparison: what it lists and what is done about it."""

    code: str
    title: str
    note: str
    entries: list[Entry]
    number: int

    @property
    def is_cut(self) -> bool:
        return self.number > len(self.entries)


@require_safe
@requires(Permission.VIEW_INSTITUTIONS)
def reconciliation_list(request: ActorRequest) -> HttpResponse:
    """The registers the civil-affairs bureau has sent, newest first."""
    _refuse_others(request)
    uploads = RegisterUpload.objects.visible_to(request.actor)
    newest = uploads.order_by("-month_end", "-pk")[:UPLOADS_SHOWN]
    context = {"uploads": newest, "steps": [REQUESTS, ("两册核对", "")]}
    return render(request, "institutions/reconciliation_list.html", context)


@require_safe
@requires(Permission.VIEW_INSTITUTIONS)
def reconciliation_detail(request: ActorRequest, uid: UUID) -> HttpResponse:
    """One month's list against ours, as far as the actor's districts go."""
    _refuse_others(request)
    upload = RegisterUpload.objects.visible_to(request.actor).filter(uid=uid).first()
    if upload is None:
        raise Http404(NOT_FOUND)
    is_done = upload.state == UploadState.DONE
    found = reconcile(upload, actor=request.actor) if is_done else None
    context = {
        "upload": upload,
        "found": found,
        "parts": parts_of(found) if found is not None else [],
        "not_done": NOT_DONE,
        "steps": [
            REQUESTS,
            ("两册核对", reverse("reconciliation-list")),
            (f"{upload.month_end:%Y-%m}", ""),
        ],
    }
    return render(request, "institutions/reconciliation_detail.html", context)


def parts_of(found: Reconciliation) -> list[Part]:
    """The parts in the order in which they are worked off."""
    told = (
        ("probable", "疑为同一家", PROBABLE, found.probable),
        ("conflicting", "两边不一致", CONFLICTING, found.conflicting),
        ("theirs", "整册有、登记没有", THEIRS, found.theirs_only),
        ("ours", "登记有、整册没有", OURS, found.ours_only),
    )
    return [
        Part(code, title, note, entries[:ENTRIES_SHOWN], len(entries))
        for code, title, note, entries in told
    ]


def _refuse_others(request: ActorRequest) -> None:
    """403 for roles that keep neither side of the registers."""
    if not may_reconcile(request.actor):
        raise PermissionDenied(FORBIDDEN)


REQUESTS = ("修改申请", "/requests/")
PROBABLE = (
    "编码不同，但信用代码相同，或同在一个区而名称相近；没有另登记一家。是同一家的，请民政改用我方编码；"
    "不是同一家的，请民政的系统在那一行写明“确是另一家”（is_new）重新报送。"
)
CONFLICTING = "两边都有这家，下列各项不一致。"
THEIRS = "没有写入登记。请照“原因”改正后，由民政重新报送。"
OURS = "登记里仍在开办、整册里没有。已停办的请民政报停业或注销；漏报的请民政补进下月整册。"
