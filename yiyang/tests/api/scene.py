"""A city with something of every resource in it."""

from __future__ import annotations

from contracts.tests.factories import make_agreement, make_known_person, make_signup, make_team
from institutions.tests.factories import (
    make_beds,
    make_elderly,
    make_filing,
    make_health,
    make_occupancy,
    make_population,
)
from targets.tests.factories import DAY, City, make_city
from targets.tests.page_scene import make_policy, make_target, store_run
from yiyang.api.resources import write_scopes
from yiyang.holidays.models import Holiday, HolidayKind
from yiyang.tests.api.callers import Caller, make_caller

NAME, ID_NUMBER, PHONE = "欧阳兰芝", "150399194003070029", "15400001234"


def make_api_city() -> City:
    """Something of every resource in each district, and a person no answer may name."""
    made = make_city()
    make_target(make_policy(made.city), made.city, "GC17", 1)
    for district, street in ((made.east, made.east_street), (made.west, made.west_street)):
        hospital = make_health(street, name=f"{district.name}医院")
        home = make_elderly(street, name=f"=HYPERLINK({district.name})")
        make_filing(home)
        make_beds(home, DAY, 50)
        make_occupancy(home, DAY, 40)
        make_agreement(hospital, home)
        make_population(district, "TOTAL", 1000)
    person = make_known_person(made.east_community, name=NAME, id_number=ID_NUMBER, phone=PHONE)
    make_signup(person, make_team(hospital, made.east_community))
    Holiday.objects.create(day=DAY, kind=HolidayKind.OFF, name="元旦", source="国办通知")
    store_run(made.city, DAY, ("GC17", "FD17"))
    return made


def make_api_scene() -> Caller:
    """The caller of such a city who may read and write everything."""
    make_api_city()
    return make_caller(writes=[code for code, _ in write_scopes()])
