"""Addresses of editions."""

from django.urls import path

from targets.views import editions

# /editions/
urlpatterns = [
    path("", editions.edition_list, name="edition-list"),
    path("new/", editions.edition_new, name="edition-new"),
    path("<uuid:uid>/", editions.edition_detail, name="edition-detail"),
    path("<uuid:uid>/check/", editions.edition_check, name="edition-check"),
    path("<uuid:uid>/publish/", editions.edition_publish, name="edition-publish"),
    path("<uuid:uid>/return/", editions.edition_return, name="edition-return"),
]
