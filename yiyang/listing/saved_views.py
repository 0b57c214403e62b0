"""The pages of saved filters: keep one from a list, and look after one's own."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from yiyang.access.decorators import FORBIDDEN
from yiyang.access.http import ActorRequest
from yiyang.listing.forms import NewSavedFilterForm, SavedFilterForm
from yiyang.listing.models import SavedFilter
from yiyang.listing.places import place_of, places
from yiyang.listing.register import Place
from yiyang.listing.saved import change_filter, drop_filter, save_filter

NO_PLACE = "没有这份名单；请从导航里打开名单再保存。"
NO_FILTER = "没有这个常用筛选，可能已经删去；请回到“常用筛选”查看。"


@require_POST
def saved_filter_new(request: ActorRequest, code: str) -> HttpResponseBase:
    """Keep what a list is narrowed to; back to that list."""
    place = _place(request, code)
    form = NewSavedFilterForm(request.POST)
    if form.is_valid():
        try:
            kept = save_filter(
                by=request.actor,
                place=place,
                name=form.cleaned_data["name"],
                query=QueryDict(form.cleaned_data["query"]),
                is_shared=form.cleaned_data["is_shared"],
            )
        except ValidationError as error:
            form.add_error("name", error.messages)
        else:
            messages.success(request, f"已保存常用筛选“{kept.name}”。")
            return redirect(f"{place.address}?{kept.query}")
    context = {"form": form, "place": place}
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    return render(request, "listing/saved_filter_new.html", context, status=status)


@require_safe
def saved_filter_list(request: ActorRequest) -> HttpResponse:
    """One's own filters, to rename, share or throw away."""
    return _own_page(request)


@require_POST
def saved_filter_change(request: ActorRequest, filter_id: int) -> HttpResponseBase:
    """Rename, share or no longer share."""
    kept = _own(request, filter_id)
    form = SavedFilterForm(request.POST)
    if not form.is_valid():
        return _own_page(request, refused=[*form.errors["name"]])
    try:
        change_filter(by=request.actor, kept=kept, **form.cleaned_data)
    except ValidationError as error:
        return _own_page(request, refused=error.messages)
    messages.success(request, f"已改为“{kept.name}”。")
    return redirect("saved-filter-list")


@require_POST
def saved_filter_drop(request: ActorRequest, filter_id: int) -> HttpResponseBase:
    """Throw one away."""
    kept = _own(request, filter_id)
    drop_filter(by=request.actor, kept=kept)
    messages.success(request, f"已删除常用筛选“{kept.name}”；需要时可在名单上重新保存。")
    return redirect("saved-filter-list")


def _place(request: ActorRequest, code: str) -> Place:
    place = place_of(code)
    if place is None:
        raise Http404(NO_PLACE)
    if not request.actor.may(place.permission):
        raise PermissionDenied(FORBIDDEN)
    return place


def _own(request: ActorRequest, filter_id: int) -> SavedFilter:
    own = SavedFilter.objects.visible_to(request.actor).filter(owner=request.actor.user_id)
    kept = own.filter(pk=filter_id).first()
    if kept is None:
        raise Http404(NO_FILTER)
    return kept


def _own_page(request: ActorRequest, *, refused: list[str] | None = None) -> HttpResponse:
    own = SavedFilter.objects.visible_to(request.actor).filter(owner=request.actor.user_id)
    by_code = {place.code: place for place in places()}
    context = {
        "rows": [
            (by_code[kept.register], kept)
            for kept in own.order_by("register", "name")
            if kept.register in by_code
        ],
        "refused": refused,
    }
    status = HTTPStatus.OK if refused is None else HTTPStatus.UNPROCESSABLE_ENTITY
    return render(request, "listing/saved_filter_list.html", context, status=status)
