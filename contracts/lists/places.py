"""The lists of this app whose filters may be saved."""

from contracts.filters import PersonFilter
from contracts.lists.agreements import AGREEMENTS
from contracts.lists.signups import SIGNUPS
from contracts.lists.teams import TEAMS
from yiyang.access.roles import Permission
from yiyang.listing.register import Place

PERSONS = Place(
    "persons",
    "老年人台账",
    "person-list",
    Permission.VIEW_PERSONS,
    frozenset(PersonFilter.base_filters),
)
PLACES = (AGREEMENTS.place, TEAMS.place, PERSONS, SIGNUPS.place)
