"""Addresses of the register of older persons."""

from django.urls import path

from contracts.lists.persons import PERSONS
from contracts.views import exports, persons, reveals, rights, signups, totals
from yiyang.listing.views import list_paths

SIGNUP = "<uuid:uid>/signups/<int:signup_id>"

# /persons/
urlpatterns = [
    *list_paths("", PERSONS),
    path("search/", persons.person_search, name="person-search"),
    path("export/", exports.person_export, name="person-export"),
    path("export/file/", exports.person_export_file, name="person-export-file"),
    path("disclosures/", totals.disclosure_totals, name="disclosure-totals"),
    path("<uuid:uid>/", persons.person_detail, name="person-detail"),
    path("<uuid:uid>/reveal/", reveals.person_reveal, name="person-reveal"),
    path("<uuid:uid>/signups/new/", signups.signup_new, name="signup-new"),
    path(f"{SIGNUP}/renew/", signups.signup_renew, name="signup-renew"),
    path(f"{SIGNUP}/terminate/", signups.signup_terminate, name="signup-terminate"),
    path(f"{SIGNUP}/void/", signups.signup_void, name="signup-void"),
    path("<uuid:uid>/held/", rights.person_held, name="person-held"),
]
