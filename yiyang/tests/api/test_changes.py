"""The feed of changes: what is told under which number, and that it ends with our state."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext

from contracts.tests.factories import make_agreement, make_known_person
from institutions import reform
from institutions.models import Institution, InstitutionProfile, Population
from institutions.tests.factories import (
    make_beds,
    make_elderly,
    make_filing,
    make_health,
    make_population,
    make_region,
)
from targets.models import PolicyDocument
from targets.tests.factories import DAY, City, make_city
from targets.tests.page_scene import make_policy, make_target
from yiyang.changelog import touches
from yiyang.changelog.context import SYSTEM
from yiyang.changelog.sequencer import number_changes
from yiyang.dated import void
from yiyang.models import ChangeEntry, ChangeNumber
from yiyang.tests.api.callers import make_caller
from yiyang.tests.api.deeds import DEEDS, TODAY, move
from yiyang.tests.api.replicas import Replica, make_follower

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    set_today(monkeypatch, TODAY)


def set_today(monkeypatch: pytest.MonkeyPatch, day: date) -> None:
    monkeypatch.setattr("yiyang.api.authentication.day_of", lambda request: day)


@pytest.fixture
def city() -> City:
    return make_city()


@pytest.fixture
def whole(city: City) -> Replica:
    """The replica of a token of the whole city, up to the head."""
    replica = Replica(make_follower())
    replica.follow()
    return replica


@pytest.fixture
def east(city: City) -> Replica:
    """The replica of a token of the eastern district, up to the head."""
    replica = Replica(make_follower(city.east.code))
    replica.follow()
    return replica


def told(results: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(one["operation"], one["resource"]) for one in results]


def test_an_institution_registered_is_told_record_by_record(whole: Replica, city: City) -> None:
    home = make_elderly(city.east_street, name="甲院")
    make_filing(home)
    assert told(whole.follow()) == [
        ("create", "identities"),
        ("create", "profiles"),
        ("create", "licences"),
    ]
    assert whole.differences() == []


def test_what_is_voided_is_told_as_gone(whole: Replica, city: City) -> None:
    beds = make_beds(make_elderly(city.east_street), DAY, 50)
    whole.follow()
    void(by=SYSTEM, fact=beds, reason="报错")
    [gone] = whole.follow()
    assert (gone["operation"], gone["key"]) == ("tombstone", beds.pk)
    assert "document" not in gone
    assert whole.differences() == []


def test_a_corrected_record_is_told_as_it_is_now(whole: Replica, city: City) -> None:
    home = make_elderly(city.east_street, name="甲院")
    whole.follow()
    InstitutionProfile.objects.filter(institution=home).update(name="乙院")
    InstitutionProfile.objects.filter(institution=home).update(name="丙院")
    [changed] = whole.follow()
    assert changed["operation"] == "update"
    assert changed["document"]["name"] == "丙院"


def test_a_voided_institution_takes_its_profiles_along(whole: Replica, city: City) -> None:
    home = make_elderly(city.east_street)
    whole.follow()
    void(by=SYSTEM, fact=home, reason="重复登记")
    assert told(whole.follow()) == [("tombstone", "identities"), ("tombstone", "profiles")]
    assert whole.differences() == []


def test_a_target_follows_its_policy(whole: Replica, city: City) -> None:
    policy = make_policy(city.city)
    make_target(policy, city.city, "GC17", 1)
    whole.follow()
    PolicyDocument.objects.filter(pk=policy.pk).update(number="乌海政办发〔2099〕1号")
    assert told(whole.follow()) == [("update", "policies"), ("update", "targets")]
    assert whole.differences() == []


def test_numbers_have_no_gap_against_the_log(whole: Replica, city: City) -> None:
    start = whole.after
    home = make_elderly(city.east_street)
    make_known_person(city.east_community, name="欧阳兰芝", id_number="150399194003070029")
    make_beds(home, DAY, 10)
    InstitutionProfile.objects.filter(institution=home).update(name="改名")
    pages = list(whole.pages(lambda: 1))
    tables = ("institutions_institution", "institutions_institutionprofile")
    logged = ChangeEntry.objects.after_number(start).filter(
        change__table_name__in=(*tables, "institutions_bedcount")
    )
    assert [one["number"] for page in pages for one in page["results"]] == [
        entry.number for entry in logged
    ]
    assert pages[-1]["after"] == ChangeNumber.objects.highest() == number_changes()


def test_another_register_however_busy_is_leapt_over(
    whole: Replica, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(touches, "STATEMENTS_AT_ONCE", 3)
    person = make_known_person(city.east_community, name="欧阳", id_number="150399194003070029")
    for _ in range(9):
        type(person).objects.filter(pk=person.pk).update(sex="F")
        type(person).objects.filter(pk=person.pk).update(sex="M")
    make_population(city.east, "TOTAL", 1000)
    pages = list(whole.pages(lambda: 100))
    assert len(pages) > 3
    assert told([one for page in pages for one in page["results"]]) == [("create", "populations")]


def test_a_large_import_is_read_page_by_page(whole: Replica, city: City) -> None:
    rows = [
        Population(region=city.east, group="TOTAL", basis="USUAL", people=n, source="测", **at)
        for n in range(25)
        for at in ({"counted_on": DAY + timedelta(days=n)},)
    ]
    Population.objects.bulk_create(rows)
    pages = list(whole.pages(lambda: 10))
    assert [len(page["results"]) for page in pages] == [10, 10, 5]
    assert whole.differences() == []


def test_another_district_is_told_nothing_at_all(east: Replica, city: City) -> None:
    home = make_elderly(city.west_street, name="西院")
    make_filing(home)
    void(by=SYSTEM, fact=make_beds(home, DAY, 50), reason="报错")
    assert east.follow() == []
    assert east.differences() == []


def test_what_moved_away_is_gone_even_where_its_old_seat_is_corrected_too(
    east: Replica, city: City
) -> None:
    home = make_elderly(city.east_street)
    make_filing(home)
    east.follow()
    InstitutionProfile.objects.filter(institution=home).update(region=city.west_street)
    assert told(east.follow()) == [
        ("tombstone", "identities"),
        ("tombstone", "licences"),
        ("tombstone", "profiles"),
    ]
    make_filing(home, starts_on=TODAY, number="后来的", kind="ELDERLY_PERMIT")
    assert east.follow() == []
    assert east.differences() == []


def test_moving_in_is_a_create_and_moving_out_a_tombstone(east: Replica, city: City) -> None:
    home, clinic = make_elderly(city.west_street), make_health(city.west_street)
    make_filing(home)
    make_beds(home, DAY, 50)
    make_agreement(clinic, home)
    east.follow()
    move(home, city.east_street, TODAY)
    arrived = {one["resource"] for one in east.follow() if one["operation"] == "create"}
    assert arrived == {"identities", "profiles", "licences", "beds", "agreements"}
    assert east.differences() == []
    move(home, city.west_street, TODAY)
    gone = {one["resource"] for one in east.follow() if one["operation"] == "tombstone"}
    assert gone >= {"identities", "licences", "beds", "agreements"}
    assert east.differences() == []


def merge(dropped: Institution, kept: Institution) -> None:
    """What an agreed merge writes, in its order."""
    voided = {"voided_at": Now(), "void_reason": f"并入 {kept.code}"}
    dropped.licences.update(institution=kept)
    dropped.profiles.update(**voided)
    Institution.objects.filter(pk=dropped.pk).update(merged_into=kept, **voided)


def test_a_merge_says_into_whom_and_the_facts_follow(
    whole: Replica, east: Replica, city: City
) -> None:
    kept, dropped = (make_elderly(city.east_street) for _ in range(2))
    make_filing(dropped)
    for replica in (whole, east):
        replica.follow()
    merge(dropped, kept)
    for replica in (whole, east):
        [gone] = [one for one in replica.follow() if one["operation"] == "merge"]
        assert (gone["resource"], gone["key"], gone["into"]) == ("identities", dropped.pk, kept.pk)
        [filing] = replica.held["licences"].values()
        assert (filing["institution"], replica.differences()) == (kept.code, [])


def test_a_merge_into_another_district_is_a_tombstone_there(east: Replica, city: City) -> None:
    kept, dropped = make_elderly(city.west_street), make_elderly(city.east_street)
    make_filing(dropped)
    east.follow()
    merge(dropped, kept)
    assert {one["operation"] for one in east.follow()} == {"tombstone"}
    assert (east.held["licences"], east.differences()) == ({}, [])


def test_a_move_entered_ahead_is_told_on_its_day(
    east: Replica, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = make_elderly(city.west_street)
    make_filing(home)
    move(home, city.east_street, TODAY + timedelta(days=3))
    east.follow()
    assert east.held["licences"] == {}
    for days, held in ((2, 0), (3, 1), (4, 1)):
        set_today(monkeypatch, TODAY + timedelta(days=days))
        east.follow()
        assert (len(east.held["licences"]), east.differences()) == (held, [])


def test_the_last_day_of_a_seat_still_counts(
    east: Replica, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = make_elderly(city.east_street, ends_on=TODAY + timedelta(days=1))
    make_filing(home)
    east.follow()
    for days, held in ((1, 1), (2, 0)):
        set_today(monkeypatch, TODAY + timedelta(days=days))
        east.follow()
        assert (len(east.held["licences"]), east.differences()) == (held, [])


def test_a_request_from_before_midnight_does_not_swallow_the_turn(
    east: Replica, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = make_elderly(city.west_street)
    make_filing(home)
    move(home, city.east_street, TODAY + timedelta(days=1))
    east.follow()
    set_today(monkeypatch, TODAY + timedelta(days=1))
    Replica(make_follower(city.east.code)).follow()
    set_today(monkeypatch, TODAY)
    page = east.page(100)
    assert page["more"]
    set_today(monkeypatch, TODAY + timedelta(days=1))
    east.follow()
    assert len(east.held["licences"]) == 1
    assert east.differences() == []


def test_a_district_given_another_street_must_be_read_anew(east: Replica, city: City) -> None:
    make_filing(make_elderly(city.west_street))
    east.follow()
    reform.move_region(
        by=SYSTEM, region=city.west_street, parent=city.east, on=TODAY, basis="区划调整"
    )
    east.follow()
    answer = east.caller.get("changes/", {"after": east.after - 1})
    assert (answer.status_code, answer.json()["code"]) == (410, "resync_required")
    assert answer.json()["after"] == east.after == number_changes()
    assert (east.resyncs, len(east.held["licences"])) == (1, 1)
    assert east.differences() == []


def test_a_reform_elsewhere_or_a_new_street_troubles_nobody(
    east: Replica, whole: Replica, city: City
) -> None:
    other = make_region("北区", "DISTRICT", city.city)  # type: ignore[arg-type]
    reform.move_region(by=SYSTEM, region=city.west_street, parent=other, on=TODAY, basis="调整")
    make_region("新街道", "STREET", city.east)  # type: ignore[arg-type]
    for replica in (east, whole):
        replica.follow()
        assert (replica.resyncs, replica.differences()) == (0, [])


def test_a_number_past_our_log_means_that_it_was_restored(whole: Replica) -> None:
    answer = whole.caller.get("changes/", {"after": whole.after + 1})
    assert (answer.status_code, answer.json()["after"]) == (410, whole.after)


def test_many_records_of_a_seat_do_not_swell_a_page(east: Replica, city: City) -> None:
    homes = [make_elderly(city.west_street) for _ in range(4)]
    for home in homes:
        for days in range(6):
            make_beds(home, DAY + timedelta(days=days), 50)
    east.follow()
    for home in homes:
        move(home, city.east_street, TODAY)
    pages = list(east.pages(lambda: 8))
    assert max(len(page["results"]) for page in pages) <= 2 * 8 + 8
    assert east.differences() == []


def test_a_token_is_told_only_what_it_may_read(city: City) -> None:
    make_beds(make_elderly(city.east_street), DAY, 50)
    replica = Replica(make_follower(reads=("beds",)))
    assert told(replica.follow()) == [("create", "beds")]


def test_a_token_without_the_code_is_refused(city: City) -> None:
    assert make_caller(reads=["beds"]).get("changes/").status_code == 403


@pytest.mark.parametrize("query", [{"after": "-1"}, {"after": "x"}, {"limit": 0}, {"region": "1"}])
def test_a_wrong_question_is_refused(whole: Replica, query: dict[str, Any]) -> None:
    assert whole.caller.get("changes/", query).status_code == 400


def test_the_queries_of_a_page_do_not_grow_with_it(east: Replica, city: City) -> None:
    def ask(limit: int) -> int:
        with CaptureQueriesContext(connection) as seen:
            east.caller.get("changes/", {"after": start, "limit": limit})
        return len(seen)

    start = east.after
    for _ in range(12):
        home = make_elderly(city.west_street)
        make_filing(home)
        move(home, city.east_street, TODAY)
    ask(1)
    assert ask(8) == ask(1000)


def test_a_replica_followed_in_random_pages_ends_with_our_state(
    east: Replica, whole: Replica, city: City
) -> None:
    chance = random.Random(6)
    homes: list[Institution] = []
    for _ in range(2):
        for _ in range(15):
            chance.choice(DEEDS)(chance, city, homes)
        for replica in (east, whole):
            replica.follow(lambda: chance.randint(1, 30))
            assert replica.differences() == []
    for regions in ((), (city.east.code,)):
        late = Replica(make_follower(*regions))
        late.follow(lambda: chance.randint(5, 30))
        assert late.differences() == []
