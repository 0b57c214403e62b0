"""A statistical table that is filed with the statistics office, for tests."""

from __future__ import annotations

from datetime import date

from targets.models import TabulationFiling

FIRST, LAST = date(2016, 1, 1), date(2017, 12, 31)


def make_filed_table(
    table: str = "institutions", *, starts_on: date = FIRST, ends_on: date = LAST
) -> TabulationFiling:
    """The table bears its head up to the end of 2017."""
    return TabulationFiling.objects.create(
        table=table,
        number="测卫老统1表",
        issuer="测试市卫生健康委员会",
        approval="测统制〔2016〕8号",
        starts_on=starts_on,
        ends_on=ends_on,
    )
