"""The sheets of teams and agreements on their way in, and the same again unchanged."""

from __future__ import annotations

import pytest

from contracts.tests.persons import City
from institutions.imports.pages import all_pages
from institutions.tests.batches import confirm, counts, preview, send_cells
from institutions.tests.factories import make_elderly, make_health
from yiyang.access.roles import Role
from yiyang.access.tests.accounts import open_user

SHEETS = {
    "teams": "团队编号\t团队名称\t机构编码\t成立日期\nTD-X\t一队\t{health}\t2020-01-01",
    "agreements": (
        "协议编号\t医疗机构编码\t养老机构编码\t签约方式\t生效日期\t到期日期\t签订日期\t服务内容\n"
        "X-1\t{health}\t{elderly}\t签约合作\t2025-01-01\t2026-12-31\t2024-12-20\t巡诊、康复"
    ),
}


@pytest.mark.django_db
@pytest.mark.parametrize("register", SHEETS)
def test_it_is_entered_once(register: str) -> None:
    city, clerk = City.make(), open_user(Role.CITY_HEALTH_CLERK)
    places = {"health": make_health(city.street).code, "elderly": make_elderly(city.street).code}
    cells = SHEETS[register].format(**places)
    batch = confirm(clerk, preview(clerk, send_cells(clerk, register, cells)))
    assert (batch.message, counts(batch)) == ("", (1, 0, 0, 0))
    again = preview(clerk, send_cells(clerk, register, cells))
    assert counts(again) == (0, 0, 1, 0)
    assert not [fault for line in all_pages(again) for fault in line.faults]
