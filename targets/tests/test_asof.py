"""A past day both ways: what the run knew gives its very figures, what came later is told apart."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from contracts.models import Person
from contracts.tests.factories import make_person, make_signup, make_team
from institutions.models import GreenChannel
from institutions.tests.factories import (
    make_channel,
    make_health,
    make_licence,
    make_population,
)
from targets.indicators.catalogue import BY_KEY, CATALOGUE
from targets.indicators.measure import measure, tree_on
from targets.past.asof import as_known, disagreements
from targets.past.known import register_models
from targets.snapshots import take_snapshot
from targets.tests.factories import DAY, City, make_city
from targets.tests.registers import VOIDED_AT, change_register, fill_register
from targets.tests.runs import run_on

LATER = date(2018, 4, 30)
GC17 = BY_KEY["GC17", "standard"]
FD17_65 = BY_KEY["FD17", "aged_65_plus"]


@pytest.mark.parametrize("seed", [1, 5])
def test_every_stored_figure_comes_back_after_later_corrections(city: City, seed: int) -> None:
    fill_register(city, seed)
    run = run_on(DAY, city.city, CATALOGUE)
    change_register(city, seed, between=(DAY, LATER))
    change_register(city, seed + 1, between=(DAY, LATER))
    assert run.snapshots.count() == len(CATALOGUE) * len(city.regions)
    assert disagreements(run) == []


@pytest.mark.parametrize("seed", [1, 5])
def test_the_corrections_lead_from_what_was_known_then_to_now(city: City, seed: int) -> None:
    fill_register(city, seed)
    records = [BY_KEY[key] for key in (GC17.key, FD17_65.key, ("BD20", "city_sum"))]
    run = run_on(DAY, city.city, records)
    change_register(city, seed, between=(DAY, LATER))
    now = measure(records, day=DAY, tree=tree_on(DAY, city.city.pk))
    for record in records:
        known = as_known(run, record.key, city.city)
        assert known.agrees
        assert known.now == now[record.key][city.city.pk]
        for side, part in known.corrections.items():
            old, new = getattr(known.then, side), getattr(known.now, side)
            if old is not None and new is not None:
                assert part.change == new - old


@pytest.mark.django_db(transaction=True)
def test_a_night_taken_in_earnest_comes_back_after_a_correction() -> None:
    city = make_city()
    hospital = make_health(city.east_community)
    make_licence(hospital)
    make_channel(hospital)
    run = take_snapshot(as_of=DAY)
    GreenChannel.objects.update(voided_at=VOIDED_AT, void_reason="录错")
    assert disagreements(run) == []
    known = as_known(run, GC17.key, city.city)
    assert (known.stored.numerator, known.then.numerator, known.now.numerator) == (1, 1, 0)


def test_a_correction_is_listed_with_what_became_of_the_record(city: City) -> None:
    hospital = make_health(city.east_community)
    make_licence(hospital)
    make_channel(hospital)
    run = run_on(DAY, city.city, [GC17])
    GreenChannel.objects.update(voided_at=VOIDED_AT, void_reason="录错")
    part = as_known(run, GC17.key, city.city).corrections["numerator"]
    (only,) = part.moved
    found = only.difference
    assert (found.key, found.before, found.after) == (str(hospital.pk), 1, 0)
    assert (found.outcome_before, found.outcome_after) == ("counted", "not_counted")


def test_a_record_left_out_for_another_reason_is_a_correction_that_adds_nothing(
    city: City,
) -> None:
    hospital = make_health(city.east_community)
    run = run_on(DAY, city.city, [GC17])
    hospital.profiles.update(status="SUSPENDED")
    corrections = as_known(run, GC17.key, city.city).corrections
    assert (corrections["numerator"].records, corrections["numerator"].change) == (1, 0)
    assert (corrections["denominator"].records, corrections["denominator"].change) == (1, -1)


def test_what_happens_after_the_day_is_no_correction_of_it(city: City) -> None:
    hospital = make_health(city.east_community)
    make_licence(hospital)
    run = run_on(DAY, city.city, [GC17])
    make_channel(hospital, starts_on=date(2018, 1, 1))
    known = as_known(run, GC17.key, city.city)
    assert known.now == known.stored
    assert [part.records for part in known.corrections.values()] == [0, 0]


def test_a_day_is_measured_by_the_definition_of_then_and_of_today(city: City) -> None:
    clinic = make_health(city.east_community, "D211")
    make_licence(clinic)
    wider = replace(GC17, formula=BY_KEY["GC17", "with_clinics"].formula)
    run = run_on(DAY, city.city, [wider])
    known = as_known(run, GC17.key, city.city)
    assert known.then.denominator == known.now.denominator == 1
    assert known.by_today is not None
    assert known.by_today.denominator == 0
    assert as_known(run_on(DAY, city.city, [GC17]), GC17.key, city.city).by_today is None


def test_a_death_learnt_later_corrects_the_past_as_a_count(city: City) -> None:
    team = make_team(make_health(city.east_community, "B100"))
    person = make_person(city.east_community)
    make_signup(person, team)
    make_population(city.city, "AGED_65", 10)
    run = run_on(DAY, city.city, [FD17_65])
    Person.objects.update(died_on=date(2017, 3, 1))
    known = as_known(run, FD17_65.key, city.city)
    assert (known.stored.numerator, known.now.numerator) == (1, 0)
    (only,) = known.corrections["numerator"].moved
    assert (only.difference.key, only.difference.outcome_after) == ("", "死亡")


def test_every_register_the_catalogue_reads_is_in_the_log(city: City) -> None:
    tables = {model._meta.db_table for model in register_models()}
    read = set()
    for record in CATALOGUE:
        for tally in (*record.numerator, *record.denominator):
            sql = str(tally.subject.rows(DAY).query)
            read |= {table for table in tables if f'"{table}"' in sql}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'yiyang_log_update'"
        )
        logged = {table for (table,) in cursor.fetchall()}
    assert read <= logged
    assert "contracts_familydoctorsignup" in read


# ── verify_run ────────────────────────────────────────────────────────────────


def verify(run_id: int) -> str:
    output = StringIO()
    call_command("verify_run", str(run_id), stdout=output)
    return output.getvalue()


def test_a_sound_run_is_verified(city: City) -> None:
    run = run_on(DAY, city.city, [GC17])
    make_health(city.east_community)
    assert verify(run.pk) == f"批次 {run.pk}（2017-12-31）的 7 个数，重算一致。\n"


def test_a_figure_that_does_not_come_back_is_reported(
    city: City, capsys: pytest.CaptureFixture[str]
) -> None:
    make_health(city.east_community)
    run = run_on(DAY, city.city, [GC17], is_honest=False)
    with pytest.raises(CommandError, match="个数与重算不符"):
        call_command("verify_run", str(run.pk))
    assert "GC17 · standard 测试市：分母存 1、重算 0" in capsys.readouterr().out


def test_a_run_that_is_not_there_is_refused(city: City) -> None:
    with pytest.raises(CommandError, match="没有已完成的批次 999999"):
        verify(999_999)
