"""Registers filled at random, the same for the same seed, and later changed at random."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from django.db import IntegrityError, transaction

from contracts.models import (
    FamilyDoctorSignup,
    HealthManagement,
    HomeSickbed,
    PartnershipAgreement,
    Person,
    PersonResidence,
    ResidenceKind,
)
from contracts.tests import factories as contracts
from institutions.models import (
    BedCount,
    ElderlyKind,
    GreenChannel,
    InstitutionProfile,
    Licence,
    PilotProject,
    Population,
    PopulationGroup,
    Region,
    RegionPlacement,
    Status,
)
from institutions.tests import factories as institutions
from targets.tests.factories import DAY, City

CATEGORIES = ["A100", "A210", "A411", "B100", "C100", "D212", "D600", "J100"]
LONG_AGO = institutions.LONG_AGO
VOIDED_AT = datetime.fromisoformat("2018-03-01T08:00:00+08:00")


def fill_register(city: City, seed: int) -> None:
    """Some institutions of each kind, their certificates and reports, and some persons."""
    chance = Random(seed)
    communities = (city.east_community, city.west_community)
    hospitals = [_hospital(chance, chance.choice(communities)) for _ in range(5)]
    homes = [_home(chance, chance.choice(communities), hospitals) for _ in range(5)]
    for medical, elderly in {(chance.choice(hospitals), chance.choice(homes)) for _ in range(4)}:
        ends = {"expires_on": _day(chance)} if chance.random() < 0.5 else {}
        contracts.make_agreement(medical, elderly, starts_on=LONG_AGO, **ends)
    teams = [contracts.make_team(one, chance.choice(communities)) for one in hospitals[:2]]
    for _ in range(8):
        _person(chance, chance.choice(communities), teams)
    _populations(chance, city)


def change_register(city: City, seed: int, *, between: tuple[date, date]) -> None:
    """A handful of later happenings and corrections, drawn from all that can befall a record."""
    chance = Random(seed)
    for _ in range(chance.randint(1, 8)):
        change = chance.choice(CHANGES)
        day = between[0] + timedelta(days=chance.randint(-200, (between[1] - between[0]).days))
        # 随机的更改会撞上登记规则：撞上的当作没有发生。
        try:
            with transaction.atomic():
                change(chance, city, day)
        except IntegrityError:
            continue


def _day(chance: Random) -> date:
    """A day within about half a year around the measured one."""
    return DAY + timedelta(days=chance.randint(-180, 180))


def _hospital(chance: Random, region: Region) -> Any:
    departments = ["GERIATRICS"] if chance.random() < 0.5 else []
    made = institutions.make_health(
        region,
        chance.choice(CATEGORIES),
        level=chance.choice([None, 1, 2, 3]),
        departments=departments,
        status=chance.choice([Status.OPERATING, Status.OPERATING, Status.SUSPENDED]),
    )
    if chance.random() < 0.8:
        institutions.make_licence(made, ends_on=_day(chance) if chance.random() < 0.4 else None)
    if chance.random() < 0.7:
        institutions.make_channel(made, ends_on=_day(chance) if chance.random() < 0.3 else None)
    return made


def _home(chance: Random, region: Region, hospitals: list[Any]) -> Any:
    made = institutions.make_elderly(region, chance.choice(ElderlyKind.values))
    institutions.make_filing(
        made,
        beds=chance.choice([5, 10, 40]),
        ends_on=_day(chance) if chance.random() < 0.3 else None,
    )
    for counted_on in (date(2017, 9, 30), date(2017, 12, 31), date(2018, 3, 31)):
        if chance.random() < 0.7:
            total = chance.randint(10, 60)
            institutions.make_beds(made, counted_on, total, nursing=chance.randint(0, total))
        if chance.random() < 0.7:
            institutions.make_occupancy(made, counted_on, chance.randint(0, 9))
    if chance.random() < 0.4:
        institutions.make_care(made, gives_rehabilitation=chance.random() < 0.5)
    if chance.random() < 0.3:
        unit = institutions.make_health(region, "D400", host=made)
        institutions.make_licence(unit)
    return made


def _person(chance: Random, region: Region, teams: list[Any]) -> Person:
    person = contracts.make_person(
        region,
        born_on=date(chance.choice([1930, 1945, 1952, 1957, 1958]), 3, 1),
        died_on=_day(chance) if chance.random() < 0.2 else None,
    )
    if chance.random() < 0.8:
        starts_on = date(2016, 1, 1) + timedelta(days=chance.randint(0, 700))
        contracts.make_signup(
            person,
            chance.choice(teams),
            signed_on=starts_on,
            starts_on=starts_on,
            expires_on=starts_on + timedelta(days=400),
            auto_renews=chance.random() < 0.3,
        )
    if chance.random() < 0.5:
        contracts.make_health_management(person, teams[0].institution)
    if chance.random() < 0.3:
        contracts.make_sickbed(person, teams[0].institution)
    if chance.random() < 0.4:
        contracts.make_key_group(person)
    return person


def _populations(chance: Random, city: City) -> None:
    for group in PopulationGroup.values:
        for region in (city.east_street, city.west_street):
            institutions.make_population(region, group, chance.randint(10, 90))
        if chance.random() < 0.3:
            institutions.make_population(city.east, group, chance.randint(10, 90))
    for street in (city.east_street, city.west_street):
        for group in ("UNDER_60", "KEY_UNDER_60"):
            contracts.make_aggregate(street, group, chance.randint(0, 9), date(2017, 11, 30))
    institutions.make_pilot(city.city, verified_on=DAY, in_use_on=DAY)


# ── 后来发生的事与更正 ────────────────────────────────────────────────────────


def _any(chance: Random, model: Any) -> Any:
    found = list(model.objects.kept().order_by("pk"))
    return chance.choice(found) if found else None


def _void(model: Any) -> Callable[[Random, City, date], None]:
    def change(chance: Random, city: City, day: date) -> None:
        if one := _any(chance, model):
            model.objects.filter(pk=one.pk).update(voided_at=VOIDED_AT, void_reason="录错")

    return change


def _set(model: Any, **fields: Callable[[Random, date], Any]) -> Callable[..., None]:
    def change(chance: Random, city: City, day: date) -> None:
        if one := _any(chance, model):
            values = {name: make(chance, day) for name, make in fields.items()}
            model.objects.filter(pk=one.pk).update(**values)

    return change


def _redate_profile(chance: Random, city: City, day: date) -> None:
    """Close a profile the day before and open another: moved, suspended or closed."""
    old = _any(chance, InstitutionProfile)
    if old is None or old.starts_on >= day or old.ends_on:
        return
    InstitutionProfile.objects.filter(pk=old.pk).update(ends_on=day - timedelta(days=1))
    institutions.make_profile(
        chance.choice([old.region, city.east_community, city.west_community]),
        institution=old.institution,
        category=old.category,
        elderly_kind=old.elderly_kind,
        level=old.level,
        departments=old.departments,
        host=old.host,
        status=chance.choice(Status.values),
        starts_on=day,
    )


def _move_person(chance: Random, city: City, day: date) -> None:
    old = _any(chance, PersonResidence)
    if old is None or old.starts_on >= day or old.ends_on:
        return
    PersonResidence.objects.filter(pk=old.pk).update(ends_on=day - timedelta(days=1))
    region = chance.choice([city.east_community, city.west_community])
    kind = chance.choice(ResidenceKind.values)
    contracts.make_residence(old.person, region, kind=kind, starts_on=day)


def _sign_anew(chance: Random, city: City, day: date) -> None:
    old = _any(chance, FamilyDoctorSignup)
    if old is None:
        return
    contracts.make_signup(
        old.person, old.team, signed_on=day, starts_on=day, expires_on=day + timedelta(days=800)
    )


def _move_street(chance: Random, city: City, day: date) -> None:
    old = RegionPlacement.objects.filter(region=city.west_street, ends_on=None).first()
    if old is None or old.starts_on >= day:
        return
    RegionPlacement.objects.filter(pk=old.pk).update(ends_on=day - timedelta(days=1))
    RegionPlacement.objects.create(region=city.west_street, parent=city.east, starts_on=day)


def _new_hospital(chance: Random, city: City, day: date) -> None:
    made = institutions.make_health(city.east_community, "A100", starts_on=day, level=2)
    institutions.make_licence(made, starts_on=day)
    institutions.make_channel(made, starts_on=day)


def _new_person(chance: Random, city: City, day: date) -> None:
    if team := _any(chance, FamilyDoctorSignup):
        _person(chance, city.east_community, [team.team])


def _new_population(chance: Random, city: City, day: date) -> None:
    region = chance.choice([city.east, city.east_street, city.city])
    for group in PopulationGroup.values:
        institutions.make_population(region, group, chance.randint(10, 90), counted_on=day)


def _beds_reported(chance: Random, city: City, day: date) -> None:
    if one := _any(chance, BedCount):
        institutions.make_beds(one.institution, day, chance.randint(1, 80), nursing=1)


CHANGES: list[Callable[[Random, City, date], None]] = [
    *(_redate_profile, _move_person, _sign_anew, _move_street, _new_hospital, _new_person),
    *(_new_population, _beds_reported),
    *(_void(model) for model in (Licence, GreenChannel, BedCount, Population, PilotProject)),
    *(_void(model) for model in (FamilyDoctorSignup, PersonResidence, HealthManagement)),
    _void(RegionPlacement),
    _set(Person, died_on=lambda chance, day: day),
    _set(Person, born_on=lambda chance, day: date(1953, 2, 1)),
    _set(InstitutionProfile, status=lambda chance, day: chance.choice(Status.values)),
    _set(BedCount, total=lambda chance, day: chance.randint(1, 90)),
    _set(Population, people=lambda chance, day: chance.randint(1, 90)),
    _set(GreenChannel, ends_on=lambda chance, day: day),
    _set(Licence, ends_on=lambda chance, day: day),
    _set(HomeSickbed, ends_on=lambda chance, day: day),
    _set(HealthManagement, form_completed_on=lambda chance, day: None),
    _set(
        FamilyDoctorSignup,
        terminated_on=lambda chance, day: day,
        termination_reason=lambda chance, day: "迁走",
    ),
    _set(PartnershipAgreement, expires_on=lambda chance, day: day),
    _set(PartnershipAgreement, signed_on=lambda chance, day: None),
]
