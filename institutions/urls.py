"""Addresses of the registers of institutions."""

from django.urls import path

from institutions import (
    bulk_pages,
    fact_pages,
    grant_pages,
    merge_pages,
    profile_pages,
    request_pages,
    status_pages,
    views,
)

FACT = "<int:institution_id>/facts/<slug:kind>/<int:fact_id>"

# /institutions/
urlpatterns = [
    path("bulk/", bulk_pages.institution_bulk, name="institution-bulk"),
    path("bulk/write/", bulk_pages.institution_bulk_write, name="institution-bulk-write"),
    path("new/", profile_pages.institution_new, name="institution-new"),
    path("<int:institution_id>/", views.institution_detail, name="institution-detail"),
    path("merges/<int:merge_id>/", merge_pages.merge_detail, name="merge-detail"),
    path("merges/<int:merge_id>/undo/", merge_pages.merge_undo, name="merge-undo"),
    path("<int:institution_id>/merge/", merge_pages.institution_merge, name="institution-merge"),
    path("<int:institution_id>/request/", request_pages.request_new, name="request-new"),
    path("<int:institution_id>/edit/", profile_pages.institution_edit, name="institution-edit"),
    path(
        "<int:institution_id>/status/",
        status_pages.institution_status,
        name="institution-status",
    ),
    path(
        "<int:institution_id>/profiles/<int:profile_id>/void/",
        profile_pages.profile_void,
        name="profile-void",
    ),
    path("<int:institution_id>/history/", views.institution_history, name="institution-history"),
    path("<int:institution_id>/facts/<slug:kind>/new/", fact_pages.fact_new, name="fact-new"),
    path(f"{FACT}/correct/", fact_pages.fact_correct, name="fact-correct"),
    path(f"{FACT}/end/", fact_pages.fact_end, name="fact-end"),
    path(f"{FACT}/void/", fact_pages.fact_void, name="fact-void"),
    path("grants/<int:user_id>/new", grant_pages.grant_new, name="grant-new"),
    path(
        "grants/<int:user_id>/<str:kind>/<int:grant_id>/end",
        grant_pages.grant_end,
        name="grant-end",
    ),
]
