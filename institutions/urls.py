"""Addresses of the registers of institutions."""

from django.urls import path

from institutions import grant_pages, request_pages, views

# /institutions/
urlpatterns = [
    path("<int:institution_id>/", views.institution_detail, name="institution-detail"),
    path("<int:institution_id>/request/", request_pages.request_new, name="request-new"),
    path("grants/<int:user_id>/new", grant_pages.grant_new, name="grant-new"),
    path(
        "grants/<int:user_id>/<str:kind>/<int:grant_id>/end",
        grant_pages.grant_end,
        name="grant-end",
    ),
]
