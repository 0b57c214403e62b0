"""Through a real run: findings stored with it, coverage at the limit, figures above one."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext

from contracts.tests.factories import make_person, make_signup, make_team
from institutions.models import Region, RegionLevel
from institutions.tests.factories import (
    make_beds,
    make_elderly,
    make_filing,
    make_health,
    make_licence,
    make_occupancy,
    make_population,
    make_region,
)
from targets.explain.coverage import coverage_of, oldest_report
from targets.indicators.calculation import Judgement, Reason, Verdict
from targets.indicators.catalogue import BY_KEY
from targets.indicators.measure import tree_on
from targets.models import IndicatorRun, IndicatorSnapshot, QualityFinding, Target
from targets.quality.catalogue import BY_ID, CHECKS
from targets.quality.measure import finding_jobs, rows_within, stored_findings
from targets.results import target_lines
from targets.snapshots import take_snapshot, tree_of
from targets.tests.factories import DAY, City, make_city
from targets.tests.page_scene import make_policy, make_target
from yiyang.access.roles import Role
from yiyang.access.scope import Actor, known_actor

BEDS = ("BD20", "city_sum")


@pytest.fixture
def lasting_city(transactional_db: None) -> City:
    """A city whose rows are committed, as a run of its own transactions needs."""
    return make_city()


def anyone() -> Actor:
    return known_actor(1, Role.CITY_HEALTH_CLERK.value, DAY)


def lapse(region: Region, number: int) -> None:
    """Operating hospitals whose licence ran out yesterday."""
    for _ in range(number):
        make_licence(make_health(region), ends_on=DAY - timedelta(days=1))


def found_in(run: IndicatorRun, check_id: str, region: Region) -> int:
    return stored_findings(run, tree_of(run), [region.pk], anyone())[check_id][region.pk]


def test_a_run_stores_what_the_lists_show(lasting_city: City) -> None:
    city = lasting_city
    lapse(city.east_community, 2)
    lapse(city.west, 1)
    run = take_snapshot(as_of=DAY)
    tree = tree_of(run)
    for region in city.regions:
        for check in CHECKS:
            listed = rows_within(check, run, tree, region.pk).count()
            assert found_in(run, check.id, region) == listed
    counts = [found_in(run, "licence_expired", r) for r in (city.city, city.east, city.west)]
    assert counts == [3, 2, 1]


def test_every_check_leaves_a_trace_even_when_it_found_nothing(lasting_city: City) -> None:
    run = take_snapshot(as_of=DAY)
    stored = QualityFinding.objects.filter(run=run, region=lasting_city.city)
    assert set(stored.values_list("check_id", flat=True)) == set(BY_ID)


def test_a_row_outside_the_tree_is_charged_to_the_city(lasting_city: City) -> None:
    city = lasting_city
    gone = make_region(
        "撤并", RegionLevel.COMMUNITY, city.east_street, ends_on=DAY - timedelta(days=1)
    )
    lapse(gone, 1)
    run = take_snapshot(as_of=DAY)
    assert found_in(run, "licence_expired", city.city) == 1
    assert found_in(run, "institution_outside_tree", city.city) == 1
    assert found_in(run, "licence_expired", city.east) == 0


def test_a_preview_of_a_district_makes_no_checks(lasting_city: City) -> None:
    lapse(lasting_city.east_community, 1)
    run = take_snapshot(as_of=DAY, region=lasting_city.east)
    assert run.is_preview
    assert not QualityFinding.objects.filter(run=run).exists()


def test_a_correction_is_a_new_run_with_its_own_findings(lasting_city: City) -> None:
    first = take_snapshot(as_of=DAY)
    lapse(lasting_city.east, 1)
    second = take_snapshot(as_of=DAY, reason="补登证照")
    counts = [found_in(run, "licence_expired", lasting_city.city) for run in (first, second)]
    assert counts == [0, 1]


def test_findings_are_only_ever_added(lasting_city: City) -> None:
    run = take_snapshot(as_of=DAY)
    findings = QualityFinding.objects.filter(run=run)
    with pytest.raises(ProgrammingError), transaction.atomic():
        findings.update(found=0)
    with pytest.raises((ProgrammingError, IntegrityError)), transaction.atomic():
        findings.delete()


def test_a_numerator_above_its_denominator_is_found_in_the_runs_own_figures(
    lasting_city: City,
) -> None:
    city = lasting_city
    team = make_team(make_health(city.east_community), city.east_community)
    for group in ("AGED_60", "AGED_65", "KEY", "TOTAL"):
        make_population(city.city, group, 1)
    take_snapshot(as_of=DAY)
    for _ in range(2):
        make_signup(make_person(city.east_community), team)
    run = take_snapshot(as_of=DAY, reason="补登签约")
    found = rows_within(BY_ID["figure_over_one"], run, tree_of(run), city.city.pk)
    above = {
        (s.indicator, s.reading, s.region_id)
        for s in IndicatorSnapshot.objects.filter(run=run)
        if s.denominator is not None and (s.numerator or 0) > s.denominator
    }
    assert {(s.indicator, s.reading, s.region_id) for s in found} == above
    assert above
    assert found_in(run, "figure_over_one", city.city) == len(above)


def test_the_checks_cost_the_same_for_three_regions_and_forty(city: City) -> None:
    run = IndicatorRun(as_of=DAY, region=city.city, is_preview=False, pk=1)

    def queries() -> int:
        tree = tree_on(DAY, city.city.pk)
        with CaptureQueriesContext(connection) as captured:
            for job in finding_jobs(run, tree):
                job()
        return len(captured)

    few = queries()
    for _ in range(40):
        lapse(make_region("新社区", RegionLevel.COMMUNITY, city.east_street), 1)
    assert queries() == few == len([check for check in CHECKS if not check.run])


def homes(region: Region, total: int, reporting: int) -> None:
    """Filed homes of 10 beds, of which some reported 5 nursing beds on 1 December."""
    for number in range(total):
        home = make_elderly(region)
        make_filing(home, 10)
        if number < reporting:
            make_beds(home, date(2017, 12, 1), 10, nursing=5)


def beds_target(city: City) -> Target:
    target = make_target(make_policy(city.city), city.city, BEDS[0], 1)
    target.judged_reading, target.threshold = BEDS[1], "0.3"
    target.save()
    return Target.objects.get(pk=target.pk)


@pytest.mark.parametrize(
    ("total", "reporting", "judged", "coverage"),
    [
        (20, 20, Judgement(Verdict.MET), "20/20（100.00%）"),
        (20, 18, Judgement(Verdict.MET), "18/20（90.00%）"),
        (19, 17, Judgement(Verdict.NOT_JUDGED, Reason.THIN), "17/19（89.47%）"),
        (99, 89, Judgement(Verdict.NOT_JUDGED, Reason.THIN), "89/99（89.90%）"),
    ],
)
def test_below_nine_tenths_reported_there_is_no_verdict(
    lasting_city: City, total: int, reporting: int, judged: Judgement, coverage: str
) -> None:
    city = lasting_city
    homes(city.east_community, total, reporting)
    target = beds_target(city)
    run = take_snapshot(as_of=DAY)
    line = next(line for line in target_lines(run, [city.city], [target]) if line.is_judged)
    assert line.judgement == judged
    shown = coverage_of(run, tree_of(run), city.city.pk, BY_KEY[BEDS])
    assert shown is not None
    assert (shown.text, shown.oldest_on) == (coverage, date(2017, 12, 1))
    assert shown.is_thin == (judged.reason is Reason.THIN)


def oldest(city: City, code: str, reading: str) -> date | None:
    tree = tree_on(DAY, city.city.pk)
    return oldest_report(BY_KEY[code, reading], day=DAY, region=city.city.pk, tree=tree)


def test_the_oldest_report_used_is_named(city: City) -> None:
    assert oldest(city, *BEDS) is None
    for counted_on in (date(2017, 10, 1), date(2017, 11, 1), date(2017, 9, 29)):
        home = make_elderly(city.east_community)
        make_filing(home, 10)
        make_beds(home, counted_on, 10)
        make_occupancy(home, date(2017, 11, 30), 4)
    suspended = make_elderly(city.west_community, status="SUSPENDED")
    make_filing(suspended, 10)
    make_beds(suspended, date(2017, 9, 30), 10)
    # 9 月 29 日距 12 月 31 日 93 天，已按缺报；9 月 30 日那家停业，不在其中。
    assert oldest(city, *BEDS) == date(2017, 10, 1)


def test_a_figure_of_registrations_alone_has_no_report_day(city: City) -> None:
    make_licence(make_health(city.east_community))
    assert oldest(city, "GC17", "standard") is None


def test_the_day_of_the_head_count_is_the_one_used(city: City) -> None:
    make_population(city.city, "AGED_65", 9, date(2014, 12, 31))
    make_population(city.city, "AGED_65", 9, date(2016, 12, 31))
    make_population(city.east, "AGED_65", 9, date(2010, 12, 31))
    readings = [key for key in BY_KEY if key[0].startswith("FD") and "65" in key[1]]
    assert readings
    assert {oldest(city, *key) for key in readings} == {date(2016, 12, 31)}
