"""The head of a table: one for each day, kept by the city's clerk, taken back with a reason."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from targets.models import TabulationFiling
from targets.tabulations.actions import enter_filing, void_filing
from targets.tabulations.catalogue import BY_CODE, TABULATIONS
from targets.tabulations.filings import filing_on
from targets.tests.factories import DAY, City
from targets.tests.page_scene import browse_as
from targets.tests.tabulations.filed import LAST, make_filed_table
from yiyang.access.roles import ROLES, Role
from yiyang.access.scope import Actor
from yiyang.access.tests.accounts import open_user
from yiyang.changelog.models import Change

HEAD = {"number": "测卫老统2表", "issuer": "测试市卫生健康委", "approval": "测统制〔2018〕1号"}
NEXT_DAY, NEXT_YEAR = date(2018, 1, 1), date(2018, 12, 31)
FILINGS = "/tables/institutions/filings/"


def actor(role: Role = Role.CITY_HEALTH_CLERK) -> Actor:
    return Actor(DAY, open_user(role).pk, role, ROLES[role].permissions, whole_city=True)


def enter(by: Actor, first: date, last: date, table: str = "institutions") -> None:
    enter_filing(by=by, table=BY_CODE[table], starts_on=first, ends_on=last, **HEAD)


def test_every_table_shipped_can_be_filed() -> None:
    choices = TabulationFiling._meta.get_field("table").flatchoices
    assert choices == [(one.code, one.title) for one in TABULATIONS]


@pytest.mark.django_db
def test_the_next_head_begins_the_day_after() -> None:
    make_filed_table()
    enter(actor(), NEXT_DAY, NEXT_YEAR)
    found = [filing_on(BY_CODE["institutions"], day) for day in (LAST, NEXT_DAY, NEXT_YEAR)]
    assert [one.number if one else "" for one in found] == ["测卫老统1表", *["测卫老统2表"] * 2]
    assert filing_on(BY_CODE["institutions"], date(2019, 1, 1)) is None
    assert filing_on(BY_CODE["beds"], LAST) is None


@pytest.mark.django_db
def test_two_heads_never_hold_on_one_day() -> None:
    filing, by = make_filed_table(), actor()
    with pytest.raises(ValidationError, match="已有备案"):
        enter(by, LAST, NEXT_YEAR)
    enter(by, LAST, NEXT_YEAR, table="beds")
    with pytest.raises(PermissionDenied):
        void_filing(by=actor(Role.LEADER), filing=filing, reason="文号录错")
    void_filing(by=by, filing=filing, reason="文号录错")
    enter(by, LAST, NEXT_YEAR)


@pytest.mark.django_db
@pytest.mark.parametrize("last", [date(2016, 12, 31), None])
def test_a_head_has_an_end_after_its_beginning(last: date | None) -> None:
    with pytest.raises(ValidationError):
        enter(actor(), NEXT_DAY, last)  # type: ignore[arg-type]


@pytest.mark.django_db
def test_only_the_citys_clerk_keeps_heads() -> None:
    with pytest.raises(PermissionDenied):
        enter(actor(Role.CITY_HEALTH_REVIEWER), NEXT_DAY, NEXT_YEAR)


@pytest.mark.django_db
def test_a_mistake_is_taken_back_with_a_reason_only() -> None:
    filing, by = make_filed_table(), actor()
    with pytest.raises(ValidationError, match="写明原因"):
        void_filing(by=by, filing=filing, reason=" ")
    void_filing(by=by, filing=filing, reason="文号录错")
    filing.refresh_from_db()
    assert filing.void_reason == "文号录错"
    assert Change.objects.filter(table_name="targets_tabulationfiling").exists()


def test_the_clerk_enters_a_head_on_the_page(city: City) -> None:
    browser = browse_as(Role.CITY_HEALTH_CLERK)
    sent = {**HEAD, "starts_on": "2018-01-01", "ends_on": "2018-12-31"}
    assert browser.post(FILINGS, sent).status_code == 302
    page = browser.get(FILINGS).content.decode()
    assert "测卫老统2表" in page
    again = browser.post(FILINGS, sent)
    assert again.status_code == 422
    assert "已有备案" in again.content.decode()
    empty = browser.post(FILINGS, {})
    assert empty.status_code == 422
    assert "请填写表号。" in empty.content.decode()
