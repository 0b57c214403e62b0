"""Whose retention is over: by death, by leaving without another service, by a void; to the day."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from contracts.models import Person, ResidenceKind, RetentionGround, SignupService
from contracts.retention import due
from contracts.tests.factories import (
    make_health_management,
    make_known_person,
    make_person,
    make_residence,
    make_sickbed,
    make_signup,
    make_team,
)
from institutions.models import Institution, Region, RegionLevel
from institutions.tests.factories import LONG_AGO, make_institution, make_region

pytestmark = pytest.mark.django_db
LEFT_ON = date(2017, 3, 1)
OVER = date(2022, 3, 1)
LATER = date(2017, 3, 2)


@pytest.fixture(autouse=True)
def five_years(settings: Settings) -> None:
    settings.RETENTION_YEARS_AFTER_DEATH = 3
    settings.RETENTION_YEARS_AFTER_LEAVING = 5


@pytest.fixture
def street() -> Region:
    return make_region("甲街道", RegionLevel.STREET)


@pytest.fixture
def leaver(street: Region) -> Person:
    """A person who lived here until the day they left the city."""
    person = make_known_person()
    make_residence(person, street, ends_on=date(2017, 2, 28))
    make_residence(person, street, kind=ResidenceKind.LEFT, starts_on=LEFT_ON)
    return person


def due_on(day: date) -> dict[int, str]:
    return {one.person_id: one.ground for one in due(day)}


@pytest.mark.parametrize(
    ("died_on", "day", "is_due"),
    [
        (date(2017, 3, 1), date(2020, 2, 29), False),
        (date(2017, 3, 1), date(2020, 3, 1), True),
        (date(2016, 2, 29), date(2019, 2, 28), False),
        (date(2016, 2, 29), date(2019, 3, 1), True),
    ],
)
def test_death_counts_to_the_day(died_on: date, day: date, is_due: bool) -> None:
    person = make_known_person(died_on=died_on)
    expected = {person.pk: RetentionGround.DEATH} if is_due else {}
    assert due_on(day) == expected


def test_leaving_counts_to_the_day(leaver: Person) -> None:
    assert due_on(date(2022, 2, 28)) == {}
    assert due_on(OVER) == {leaver.pk: RetentionGround.LEFT}


def test_whoever_lives_here_is_never_due(street: Region) -> None:
    make_residence(make_known_person(), street)
    registered = make_known_person()
    make_residence(registered, street, kind=ResidenceKind.REGISTERED)
    assert due_on(date(2090, 1, 1)) == {}


def test_whoever_came_back_is_not_due(leaver: Person, street: Region) -> None:
    leaver.residences.filter(kind=ResidenceKind.LEFT).update(ends_on=date(2018, 1, 1))
    make_residence(leaver, street, starts_on=date(2018, 1, 2))
    assert due_on(OVER) == {}


def contact(kind: str, person: Person, institution: Institution, voided: dict[str, Any]) -> None:
    """Serve somebody once more after they left."""
    team = make_team(institution)
    year = {"year": 2017, "record_on": None, "guided_on": None, "form_completed_on": None}
    match kind:
        case "signup":
            make_signup(person, team, **voided)
        case "renewing":
            make_signup(person, team, expires_on=date(2017, 12, 31), auto_renews=True, **voided)
        case "service":
            over = make_signup(person, team, starts_on=LONG_AGO, expires_on=date(2016, 12, 31))
            SignupService.objects.create(signup=over, served_on=LATER, kind="随访", **voided)
        case "exam":
            make_health_management(person, institution, **year, exam_on=LATER, **voided)
        case "sickbed":
            make_sickbed(person, institution, ends_on=LATER, **voided)


@pytest.mark.parametrize("kind", ["signup", "renewing", "service", "exam", "sickbed"])
def test_a_later_service_puts_it_off_and_a_voided_one_does_not(leaver: Person, kind: str) -> None:
    contact(kind, leaver, make_institution(), {})
    assert due_on(OVER) == {}
    for rows in (leaver.signups, leaver.health_managements, leaver.home_sickbeds):
        rows.update(voided_at=datetime(2018, 1, 1, tzinfo=UTC), void_reason="录错")
    SignupService.objects.update(voided_at=datetime(2018, 1, 1, tzinfo=UTC), void_reason="录错")
    assert due_on(OVER) == {leaver.pk: RetentionGround.LEFT}


def test_a_voided_record_is_kept_as_long_as_a_leavers() -> None:
    at = datetime(2017, 3, 1, 12, tzinfo=UTC)
    person = make_known_person(voided_at=at, void_reason="录错")
    assert due_on(date(2022, 2, 28)) == {}
    assert due_on(OVER) == {person.pk: RetentionGround.VOIDED}


def test_a_duplicate_goes_with_the_record_it_duplicates() -> None:
    original = make_known_person(died_on=date(2017, 3, 1))
    twin = make_known_person(duplicate_of=original)
    make_known_person(duplicate_of=make_known_person(), died_on=date(2000, 1, 1))
    assert due_on(OVER) == {
        original.pk: RetentionGround.DEATH,
        twin.pk: RetentionGround.DUPLICATE,
    }


def test_nobody_without_a_key_is_due() -> None:
    make_person(died_on=date(2000, 1, 1))
    assert due_on(OVER) == {}


@pytest.mark.parametrize(
    "setting", ["RETENTION_YEARS_AFTER_DEATH", "RETENTION_YEARS_AFTER_LEAVING"]
)
def test_less_than_a_year_is_refused(settings: Settings, setting: str) -> None:
    setattr(settings, setting, 0)
    with pytest.raises(ImproperlyConfigured, match=setting):
        due(OVER)
