"""The lists of this app whose filters may be saved."""

from institutions.lists.institutions import INSTITUTIONS
from institutions.lists.populations import POPULATIONS
from institutions.lists.reports import BEDS, OCCUPANCIES, STAFF

PLACES = tuple(one.place for one in (INSTITUTIONS, BEDS, OCCUPANCIES, STAFF, POPULATIONS))
