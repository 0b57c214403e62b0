"""Addresses of the registers of institutions."""

from django.urls import path

from institutions import views

# /institutions/
urlpatterns = [
    path("<int:institution_id>/", views.institution_detail, name="institution-detail"),
]
