"""Addresses of the two lists held against each other."""

from django.urls import path

from institutions import reconciliation_pages as pages

# /reconciliations/
urlpatterns = [
    path("", pages.reconciliation_list, name="reconciliation-list"),
    path("<uuid:uid>/", pages.reconciliation_detail, name="reconciliation-detail"),
]
