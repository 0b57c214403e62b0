"""Addresses of the register of older persons."""

from django.urls import path

from contracts.views import exports, persons, reveals, rights, totals

# /persons/
urlpatterns = [
    path("", persons.person_list, name="person-list"),
    path("search/", persons.person_search, name="person-search"),
    path("overview.xlsx", exports.person_overview_xlsx, name="person-overview-xlsx"),
    path("export/", exports.person_export, name="person-export"),
    path("export/file/", exports.person_export_file, name="person-export-file"),
    path("disclosures/", totals.disclosure_totals, name="disclosure-totals"),
    path("<uuid:uid>/", persons.person_detail, name="person-detail"),
    path("<uuid:uid>/reveal/", reveals.person_reveal, name="person-reveal"),
    path("<uuid:uid>/held/", rights.person_held, name="person-held"),
]
