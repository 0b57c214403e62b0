"""The whole demo city, made in memory from a scene and a region file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from contracts.demo.aggregates import key_under_60
from contracts.demo.agreements import Agreements
from contracts.demo.channels import add_channels
from contracts.demo.contacts import add_contacts
from contracts.demo.designations import add_designations
from contracts.demo.elderly_sites import HomeSite, open_homes, open_providers
from contracts.demo.headcounts import count_older
from contracts.demo.hospitals import open_hospitals
from contracts.demo.licences import add_licences
from contracts.demo.lives import Home
from contracts.demo.people import People
from contracts.demo.pilots import add_pilots
from contracts.demo.places import Places, read_places
from contracts.demo.populations import make_populations, population_rows
from contracts.demo.primary_care import open_clinics, open_health_centres, open_outpatient_units
from contracts.demo.reports import add_reports
from contracts.demo.scene import FIRST_DAY, Scene
from contracts.demo.signups import Signups
from contracts.demo.sites import Register, Site
from contracts.demo.stays import Life
from contracts.demo.teams import TeamPlan, plan_teams
from institutions.ingest.regions import RegionLine
from institutions.models import Population, Region


@dataclass(slots=True)
class City:
    """Institutions with all that hangs on them, and people with their sign-ups."""

    scene: Scene
    places: Places
    register: Register
    homes: list[Site]
    teams: TeamPlan
    lives: list[Life]
    signups: Signups


def make_city(scene: Scene, lines: list[RegionLine], regions: dict[str, Region]) -> City:
    """Make the city; the same scene and regions give the same city."""
    places = read_places(scene, lines)
    register = Register(scene, places, regions)
    homes, centres = _open_institutions(register)
    teams = plan_teams(scene, places, centres, regions)
    register.add(*teams.teams, *teams.areas)
    lived_in = [home.site for home in homes if home.site.is_open_on(scene.today)]
    people = People(scene, places, [_home(places, site) for site in lived_in])
    lives = people.make()
    register.add(*_populations(scene, places, lives, regions))
    signups = Signups(scene, places, teams)
    signups.make(lives)
    return City(scene, places, register, lived_in, teams, lives, signups)


def _open_institutions(register: Register) -> tuple[list[HomeSite], list[Site]]:
    """Open everything; return the homes, and the health centres that worked all along."""
    hospitals = open_hospitals(register)
    health_centres = open_health_centres(register)
    open_outpatient_units(register)
    open_clinics(register)
    homes = open_homes(register)
    providers = open_providers(register)
    steady = [
        site
        for site in (*hospitals, *health_centres)
        if site.is_always_open(FIRST_DAY, register.scene.today)
    ]
    add_licences(register)
    add_channels(register)
    add_designations(register)
    Agreements(register, steady).make(homes, providers)
    add_reports(register, homes)
    add_pilots(register)
    add_contacts(register)
    return homes, [site for site in steady if site.category.startswith(("B", "C"))]


def _home(places: Places, site: Site) -> Home:
    return Home(places.communities.index(site.community), site.opened_on.toordinal())


def _populations(
    scene: Scene, places: Places, lives: list[Life], regions: dict[str, Region]
) -> list[Population]:
    days: list[date] = scene.year_ends()
    counts = make_populations(count_older(scene, places, lives), key_under_60(places, days))
    return population_rows(counts, regions)
