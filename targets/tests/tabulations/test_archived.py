"""An archived table prints as it was made, whatever changes afterwards."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from targets.models import Paper, PaperKind
from targets.tabulations.actions import archive_table
from targets.tabulations.catalogue import BY_CODE
from targets.tests.factories import DAY, City
from targets.tests.page_scene import browse_as
from targets.tests.tabulations.filed import make_filed_table
from targets.tests.tabulations.fixed import cells_of, store_given
from yiyang.access.roles import ROLES, Role
from yiyang.access.scope import Actor
from yiyang.changelog.context import SYSTEM
from yiyang.dated import void

ARCHIVE = "/tables/institutions/archive/?as_of=2017-12-31"


def test_what_is_archived_prints_the_same_later(city: City) -> None:
    filing = make_filed_table()
    store_given(city, DAY)
    browser = browse_as(Role.CITY_HEALTH_CLERK)
    live = cells_of(browser.get("/tables/institutions/table.xlsx").content)
    address = browser.post(ARCHIVE).headers["Location"]
    before = browser.get(f"{address}paper.xlsx").content

    void(by=SYSTEM, fact=filing, reason="备案撤回")
    make_filed_table()
    store_given(city, DAY, {})

    assert cells_of(before) == live
    assert cells_of(browser.get(f"{address}paper.xlsx").content) == live
    page = browser.get(address).content.decode()
    assert "测卫老统1表" in page
    assert "核对相符" in page


def test_the_very_same_table_is_kept_once(city: City) -> None:
    store_given(city, DAY)
    browser = browse_as(Role.CITY_HEALTH_CLERK)
    first = browser.post(ARCHIVE).headers["Location"]
    assert browser.post(ARCHIVE).headers["Location"] == first
    [paper] = Paper.objects.filter(kind=PaperKind.TABLE)
    assert paper.title == "测试市医养结合机构情况表（截至2017年12月31日）"
    assert (paper.first_day, paper.last_day) == (DAY, DAY)


def test_a_district_archives_its_own(city: City) -> None:
    store_given(city, DAY)
    browser = browse_as(Role.DISTRICT_HEALTH_CLERK, city.east)
    assert browser.post(ARCHIVE).status_code == 302
    [paper] = Paper.objects.filter(kind=PaperKind.TABLE)
    assert paper.region == city.east
    other = browse_as(Role.DISTRICT_HEALTH_REVIEWER, city.west)
    assert other.get(f"/papers/{paper.uid}/").status_code == 404


def test_the_action_keeps_a_table_for_those_who_answer_for_it_alone(city: City) -> None:
    run, table = store_given(city, DAY), BY_CODE["institutions"]
    for role in (Role.LEADER, Role.CITY_CIVIL_AFFAIRS_CLERK, Role.SYSTEM_ADMIN):
        by = Actor(DAY, 1, role, ROLES[role].permissions, whole_city=True)
        with pytest.raises(PermissionDenied):
            archive_table(
                by=by, table=table, run=run, region=city.city, content={}, at=timezone.now()
            )
    assert not Paper.objects.exists()


def test_a_leader_reads_and_takes_but_archives_nothing(city: City) -> None:
    store_given(city, DAY)
    browser = browse_as(Role.LEADER)
    assert browser.get("/tables/institutions/table.xlsx").status_code == 200
    page = browser.get("/tables/institutions/").content.decode()
    assert "归档这张表" not in page
    assert browser.post(ARCHIVE).status_code == 403
    assert not Paper.objects.filter(kind=PaperKind.TABLE).exists()


def test_no_run_no_table(city: City) -> None:
    browser = browse_as(Role.LEADER)
    assert browser.get("/tables/").status_code == 200
    assert browser.get("/tables/institutions/").status_code == 404
    assert browser.get("/tables/atlantis/").status_code == 404
