"""A sign-up lasts a year at least, one team at a time, and is renewed or ended in words."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from contracts.actions_signups import renew_signup, sign_up, terminate_signup, void_signup
from contracts.models import DoctorTeam, FamilyDoctorSignup, Person
from contracts.teams.forms import a_year_on
from contracts.tests.factories import make_person, make_signup, make_team
from contracts.tests.persons import City, browse_as
from institutions.tests.factories import make_health
from yiyang.access.models import User
from yiyang.access.roles import Role
from yiyang.access.tests.accounts import open_user
from yiyang.changelog.models import Change
from yiyang.dated import messages_of


@pytest.fixture
def city(db: None) -> City:
    return City.make()


@pytest.fixture
def team(city: City) -> DoctorTeam:
    return make_team(make_health(city.street, name="河滨卫生院"), city.community)


@pytest.fixture
def person(city: City) -> Person:
    return make_person(city.community)


@pytest.fixture
def clerk(db: None) -> User:
    return open_user(Role.CITY_HEALTH_CLERK)


def sign(clerk: User, person: Person, team: DoctorTeam, **terms: Any) -> FamilyDoctorSignup:
    filled = {
        "signed_on": date(2017, 1, 1),
        "starts_on": date(2017, 1, 1),
        "expires_on": date(2017, 12, 31),
        "auto_renews": False,
        **terms,
    }
    return sign_up(by=clerk, person=person, team=team, **filled)


@pytest.mark.parametrize(
    ("starts_on", "last_day"),
    [
        (date(2017, 1, 1), date(2017, 12, 31)),
        (date(2017, 3, 15), date(2018, 3, 14)),
        (date(2015, 3, 1), date(2016, 2, 29)),
        (date(2016, 2, 29), date(2017, 2, 28)),
    ],
)
def test_a_year_ends_on_its_last_day(
    clerk: User, person: Person, team: DoctorTeam, starts_on: date, last_day: date
) -> None:
    assert a_year_on(starts_on) == last_day
    signup = sign(clerk, person, team, starts_on=starts_on, expires_on=last_day)
    assert FamilyDoctorSignup.objects.in_force(last_day).get() == signup


@pytest.mark.parametrize(
    ("terms", "told"),
    [
        ({"expires_on": date(2017, 12, 30)}, "不得少于一年"),
        ({"starts_on": date(2014, 1, 1)}, "不在岗"),
    ],
)
def test_other_terms_are_refused(
    clerk: User, person: Person, team: DoctorTeam, terms: dict[str, Any], told: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        sign(clerk, person, team, **terms)
    assert told in "".join(messages_of(refused.value))


def test_a_second_team_at_the_same_time_is_refused_in_words(
    city: City, clerk: User, person: Person, team: DoctorTeam
) -> None:
    sign(clerk, person, team)
    other = make_team(make_health(city.street), city.community)
    with pytest.raises(ValidationError, match="一人同一时间只能签一个团队"):
        sign(clerk, person, other, starts_on=date(2017, 12, 31), expires_on=date(2018, 12, 30))
    sign(clerk, person, other, starts_on=date(2018, 1, 1), expires_on=date(2018, 12, 31))


def test_the_dead_and_duplicates_are_not_signed_up(
    city: City, clerk: User, team: DoctorTeam
) -> None:
    dead = make_person(city.community, died_on=date(2017, 1, 1))
    double = make_person(city.community, duplicate_of=dead)
    for person, told in ((dead, "已去世"), (double, "重复记录")):
        with pytest.raises(ValidationError, match=told):
            sign(clerk, person, team)


def test_a_renewal_follows_and_is_linked(clerk: User, person: Person, team: DoctorTeam) -> None:
    first = sign(clerk, person, team)
    terms = {"team": team, "signed_on": date(2017, 12, 1), "auto_renews": False}
    with pytest.raises(ValidationError, match="最早 2018-01-01"):
        renew_signup(
            by=clerk,
            signup=first,
            starts_on=date(2017, 12, 31),
            expires_on=date(2018, 12, 30),
            **terms,
        )
    second = renew_signup(
        by=clerk, signup=first, starts_on=date(2018, 1, 1), expires_on=date(2018, 12, 31), **terms
    )
    assert second.renewal_of == first
    with pytest.raises(ValidationError, match="先作废续签"):
        void_signup(by=clerk, signup=first, reason="录错")
    again: dict[str, Any] = {
        "starts_on": date(2019, 1, 1),
        "expires_on": date(2019, 12, 31),
        **terms,
    }
    with pytest.raises(ValidationError, match="已经续签过"):
        renew_signup(by=clerk, signup=first, **again)
    void_signup(by=clerk, signup=second, reason="录错")
    assert renew_signup(by=clerk, signup=first, **again).renewal_of == first


@pytest.mark.parametrize(
    ("held", "told"),
    [
        ({"auto_renews": True}, "自动续约，不用续签"),
        ({"terminated_on": date(2017, 6, 1)}, "已解约，不能续签"),
    ],
)
def test_what_cannot_be_renewed(
    clerk: User, person: Person, team: DoctorTeam, held: dict[str, Any], told: str
) -> None:
    signup = make_signup(person, team, **held)
    with pytest.raises(ValidationError, match=told):
        renew_signup(
            by=clerk,
            signup=signup,
            team=team,
            signed_on=date(2019, 1, 1),
            starts_on=date(2019, 1, 1),
            expires_on=date(2019, 12, 31),
            auto_renews=False,
        )


def test_a_termination_takes_effect_on_its_day(
    clerk: User, person: Person, team: DoctorTeam
) -> None:
    signup = sign(clerk, person, team)
    with pytest.raises(ValidationError, match="到期后不用解约"):
        terminate_signup(by=clerk, signup=signup, on=date(2018, 1, 1), reason="搬家")
    terminate_signup(by=clerk, signup=signup, on=date(2017, 7, 1), reason="搬家")
    in_force = FamilyDoctorSignup.objects.in_force
    assert in_force(date(2017, 6, 30)).exists()
    assert not in_force(date(2017, 7, 1)).exists()
    with pytest.raises(ValidationError, match="已于 2017-07-01 解约"):
        terminate_signup(by=clerk, signup=signup, on=date(2017, 8, 1), reason="再解")


# ── 页面 ──────────────────────────────────────────────────────────────────────


def test_a_clerk_signs_up_from_the_record(city: City, person: Person, team: DoctorTeam) -> None:
    browser = browse_as(Role.DISTRICT_HEALTH_CLERK, city.east)
    data = {
        "team": team.code,
        "signed_on": "2020-01-01",
        "starts_on": "2020-01-01",
        "expires_on": "2020-12-31",
    }
    way = f"/persons/{person.uid}/signups/new/"
    assert "签约期至少一年" in browser.get(way).content.decode()
    assert browser.post(way, data).status_code == 302
    again = browser.post(way, data)
    assert again.status_code == 422
    assert "只能签一个团队" in again.content.decode() or "同一天" in again.content.decode()
    signup = FamilyDoctorSignup.objects.get()
    ended = browser.post(
        f"/persons/{person.uid}/signups/{signup.pk}/terminate/",
        {"on": "2020-05-01", "reason": "迁往外地"},
    )
    assert ended.status_code == 302
    assert Change.objects.filter(reason="迁往外地").exists()


def test_who_only_looks_signs_nobody_up(city: City, person: Person, team: DoctorTeam) -> None:
    reviewer = browse_as(Role.CITY_HEALTH_REVIEWER)
    assert reviewer.get(f"/persons/{person.uid}/signups/new/").status_code == 403
    assert "signups/new" not in reviewer.get(f"/persons/{person.uid}/").content.decode()


def test_a_signup_of_another_person_is_not_found_through_ones_own(
    city: City, person: Person, team: DoctorTeam
) -> None:
    other = make_signup(make_person(city.community), team)
    browser = browse_as(Role.CITY_HEALTH_CLERK)
    for verb in ("renew", "terminate", "void"):
        way = f"/persons/{person.uid}/signups/{other.pk}/{verb}/"
        assert browser.post(way, {"reason": "x"}).status_code == 404
