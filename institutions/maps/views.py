"""The pages of maps: all of them, a new one, one with its preview."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from institutions.maps.actions import (
    confirm_map,
    may_confirm,
    may_upload,
    upload_map,
    void_map,
)
from institutions.maps.drawing import sheet_of
from institutions.maps.forms import MapForm
from institutions.models import MapFile, Region
from yiyang.access.decorators import FORBIDDEN, requires
from yiyang.access.http import ActorRequest
from yiyang.access.roles import Permission
from yiyang.dated import messages_of
from yiyang.posting import UNPROCESSABLE


@require_safe
@requires(Permission.VIEW_TARGETS)
def map_list(request: ActorRequest) -> HttpResponse:
    """Every map with who sent it and who checked it, newest first."""
    maps = MapFile.objects.visible_to(request.actor).defer("outlines")
    context = {
        "maps": maps.select_related("region", "uploaded_by", "confirmed_by").order_by("-id"),
        "may_upload": may_upload(request.actor),
    }
    return render(request, "maps/map_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MANAGE_POLICIES)
def map_new(request: ActorRequest) -> HttpResponseBase:
    """Send a file to be checked by somebody else."""
    if not may_upload(request.actor):
        raise PermissionDenied(FORBIDDEN)
    posted = (request.POST, request.FILES) if request.method == "POST" else ()
    form = MapForm(*posted, actor=request.actor)
    if posted and form.is_valid() and (kept := _kept(request, form)):
        messages.success(request, "地图已上传，请另一位市级审核人员核对后启用。")
        return redirect("map-detail", kept.pk)
    status = UNPROCESSABLE if form.is_bound else 200
    return render(request, "maps/map_new.html", {"form": form}, status=status)


@require_safe
@requires(Permission.VIEW_TARGETS)
def map_detail(request: ActorRequest, map_id: int) -> HttpResponse:
    """The map as it would be drawn, and what may be done with it."""
    map_file = _map(request, map_id)
    sheet = sheet_of(map_file.outlines)
    names = dict(Region.objects.filter(code__in=map_file.outlines).values_list("code", "name"))
    is_own = map_file.uploaded_by_id == request.actor.user_id
    context = {
        "map_file": map_file,
        "sheet": sheet,
        "named": [(names.get(code, code), one) for code, one in sheet.outlines.items()],
        "may_confirm": may_confirm(request.actor) and not is_own,
        "may_void": may_upload(request.actor) or may_confirm(request.actor),
    }
    return render(request, "maps/map_detail.html", context)


@require_POST
@requires(Permission.REVIEW)
def map_confirm(request: ActorRequest, map_id: int) -> HttpResponseBase:
    """Put the map into use."""
    map_file = _map(request, map_id)
    try:
        confirm_map(by=request.actor, map_file=map_file)
    except ValidationError as error:
        messages.error(request, "；".join(messages_of(error)))
    else:
        messages.success(request, "地图已启用，指标页即按它画并印审图号。")
    return redirect("map-detail", map_file.pk)


@require_POST
@requires(Permission.VIEW_TARGETS)
def map_void(request: ActorRequest, map_id: int) -> HttpResponseBase:
    """Take the map out of use."""
    map_file = _map(request, map_id)
    try:
        void_map(by=request.actor, map_file=map_file, reason=request.POST.get("reason", "")[:200])
    except ValidationError as error:
        messages.error(request, "；".join(messages_of(error)))
    else:
        messages.success(request, "地图已停用，指标页改用示意图。")
    return redirect("map-detail", map_file.pk)


def _kept(request: ActorRequest, form: MapForm) -> MapFile | None:
    """What the action made of the form, or None with the refusal beside its field."""
    sent = form.cleaned_data
    try:
        return upload_map(
            by=request.actor,
            region=sent["region"],
            approval_number=sent["approval_number"],
            file_name=sent["file"].name,
            content=form.content(),
        )
    except ValidationError as error:
        _refuse(form, error)
        return None


def _refuse(form: MapForm, error: ValidationError) -> None:
    """Put the refusal beside its field; what names none is about the file."""
    if not hasattr(error, "error_dict"):
        form.add_error("file", error)
        return
    for name, refusals in error.error_dict.items():
        form.add_error(name if name in form.fields else None, refusals)


def _map(request: ActorRequest, map_id: int) -> MapFile:
    maps = MapFile.objects.visible_to(request.actor)
    found = maps.select_related("region", "uploaded_by", "confirmed_by").filter(pk=map_id).first()
    if found is None:
        raise Http404("没有这份地图；请从地图列表里选择。")
    return found
