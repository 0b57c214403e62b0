"""The documentation pages: all that the other office's developer needs, drawn from the API."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from rest_framework import serializers

from yiyang.access.http import ActorRequest
from yiyang.api.asking import LARGEST_PAGE, PAGE
from yiyang.api.errors import Refusal
from yiyang.api.resources import Resource, all_resources

OPENAPI = Path(settings.BASE_DIR) / "docs" / "openapi.yaml"
QUICK_START = Path(settings.BASE_DIR) / "static" / "api"
KEYS = {"id": "记录编号，终身不变", "uid": "全局唯一编号", "state": "状态"}
SEVERAL = (serializers.ListField, serializers.ListSerializer)
TYPES: tuple[tuple[type[serializers.Field[Any, Any, Any, Any]], str], ...] = (
    (serializers.ChoiceField, "代码"),
    (serializers.DateTimeField, "时刻"),
    (serializers.DateField, "日期"),
    (serializers.BooleanField, "真假"),
    (serializers.DecimalField, "小数（文字）"),
    (serializers.IntegerField, "整数"),
    (serializers.JSONField, "对象"),
    (serializers.Serializer, "对象"),
)


@dataclass(frozen=True, slots=True)
class ShownField:
    """One field of a resource as the page lists it."""

    name: str
    kind: str
    words: str
    values: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class ShownResource:
    resource: Resource
    fields: Sequence[ShownField]
    filters: Sequence[tuple[str, str]]


@require_safe
def docs(request: ActorRequest) -> HttpResponse:
    """How to call the API, and every resource with its fields and filters."""
    context = {
        "resources": shown_resources(),
        "python": _text("quick_start.py"),
        "shell": _text("quick_start.sh"),
        "page": PAGE,
        "largest": LARGEST_PAGE,
        "calls": settings.API_CALLS_PER_MINUTE,
        "notice_seconds": settings.WEBHOOK_SECONDS,
    }
    return render(request, "api/docs.html", context)


@require_safe
def errors(request: ActorRequest) -> HttpResponse:
    """Every code the API answers with, what it means and what to do."""
    return render(request, "api/errors.html", {"kinds": [one.value for one in Refusal]})


@require_safe
def openapi(request: ActorRequest) -> HttpResponse:
    """The description for machines, as committed in docs/openapi.yaml."""
    return HttpResponse(OPENAPI.read_bytes(), content_type="application/yaml; charset=utf-8")


@cache
def shown_resources() -> list[ShownResource]:
    return [
        ShownResource(
            one,
            [_field(name, field) for name, field in one.fields.items()],
            [(name, str(kept.label)) for name, kept in one.filterset.base_filters.items()],
        )
        for one in all_resources()
    ]


def _field(name: str, field: Any) -> ShownField:
    inner = field.child if isinstance(field, SEVERAL) else field
    kind = next((word for kind, word in TYPES if isinstance(inner, kind)), "文字")
    label = str(field.label or "")
    words = str(field.help_text or "") or KEYS.get(name) or ("" if label.isascii() else label)
    values = inner.choices.items() if isinstance(inner, serializers.ChoiceField) else ()
    several = "，可有几个" if inner is not field else ""
    return ShownField(name, kind + several, words, [(str(a), str(b)) for a, b in values if a != ""])


@cache
def _text(name: str) -> str:
    return (QUICK_START / name).read_text(encoding="utf-8")
