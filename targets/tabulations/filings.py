"""The head of a statistical table: its filing on the day, else that it is internal."""

from __future__ import annotations

from datetime import date

from targets.models import TabulationFiling
from targets.tabulations.catalogue import Tabulation
from targets.tabulations.grid import INTERNAL


def filing_on(table: Tabulation, day: date) -> TabulationFiling | None:
    """The filing that holds on the day."""
    return TabulationFiling.objects.on(day).filter(table=table.code).first()


def filing_lines(table: Tabulation, day: date) -> list[str]:
    """What stands at the top right of the table measured on the day (统计法)."""
    filing = filing_on(table, day)
    if filing is None:
        return [INTERNAL]
    end = filing.ends_on
    assert end is not None, "数据库约束保证有有效期限"
    return [
        f"表　　号：{filing.number}",
        f"制定机关：{filing.issuer}",
        f"批准文号：{filing.approval}",
        f"有效期至：{end.year}年{end.month}月{end.day}日",
    ]
