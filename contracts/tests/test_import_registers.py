"""The sheets of teams and agreements on their way in, and the same again unchanged."""

from __future__ import annotations

from datetime import date

import pytest

from contracts.tests.factories import make_agreement
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


STOPPING = "机构编码\t名称\t区划代码\t起始日期\t状态\t养老服务机构类型\t性质\n" + "\t".join(
    ("{code}", "长青老年公寓", "{region}", "2025-06-01", "{status}", "老年公寓", "")
)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("status", "expires_on", "refused"),
    [
        ("停业", None, True),
        ("注销", date(2025, 6, 1), True),
        ("暂停执业", date(2025, 12, 31), True),
        ("停业", date(2025, 5, 31), False),
        ("正常", None, False),
    ],
)
def test_a_sheet_stops_no_institution_with_agreements_unsettled(
    status: str, expires_on: date | None, refused: bool
) -> None:
    city, clerk = City.make(), open_user(Role.CITY_CIVIL_AFFAIRS_CLERK)
    home = make_elderly(city.street, "APARTMENT", name="长青老年公寓")
    make_agreement(make_health(city.street), home, expires_on=expires_on)
    cells = STOPPING.format(code=home.code, region=city.street.code, status=status)
    batch = preview(clerk, send_cells(clerk, "institutions", cells))
    faults = [fault for line in all_pages(batch) for fault in line.faults]
    told = f"“状态”名下的协议还有 1 份：{status}请先在机构页用“停业、注销与恢复”办理"
    assert [fault.cell for fault in faults] == ["status"] * refused
    assert all(str(fault).startswith(told) for fault in faults)
    assert counts(batch)[3] == refused
