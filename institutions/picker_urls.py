"""Addresses that search for one record to put into a form."""

from django.urls import path

from institutions import picker_pages

# /pickers/
urlpatterns = [
    path("institutions/", picker_pages.institution_picker, name="institution-picker"),
    path("regions/", picker_pages.region_picker, name="region-picker"),
]
