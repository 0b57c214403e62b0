"""The page of the very records a figure was counted from."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from targets.indicators.base import Indicator
from targets.indicators.catalogue import BY_KEY
from targets.models import IndicatorSnapshot
from targets.presenters import fraction_text, value_text
from targets.records import (
    Part,
    Shelf,
    counted_part,
    permission_for,
    record_page,
    total_of,
)
from targets.results import figure_of
from targets.snapshots import records_of
from targets.views.asked import Asked, asked_region, asked_run
from yiyang.access.decorators import requires
from yiyang.access.http import ActorRequest
from yiyang.access.roles import Permission

SIDES = {"numerator": "分子", "denominator": "分母"}
NOT_MEASURED = "还没有量度结果，没有可查的记录。"


@require_safe
@requires(Permission.VIEW_TARGETS)
def record_list(request: ActorRequest, code: str, reading: str) -> HttpResponse:
    """Counted, not counted, missing and excluded records of one side of one figure."""
    indicator = BY_KEY.get((code, reading))
    if indicator is None:
        raise Http404(f"没有指标 {code} 的口径 {reading}；请从“指标一览”里选择。")
    run = asked_run(request)
    if run is None:
        raise Http404(NOT_MEASURED)
    asked = asked_region(request, run)
    snapshot = _snapshot(request, asked, indicator)
    side = _choice(request, "side", tuple(SIDES))
    parts = _parts(asked, indicator, side)
    stored = snapshot.numerator if side == "numerator" else snapshot.denominator
    context = {
        "asked": asked,
        "indicator": indicator,
        "value": value_text(figure_of(snapshot), indicator),
        "fraction": fraction_text(figure_of(snapshot), indicator),
        "side": side,
        "side_title": SIDES[side],
        "sides": SIDES if indicator.denominator else {"numerator": SIDES["numerator"]},
        "stored": stored,
        "total": total_of(parts),
        "differs": bool(parts) and stored is not None and total_of(parts) != stored,
        "parts": parts,
    }
    return render(request, "targets/record_list.html", context | _list_context(request, parts))


def _list_context(request: ActorRequest, parts: list[Part]) -> dict[str, Any]:
    if not parts:
        return {}
    number = _number(request, "part")
    if number >= len(parts):
        raise Http404("没有这一类记录；请从页签里选择。")
    part = parts[number]
    shelf = Shelf(_choice(request, "outcome", tuple(Shelf)))
    may_see = request.actor.may(permission_for(part))
    page = (
        record_page(part, shelf, actor=request.actor, after=_number(request, "after"))
        if may_see
        else None
    )
    return {
        "part": part,
        "part_number": number,
        "shelf": shelf,
        "page": page,
        "is_narrowed": not request.actor.whole_city,
    }


def _snapshot(request: ActorRequest, asked: Asked, indicator: Indicator) -> IndicatorSnapshot:
    snapshot = (
        IndicatorSnapshot.objects.filter(
            run=asked.run,
            region=asked.region,
            indicator=indicator.code,
            reading=indicator.reading,
        )
        .visible_to(request.actor)
        .first()
    )
    if snapshot is None:
        raise Http404(
            f"{asked.run.as_of} 没有量度 {indicator.code}，"
            f"或 {asked.region.name} 不在您的授权范围。"
        )
    return snapshot


def _parts(asked: Asked, indicator: Indicator, side: str) -> list[Part]:
    numerator, denominator = records_of(
        indicator.key, day=asked.run.as_of, region=asked.region.pk, tree=asked.tree
    )
    chosen = numerator if side == "numerator" else denominator
    return [counted_part(record_set) for record_set in chosen]


def _choice(request: ActorRequest, name: str, allowed: tuple[str, ...]) -> str:
    value = request.GET.get(name, allowed[0])
    if value not in allowed:
        raise Http404(f"地址里的 {name}={value} 不认识；可用：{'、'.join(allowed)}。")
    return value


def _number(request: ActorRequest, name: str) -> int:
    text = request.GET.get(name, "0")
    # 上限防止超出数据库整数范围。
    if not (text.isascii() and text.isdigit()) or len(text) > 18:  # noqa: PLR2004
        raise Http404(f"地址里的 {name}={text} 应当是数字；请从页面上的链接进入。")
    return int(text)
