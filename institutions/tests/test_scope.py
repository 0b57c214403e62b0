"""Who sees which institutions, as the tree and the grants stood on the day."""

from datetime import date
from itertools import count

import pytest

from institutions.models import (
    ElderlyKind,
    Institution,
    InstitutionGrant,
    InstitutionProfile,
    Region,
    RegionGrant,
    RegionLevel,
    RegionPlacement,
    Status,
)
from yiyang.access.models import User
from yiyang.access.roles import Role
from yiyang.access.scope import known_actor
from yiyang.access.tests.accounts import open_user

pytestmark = pytest.mark.django_db
START, DAY = date(2016, 1, 1), date(2026, 11, 1)
codes = count(900_000_000_000)


def region(name: str, parent: Region | None = None, **placed: date) -> Region:
    made = Region.objects.create(code=str(next(codes)), name=name, level=RegionLevel.DISTRICT)
    if parent is not None:
        RegionPlacement.objects.create(
            region=made, parent=parent, **({"starts_on": START} | placed)
        )
    return made


def institution(*stays: tuple[Region, date, date | None]) -> Institution:
    made = Institution.objects.create(code=f"T-{next(codes)}")
    for place, starts_on, ends_on in stays:
        InstitutionProfile.objects.create(
            institution=made,
            name="测试养老院",
            region=place,
            status=Status.OPERATING,
            elderly_kind=next(iter(ElderlyKind)),
            starts_on=starts_on,
            ends_on=ends_on,
        )
    return made


def grant(user: User, place: Region, ends_on: date | None = None) -> User:
    RegionGrant.objects.create(user=user, region=place, starts_on=START, ends_on=ends_on)
    return user


def seen_by(user: User, day: date = DAY) -> set[Institution]:
    visible = list(Institution.objects.visible_to(known_actor(user.pk, user.role, day)))
    assert len(visible) == len(set(visible)), "一家机构出现了两次"
    return set(visible)


def test_a_district_clerk_sees_the_district_and_everything_below() -> None:
    city = region("市")
    ours, theirs = region("甲区", city), region("乙区", city)
    street = region("街道", ours)
    here, below, elsewhere = ((institution((r, START, None))) for r in (ours, street, theirs))
    clerk = grant(open_user(Role.DISTRICT_HEALTH_CLERK), ours)
    assert seen_by(clerk) == {here, below}
    assert elsewhere not in seen_by(clerk)


def test_a_city_clerk_sees_all_and_a_clerk_without_grant_nothing() -> None:
    home = institution((region("甲区"), START, None))
    assert seen_by(open_user(Role.CITY_HEALTH_CLERK)) == {home}
    assert seen_by(open_user(Role.DISTRICT_HEALTH_CLERK)) == set()


@pytest.mark.parametrize("role", [Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN])
def test_an_administrator_sees_no_institution(role: Role) -> None:
    institution((region("甲区"), START, None))
    assert seen_by(open_user(role)) == set()


@pytest.mark.parametrize(("day", "sees"), [(date(2020, 6, 30), True), (date(2020, 7, 1), False)])
def test_a_grant_ends_after_its_last_day(day: date, sees: bool) -> None:
    ours = region("甲区")
    institution((ours, START, None))
    clerk = grant(open_user(Role.DISTRICT_HEALTH_CLERK), ours, ends_on=date(2020, 6, 30))
    assert bool(seen_by(clerk, day)) is sees


@pytest.mark.parametrize(("day", "sees"), [(date(2020, 6, 30), True), (date(2020, 7, 1), False)])
def test_a_street_that_left_the_district_is_no_longer_seen(day: date, sees: bool) -> None:
    ours = region("甲区")
    street = region("街道", ours, ends_on=date(2020, 6, 30))
    institution((street, START, None))
    clerk = grant(open_user(Role.DISTRICT_HEALTH_CLERK), ours)
    assert bool(seen_by(clerk, day)) is sees


def test_an_institution_that_moved_is_seen_by_its_new_district_only() -> None:
    old, new = region("甲区"), region("乙区")
    moved = institution((old, START, date(2020, 6, 30)), (new, date(2020, 7, 1), None))
    before = grant(open_user(Role.DISTRICT_HEALTH_CLERK), old)
    after = grant(open_user(Role.DISTRICT_HEALTH_CLERK), new)
    assert (seen_by(before), seen_by(after)) == (set(), {moved})


def test_two_grants_show_an_institution_once() -> None:
    city = region("市")
    ours = region("甲区", city)
    home = institution((ours, START, None))
    clerk = grant(grant(open_user(Role.DISTRICT_HEALTH_CLERK), ours), city)
    assert seen_by(clerk) == {home}


def test_a_reporter_sees_the_granted_institution_only() -> None:
    ours = region("甲区")
    mine, _ = institution((ours, START, None)), institution((ours, START, None))
    reporter = open_user(Role.INSTITUTION_REPORTER)
    InstitutionGrant.objects.create(user=reporter, institution=mine, starts_on=START)
    assert seen_by(reporter) == {mine}
