"""The catalogue and the archive: what each reader finds there."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from targets.models import PaperKind
from targets.papers.catalogue import catalogue_for
from targets.papers.forms import kinds_printed
from targets.papers.reader import paper_reader
from targets.tests.factories import City
from targets.tests.nightly.report_scene import TODAY, Reported, make_reported
from targets.tests.page_scene import browse_as
from yiyang.access.roles import Role


@pytest.fixture
def reported(city: City) -> Reported:
    made = make_reported(city)
    made.reports([PaperKind.NIGHTLY, PaperKind.MONTHLY])
    return made


def test_every_kind_of_paper_is_in_the_catalogue_with_its_newest(reported: Reported) -> None:
    entries = {entry.kind: entry for entry in catalogue_for(paper_reader(TODAY))}
    assert list(entries) == kinds_printed()
    assert (entries[PaperKind.NIGHTLY].count, entries[PaperKind.WEEKLY].count) == (3, 0)
    assert all(entry.about and entry.occasion and entry.files for entry in entries.values())


def test_the_catalogue_counts_only_what_the_reader_may_open(reported: Reported) -> None:
    east = browse_as(Role.DISTRICT_CIVIL_AFFAIRS_CLERK, reported.scene.city.east)
    page = east.get("/papers/catalogue/").content.decode()
    assert "东区医养结合指标日报" in page
    assert "西区医养结合指标日报" not in page
    assert "测试市医养结合指标日报" not in page


def test_the_catalogue_asks_twice_however_many_papers(reported: Reported) -> None:
    with CaptureQueriesContext(connection) as asked:
        catalogue_for(paper_reader(TODAY))
    assert len(asked) == 2


def test_the_archive_is_searched_by_words_kind_region_and_day(reported: Reported) -> None:
    browser = browse_as(Role.LEADER)

    def listed(query: str) -> set[str]:
        page = browser.get(f"/papers/?{query}").content.decode()
        return {name for name in ("测试市", "东区", "西区") if f"{name}医养结合指标" in page}

    assert listed("q=东区") == {"东区"}
    assert listed("q=季度") == set()
    assert listed("kind=MONTHLY") == {"测试市", "东区", "西区"}
    assert listed(f"region={reported.scene.city.west.code}") == {"西区"}
    assert listed("first=2020-12-01") == set()
    assert listed("first=2020-11-30&last=2020-11-30") == {"测试市", "东区", "西区"}
    page = browser.get("/papers/?kind=MONTHLY").content.decode()
    assert "指标月报" in page
    assert "指标日报" not in page


def test_a_kind_switched_off_says_so(reported: Reported, settings: Settings) -> None:
    settings.REPORT_SCHEDULES = {"NIGHTLY": 7}
    entries = {entry.kind: entry for entry in catalogue_for(paper_reader(TODAY))}
    assert "7 点" in entries[PaperKind.NIGHTLY].occasion
    assert "没有列入" in entries[PaperKind.WEEKLY].occasion
