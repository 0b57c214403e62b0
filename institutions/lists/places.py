"""The lists of this app whose filters may be saved."""

from institutions.lists.institutions import INSTITUTIONS
from institutions.lists.populations import POPULATIONS
from institutions.lists.reports import BEDS, OCCUPANCIES, STAFF
from yiyang.listing.places import add_place

PLACES = tuple(one.place for one in (INSTITUTIONS, BEDS, OCCUPANCIES, STAFF, POPULATIONS))


def register_places() -> None:
    """Let filters of these lists be saved."""
    for place in PLACES:
        add_place(place)
