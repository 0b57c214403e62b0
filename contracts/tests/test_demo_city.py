"""The demo city, made in memory: exact where published, plainly fictitious, with its flaws."""

from collections import Counter
from datetime import date
from typing import Any

import pytest
from django.db.models import Model
from stdnum.cn import uscc

from contracts.demo.city import City, make_city
from contracts.demo.health import managed, sickbeds
from contracts.demo.identities import NEVER_ISSUED_REGION
from contracts.demo.lives import Home
from contracts.demo.people import People
from contracts.demo.places import CITY, DISTRICTS, read_places
from contracts.demo.populations import INVENTED
from contracts.demo.scene import PUBLISHED_ON, Scene
from contracts.demo.stays import Life
from contracts.models import PartnershipAgreement, TeamArea
from institutions.ingest.regions import read_regions
from institutions.management.commands.load_regions import WUHAI
from institutions.models import (
    BedCount,
    CareService,
    GreenChannel,
    InstitutionProfile,
    Licence,
    PilotProject,
    Population,
    PopulationGroup,
    Region,
    Status,
)
from institutions.models.services import FULL_CHANNEL
from yiyang.lib.ages import birth_cutoff
from yiyang.lib.identifiers import resident_id

TODAY = date(2026, 11, 22)
SMALL = Scene(seed=7, today=TODAY, aged_60=2_000)
LINES = read_regions(WUHAI.read_bytes())
HOME = Home(community=0, opened=date(2010, 1, 1).toordinal())


def regions() -> dict[str, Region]:
    return {line.code: Region(code=line.code, name=line.name, level=line.level) for line in LINES}


@pytest.fixture(scope="module")
def city() -> City:
    return make_city(SMALL, LINES, regions())


def rows(city: City, model: type[Model]) -> list[Any]:
    return city.register.rows[model]


def counted(lives: list[Life], day: date, age: int) -> int:
    cutoff = birth_cutoff(day, age).toordinal()
    return sum(
        life.is_usual_resident_on(day.toordinal()) and life.born <= cutoff
        for life in lives
        if life.duplicate_of is None
    )


def test_the_published_numbers_stand_exactly() -> None:
    scene = Scene(seed=20170209, today=TODAY)
    lives = People(scene, read_places(scene, LINES), [HOME]).make()
    assert counted(lives, PUBLISHED_ON, 60) == 77_592
    assert counted(lives, PUBLISHED_ON, 80) == 7_503
    # 其余的人各有不计入的缘由
    registered = [life for life in lives if life.stays[0].starts <= PUBLISHED_ON.toordinal()]
    assert len(registered) == 77_592 + 3_800 + 600 + 2_500
    assert counted(lives, date(2021, 12, 31), 65) == pytest.approx(67_500, rel=0.02)


def test_a_smaller_city_keeps_the_proportion(city: City) -> None:
    assert counted(city.lives, PUBLISHED_ON, 60) == 2_000
    assert counted(city.lives, PUBLISHED_ON, 80) == 2_000 * 7_503 // 77_592


def contents(city: City) -> list[Any]:
    """Every row as plain values, those pointed to by what identifies them."""
    registered = [
        {
            field.name: str(getattr(row, field.name))
            if field.is_relation
            else getattr(row, field.attname)
            for field in row._meta.concrete_fields
        }
        for model_rows in city.register.rows.values()
        for row in model_rows
    ]
    return [registered, city.lives, city.signups.made]


def test_one_seed_and_day_always_give_the_same_rows(city: City) -> None:
    again = make_city(SMALL, LINES, regions())
    assert contents(again) == contents(city)
    assert list(managed(SMALL, again.places, again.lives)) == list(
        managed(SMALL, city.places, city.lives)
    )


def test_another_seed_gives_other_people(city: City) -> None:
    scene = Scene(seed=8, today=TODAY, aged_60=100)
    other = People(scene, read_places(scene, LINES), [HOME]).make()
    assert not {life.uid for life in other} & {life.uid for life in city.lives}


def test_id_numbers_are_valid_by_checksum_and_from_a_range_never_issued(city: City) -> None:
    assert NEVER_ISSUED_REGION == "150399"
    assert not [line for line in LINES if line.code.startswith(NEVER_ISSUED_REGION)]
    for life in city.lives:
        if not life.id_number:
            continue
        checked = resident_id(life.id_number, day=TODAY)
        assert life.id_number.startswith(NEVER_ISSUED_REGION)
        assert checked.born_on.toordinal() == life.born
        assert checked.is_female == (life.sex == "F")


def test_an_id_number_stands_twice_only_on_a_marked_duplicate(city: City) -> None:
    kept = [life.id_number for life in city.lives if life.duplicate_of is None and life.id_number]
    assert len(kept) == len(set(kept))
    marked = [life for life in city.lives if life.duplicate_of is not None]
    unmarked = [life for life in city.lives if not life.id_number]
    assert marked
    assert unmarked
    for life in marked:
        assert life.id_number == city.lives[life.duplicate_of or 0].id_number


def test_phones_are_from_a_range_never_issued(city: City) -> None:
    phones = [life.phone for life in city.lives if life.phone]
    assert all(phone.startswith("154") and len(phone) == 11 for phone in phones)
    assert len(phones) < len(city.lives)


def test_stays_follow_each_other_without_a_gap(city: City) -> None:
    for life in city.lives:
        for before, after in zip(life.stays, life.stays[1:], strict=False):
            assert before.ends == after.starts - 1
            assert before.starts <= before.ends
        assert life.stays[-1].ends is None
        assert life.died is None or life.died > life.stays[-1].starts
    kinds = Counter(stay.kind for life in city.lives for stay in life.stays)
    assert min(kinds["USUAL"], kinds["REGISTERED"], kinds["LEFT"]) > 0
    assert any(stay.home is not None for life in city.lives for stay in life.stays)


def test_nobody_is_signed_up_with_two_teams_on_one_day(city: City) -> None:
    last: dict[int, int] = {}
    for signup in sorted(city.signups.made, key=lambda signup: (signup.person, signup.starts)):
        assert signup.starts > last.get(signup.person, 0)
        end = 10**7 if signup.auto_renews else signup.expires
        last[signup.person] = min(end, (signup.terminated or 10**7) - 1)


def test_sign_ups_show_every_course_they_can_take(city: City) -> None:
    made = city.signups.made
    today = TODAY.toordinal()
    renewed = {signup.renewal_of for signup in made}
    assert any(signup.auto_renews and signup.terminated is None for signup in made)
    assert any(signup.renewal_of is not None for signup in made)
    assert any(signup.expires < today for i, signup in enumerate(made) if i not in renewed)
    assert {"死亡", "迁出", "居民要求解约"} <= {signup.reason for signup in made}
    assert all((signup.terminated is None) == (signup.reason == "") for signup in made)
    dead = [
        s for s in made if s.terminated is None and (city.lives[s.person].died or today) < today
    ]
    assert dead


def test_health_management_is_once_a_year_within_the_year_and_sometimes_incomplete(
    city: City,
) -> None:
    records = list(managed(SMALL, city.places, city.lives))
    assert len({(person, year) for person, year, _ in records}) == len(records)
    days = [(year, part) for _, year, parts in records for part in parts if part is not None]
    assert all(date.fromordinal(day).year == year for year, day in days)
    assert all(day <= TODAY.toordinal() for _, day in days)
    incomplete = sum(None in parts for _, _, parts in records)
    assert 0.02 < incomplete / len(records) < 0.12
    assert list(sickbeds(SMALL, city.lives))


def test_published_populations_keep_their_days_and_sources(city: City) -> None:
    published = {
        (row.counted_on, row.region.code, row.group): row.people
        for row in rows(city, Population)
        if row.source != INVENTED
    }
    assert published == {
        (date(2016, 9, 30), CITY, "AGED_60"): 77_592,
        (date(2016, 9, 30), CITY, "AGED_80"): 7_503,
        (date(2021, 12, 31), CITY, "TOTAL"): 558_100,
        (date(2021, 12, 31), "150302000000", "TOTAL"): 341_000,
        (date(2021, 12, 31), "150304000000", "TOTAL"): 122_400,
        (date(2021, 12, 31), "150303000000", "TOTAL"): 94_700,
        (date(2021, 12, 31), CITY, "AGED_65"): 67_500,
    }


def test_districts_sum_to_the_city_but_for_one_figure(city: City) -> None:
    people = {(r.counted_on, r.region.code, r.group): r.people for r in rows(city, Population)}
    wrong = [
        (day.year, group)
        for day, code, group in people
        if code == CITY and day != PUBLISHED_ON
        if people[day, CITY, group] != sum(people[day, district, group] for district in DISTRICTS)
    ]
    assert wrong == [(2019, PopulationGroup.AGED_65)]


def test_institutions_have_plainly_fictitious_names_and_valid_codes(city: City) -> None:
    profiles = rows(city, InstitutionProfile)
    assert all("演示" in profile.name for profile in profiles)
    assert all(uscc.is_valid(profile.credit_code) for profile in profiles)
    assert 240 <= len(city.register.sites) <= 290
    assert {Status.SUSPENDED, Status.CLOSED, Status.LICENCE_SUSPENDED} <= {
        profile.status for profile in profiles
    }


def test_the_named_pilots_are_unverified_and_nothing_is_made_up_about_them(city: City) -> None:
    pilots = rows(city, PilotProject)
    assert len(pilots) == 5
    for pilot in pilots:
        assert pilot.named_on == date(2017, 2, 9)
        assert (pilot.institution_id, pilot.in_use_on, pilot.verified_on) == (None, None, None)
    assert not {pilot.name for pilot in pilots} & {site.name for site in city.register.sites}


def test_agreements_are_renewed_lapsed_terminated_drafted_and_about_to_end(city: City) -> None:
    agreements = rows(city, PartnershipAgreement)
    signed = [a for a in agreements if a.signed_on and not a.terminated_on]
    days_left = sorted((a.expires_on - TODAY).days for a in signed)
    assert 120 <= len(agreements) <= 220
    assert {0, 9, 14, 27, 58, 88} <= set(days_left)
    assert any(-30 < days < 0 for days in days_left)
    assert any(a.signed_on is None for a in agreements)
    assert any(a.renewal_of for a in agreements)
    assert len([a for a in agreements if a.terminated_on]) >= 3


def test_the_counting_traps_are_there(city: City) -> None:
    sites = {site.institution.uid: site for site in city.register.sites}
    agreements = rows(city, PartnershipAgreement)
    own = [a for a in agreements if sites[a.medical.uid].host is sites[a.elderly.uid]]
    modes: dict[tuple[Any, Any], set[str]] = {}
    for agreement in agreements:
        modes.setdefault((agreement.medical.uid, agreement.elderly.uid), set()).add(agreement.mode)
    suspended = [
        a
        for a in agreements
        if a.signed_on
        and a.expires_on >= TODAY
        and not a.terminated_on
        and not sites[a.elderly.uid].is_open_on(TODAY)
    ]
    both = [site for site in sites.values() if site.category and site.elderly_kind]
    addresses = Counter(site.first.address for site in sites.values() if site.host is None)
    assert own
    assert suspended
    assert max(map(len, modes.values())) == 2
    assert len(both) == 3
    assert len([address for address, number in addresses.items() if number == 2]) == 2


def test_green_channels_open_gradually_and_some_in_part_only(city: City) -> None:
    full = [c for c in rows(city, GreenChannel) if set(FULL_CHANNEL) <= set(c.steps)]
    part = [c for c in rows(city, GreenChannel) if not set(FULL_CHANNEL) <= set(c.steps)]
    years = Counter(channel.starts_on.year for channel in full)
    assert all(years[year] for year in range(2015, 2021))
    assert any(channel.ends_on is None for channel in part)


def test_licences_run_out_and_the_elderly_permit_gives_way_to_a_filing(city: City) -> None:
    licences = rows(city, Licence)
    permits = [licence for licence in licences if licence.kind == "ELDERLY_PERMIT"]
    filings = [licence for licence in licences if licence.kind == "ELDERLY_FILING"]
    assert max(permit.starts_on for permit in permits) < date(2019, 1, 1)
    assert min(filing.starts_on for filing in filings) >= date(2019, 1, 1)
    assert {0, 6} & {filing.full_time_beds for filing in filings}
    last: dict[Any, date] = {}
    for licence in licences:
        if licence.kind == "MEDICAL_LICENCE":
            last[licence.institution.uid] = licence.ends_on
    lately = [day for day in last.values() if (TODAY - day).days in (75, 20)]
    assert len(lately) == 2


def test_bed_reports_are_missing_here_and_there(city: City) -> None:
    by_home: dict[Any, set[date]] = {}
    for bed_count in rows(city, BedCount):
        if bed_count.register == "CIVIL_AFFAIRS":
            by_home.setdefault(bed_count.institution.uid, set()).add(bed_count.counted_on)
    latest = date(2026, 9, 30)
    assert 0 < sum(latest not in days for days in by_home.values()) < 6


def test_homes_are_served_in_every_form(city: City) -> None:
    forms = {service.form for service in rows(city, CareService)}
    assert forms == {"IN_HOUSE", "AGREEMENT", "TRUSTEESHIP", "MEDICAL_ROUND"}


def test_ninety_teams_cover_most_but_not_all_communities(city: City) -> None:
    assert len(city.teams.teams) == 90
    covered = {area.region.code for area in rows(city, TeamArea)}
    assert 0 < len(city.places.communities) - len(covered) < 12
