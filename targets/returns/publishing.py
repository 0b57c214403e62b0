"""Publishing: a period's table as an edition that stays, and the paper made of it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from targets.models import (
    CorrectionState,
    ItemKind,
    PaperKind,
    QuarterlyReturn,
    ReturnCorrection,
    ReturnEdition,
    ReturnForm,
    ReturnItem,
    ReturnLevel,
    ReturnPeriod,
    ReturnState,
)
from targets.models.returns import CHECKED
from targets.papers.archiving import archive
from targets.returns.checks import number_text
from targets.returns.effective import numbers_by_return
from targets.returns.quarters import Quarter
from yiyang.access.scope import Actor
from yiyang.lib.demo import demo_mark

INTERNAL = "内部工作表"
Content = dict[str, Any]


def publish_first(*, by: Actor, city: QuarterlyReturn, at: datetime) -> ReturnEdition:
    """The first edition, as the city's table was locked."""
    return _publish(by, city.period, None, at)


def publish_corrected(*, by: Actor, correction: ReturnCorrection, at: datetime) -> ReturnEdition:
    """The next edition, with one more correction in it; earlier ones stay as they were."""
    return _publish(by, correction.quarterly_return.period, correction, at)


def _publish(
    by: Actor, period: ReturnPeriod, correction: ReturnCorrection | None, at: datetime
) -> ReturnEdition:
    assert by.user_id is not None, "发布人已登录"
    number = period.editions.count() + 1
    content = content_of(period, number)
    edition = ReturnEdition.objects.create(
        period=period,
        number=number,
        correction=correction,
        content=content,
        published_on=by.day,
        published_by_id=by.user_id,
    )
    again = f"（第 {number} 版）" if correction else ""
    archive(
        by=by,
        kind=PaperKind.RETURN,
        key=paper_key(edition),
        region=period.region,
        title=f"{content['title']}{again}",
        first_day=date.fromisoformat(content["first_day"]),
        last_day=date.fromisoformat(content["last_day"]),
        content=content,
        at=at,
    )
    return edition


def paper_key(edition: ReturnEdition) -> str:
    """The occasion of an edition's paper."""
    return f"return-{edition.period_id}-{edition.number}"


def title_of(period: ReturnPeriod) -> str:
    return f"{period.region.name}{period.form.title}（{period}）"


def content_of(period: ReturnPeriod, number: int) -> Content:
    """The table as plain texts and integers: everything needed to print it again."""
    quarter = Quarter(period.year, period.quarter)
    returns = list(
        period.returns.exclude(level=ReturnLevel.INSTITUTION)
        .select_related("region")
        .order_by("region__code", "pk")
    )
    # 全市在前，各区按区划代码。
    returns.sort(key=lambda one: one.level != ReturnLevel.CITY)
    items = list(period.form.items.all())
    numbers = numbers_by_return(period)
    return {
        "title": title_of(period),
        "mark": demo_mark(),
        "period": str(period),
        "edition": number,
        "first_day": quarter.first_day.isoformat(),
        "last_day": quarter.last_day.isoformat(),
        "form": form_words(period.form),
        "columns": [one.region.name for one in returns],
        "rows": [_row(item, [numbers[one.pk].get(item.code) for one in returns]) for item in items],
        "missing": _missing(period),
        "runs": sorted(_runs(period)),
        "corrections": [_said(one) for one in approved_corrections(period)],
    }


def form_words(form: ReturnForm) -> Content:
    until = f"{form.valid_until}" if form.valid_until else "长期"
    return {
        "title": form.title,
        "version": form.version,
        "table_number": form.table_number,
        "issued_by": form.issued_by,
        # 没有批准文号的不是法定报表，不得看着像（rules：内部工作表）。
        "approval": form.approval_number or INTERNAL,
        "valid": f"{form.valid_from} 至 {until}",
        "note": form.note,
    }


def approved_corrections(period: ReturnPeriod) -> list[ReturnCorrection]:
    found = ReturnCorrection.objects.filter(
        quarterly_return__period=period, state=CorrectionState.APPROVED
    )
    return list(
        found.select_related("quarterly_return", "edition")
        .prefetch_related("lines__item")
        .order_by("decided_on", "pk")
    )


def _row(item: ReturnItem, numbers: list[Decimal | None]) -> Content:
    return {
        "code": item.code,
        "label": item.label,
        "unit": item.get_unit_display(),
        "kind": str(ItemKind(item.kind).label),
        "is_part": bool(item.part_of),
        "is_percent": item.is_percent,
        "numbers": [number_text(one, item.unit) or None for one in numbers],
    }


def _missing(period: ReturnPeriod) -> list[str]:
    """Institutions that did not report, as a count by district."""
    rows = period.returns.filter(level=ReturnLevel.INSTITUTION).select_related("region")
    asked: dict[str, list[bool]] = {}
    for one in rows.order_by("region__code", "pk"):
        asked.setdefault(one.region.name, []).append(ReturnState(one.state) in CHECKED)
    return [
        f"{name}应报机构 {len(said)} 家，缺报 {said.count(False)} 家"
        for name, said in asked.items()
        if not all(said)
    ]


def _runs(period: ReturnPeriod) -> set[int]:
    returns = period.returns.exclude(level=ReturnLevel.INSTITUTION)
    runs = returns.values_list("values__run", flat=True)
    return {run for run in runs.distinct().order_by() if run is not None}


def _said(correction: ReturnCorrection) -> Content:
    return {
        "unit": correction.quarterly_return.unit_name,
        "reason": correction.reason,
        "proposed_on": correction.proposed_on.isoformat(),
        "decided_on": correction.decided_on.isoformat() if correction.decided_on else "",
        "lines": [
            {
                "code": line.item.code,
                "label": line.item.label,
                "old": number_text(line.old, line.item.unit),
                "new": number_text(line.new, line.item.unit),
            }
            for line in correction.lines.all()
        ],
    }
