"""Searching for one record to put into a form: JSON for the script, a page without it."""

from __future__ import annotations

from dataclasses import asdict

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_safe

from institutions.pickers import LONGEST_SOUGHT, Choices, find_institutions, find_regions
from yiyang.access.decorators import requires
from yiyang.access.http import ActorRequest
from yiyang.access.roles import Permission

SIDES = {"health": "医疗卫生机构", "elderly": "养老服务机构"}
FIELD_NAME_LENGTH = 40


@require_safe
@requires(Permission.VIEW_INSTITUTIONS)
def institution_picker(request: ActorRequest) -> HttpResponse:
    """At most 20 institutions by name, initials or code, of one side if asked."""
    side = request.GET.get("side", "")
    side = side if side in SIDES else ""
    found = find_institutions(request.actor, sought(request), side)
    return answer(request, found, SIDES.get(side, "机构"))


@require_safe
@requires(Permission.VIEW_INSTITUTIONS)
def region_picker(request: ActorRequest) -> HttpResponse:
    """At most 20 regions the actor may enter records for."""
    return answer(request, find_regions(request.actor, sought(request)), "区划")


def sought(request: ActorRequest) -> str:
    """What is searched for; NUL is no text to PostgreSQL."""
    return request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST_SOUGHT]


def answer(request: ActorRequest, found: Choices, title: str) -> HttpResponse:
    """The choices as JSON where the script asks, else as a page of radio buttons."""
    if request.GET.get("format", "") == "json":
        rows = [asdict(choice) for choice in found.rows]
        return JsonResponse({"choices": rows, "has_more": found.has_more})
    context = {
        "title": title,
        "found": found,
        "sought": sought(request),
        "side": request.GET.get("side", ""),
        "to": _own_path(request.GET.get("to", "")),
        "field": _field_name(request.GET.get("field", "")),
    }
    return render(request, "pickers/picker.html", context)


def _own_path(to: str) -> str:
    """The form to go back to; empty unless it is a page of this portal."""
    is_own = to.startswith("/") and url_has_allowed_host_and_scheme(to, allowed_hosts=None)
    return to if is_own and "?" not in to else ""


def _field_name(name: str) -> str:
    is_name = name.isascii() and name.isidentifier() and len(name) <= FIELD_NAME_LENGTH
    return name if is_name else ""
