"""The lists of this app whose filters may be saved."""

from contracts.lists.agreements import AGREEMENTS
from contracts.lists.persons import PERSONS
from contracts.lists.signups import SIGNUPS
from contracts.lists.teams import TEAMS

PLACES = (AGREEMENTS.place, TEAMS.place, PERSONS.place, SIGNUPS.place)
