"""The oracle's answers about persons: sign-ups, health management and care at home."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from targets.tests.oracle import MEDICAL, PRIMARY, Oracle, age, holds
from targets.tests.oracle_homes import reported_homes
from targets.tests.oracle_rows import (
    COUNTED,
    MISSING,
    NOT,
    OUT,
    Answer,
    Key,
    Row,
    Rows,
    added,
    summed,
)


def family_doctors(oracle: Oracle, region: int) -> dict[Key, Answer]:
    def bottom(group: str) -> int | None:
        return oracle.population(region, group, oracle.day)

    def told(who: Callable[[Any], bool], group: str, under_60: str = "") -> Answer:
        named = summed(oracle, signup_rows(oracle, who), region, bottom(group))
        if not under_60:
            return named
        return added(named, summed(oracle, street_rows(oracle, under_60), region))

    readings = {
        "aged_65_plus": told(lambda p: age(p.born_on, oracle.day) >= 65, "AGED_65"),
        "key_population": told(oracle.is_key, "KEY", "KEY_UNDER_60"),
        "all_residents": told(lambda _: True, "TOTAL", "UNDER_60"),
    }
    return {
        (code, reading): answer for code in ("FD17", "FD20") for reading, answer in readings.items()
    }


def signup_rows(oracle: Oracle, who: Callable[[Any], bool]) -> Rows:
    for signup in oracle.all.signups:
        person = oracle.all.persons[signup.person_id]
        stay = oracle.residence(person.pk, oracle.day)
        if signup.starts_on > oracle.day or stay is None or not who(person):
            continue
        if age(person.born_on, oracle.day) < 60:
            continue
        if oracle.signed_up(signup):
            yield Row(stay.region_id, OUT if oracle.is_out(person, stay) else COUNTED)
        elif just_ended(oracle, signup):
            yield Row(stay.region_id, OUT)


def just_ended(oracle: Oracle, signup: Any) -> bool:
    """Ended within the year before and not followed by another."""
    followed = any(
        other.person_id == signup.person_id and signup.starts_on < other.starts_on <= oracle.day
        for other in oracle.all.signups
    )
    if followed:
        return False
    since = oracle.day - timedelta(365)
    terminated_on: date | None = signup.terminated_on
    if terminated_on is not None and terminated_on <= oracle.day:
        return terminated_on > since
    return bool(not signup.auto_renews and since <= signup.expires_on < oracle.day)


def street_rows(oracle: Oracle, group: str) -> Rows:
    for street in oracle.all.regions:
        if street.level != "STREET" or street.pk not in oracle.parents:
            continue
        returns = [a for a in oracle.all.aggregates if (a.region_id, a.group) == (street.pk, group)]
        last = oracle.latest(returns)
        told = MISSING if last is None else COUNTED
        yield Row(street.pk, told, 0 if last is None else last.signed, must_report=True)


def health_managements(oracle: Oracle, region: int) -> dict[Key, Answer]:
    told: dict[Key, Answer] = {}
    for reading, until in (("complete_year", oracle.year_end()), ("year_to_date", oracle.day)):
        bottom = oracle.population(region, "AGED_65", until)
        answer = summed(oracle, management_rows(oracle, until), region, bottom)
        told["HM17", reading] = told["HM20", reading] = answer
    return told


def management_rows(oracle: Oracle, until: date) -> Rows:
    for management in oracle.all.managements:
        exam_on = management.exam_on
        if management.year != until.year or exam_on is None or exam_on > until:
            continue
        person = oracle.all.persons[management.person_id]
        stay = oracle.residence(person.pk, exam_on)
        if stay is None:
            continue
        twice = person.duplicate_of_id or person.voided_at
        if twice or stay.kind != "USUAL" or age(person.born_on, exam_on) < 65:
            yield Row(stay.region_id, OUT)
        else:
            done = oracle.managed(management, until)
            yield Row(stay.region_id, COUNTED if done else NOT)


def care_at_home(oracle: Oracle, region: int) -> dict[Key, Answer]:
    people = oracle.population(region, "AGED_60", oracle.day)
    in_homes = sum(
        home.occupants or 0
        for home in reported_homes(oracle)
        if home.profile.status == "OPERATING" and oracle.lies_in(home.profile.region_id, region)
    )
    bottom = None if people is None else people - in_homes
    return {
        ("HC90", "reachable"): summed(oracle, home_rows(oracle, is_reachable), region, bottom),
        ("HC90", "used"): summed(oracle, home_rows(oracle, is_served), region, bottom),
    }


def home_rows(oracle: Oracle, is_counted: Callable[[Oracle, Any], bool]) -> Rows:
    for stay in oracle.all.residences:
        person = oracle.all.persons[stay.person_id]
        if not holds(stay, oracle.day) or age(person.born_on, oracle.day) < 60:
            continue
        if oracle.is_out(person, stay) or stay.institution_id:
            yield Row(stay.region_id, OUT)
        else:
            yield Row(stay.region_id, COUNTED if is_counted(oracle, stay) else NOT)


def is_reachable(oracle: Oracle, stay: Any) -> bool:
    near = {
        area.team_id
        for area in oracle.all.areas
        if area.region_id == stay.region_id and holds(area, oracle.day)
    }
    for team in oracle.all.teams:
        provider = oracle.today.get(team.institution_id)
        if team.pk not in near or not holds(team, oracle.day) or provider is None:
            continue
        licensed = oracle.holds_licence(provider.institution_id, MEDICAL)
        if provider.status == "OPERATING" and provider.category in PRIMARY and licensed:
            return True
    return False


def is_served(oracle: Oracle, stay: Any) -> bool:
    person = stay.person_id
    signed = any(s.person_id == person and oracle.signed_up(s) for s in oracle.all.signups)
    in_bed = any(b.person_id == person and holds(b, oracle.day) for b in oracle.all.sickbeds)
    managed = any(
        m.person_id == person and m.year == oracle.day.year and oracle.managed(m, oracle.day)
        for m in oracle.all.managements
    )
    return signed or in_bed or managed


def sickbed_rows(oracle: Oracle) -> Rows:
    for bed in oracle.all.sickbeds:
        stay = oracle.residence(bed.person_id, oracle.day)
        if stay is not None and holds(bed, oracle.day):
            person = oracle.all.persons[bed.person_id]
            yield Row(stay.region_id, OUT if oracle.is_out(person, stay) else COUNTED)
