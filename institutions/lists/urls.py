"""Addresses of the lists of institutions, of what they report, and of head counts."""

from django.urls import path

from institutions import population_pages
from institutions.lists.institutions import INSTITUTIONS
from institutions.lists.populations import POPULATIONS
from institutions.lists.reports import BEDS, OCCUPANCIES, STAFF
from yiyang.listing.views import list_paths

urlpatterns = [
    # /institutions/
    *list_paths("institutions/", INSTITUTIONS),
    # /beds/
    *list_paths("beds/", BEDS),
    # /occupancies/
    *list_paths("occupancies/", OCCUPANCIES),
    # /staff/
    *list_paths("staff/", STAFF),
    # /populations/
    *list_paths("populations/", POPULATIONS),
    path("populations/new/", population_pages.population_new, name="population-new"),
    path(
        "populations/<int:population_id>/void/",
        population_pages.population_void,
        name="population-void",
    ),
]
