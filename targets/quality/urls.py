"""Addresses of the data-quality checks."""

from django.urls import path

from targets.views import quality

# /quality/
urlpatterns = [
    path("", quality.quality_list, name="quality-list"),
    path("<slug:check_id>/", quality.quality_detail, name="quality-detail"),
    path("<slug:check_id>/export.csv", quality.quality_csv, name="quality-csv"),
]
