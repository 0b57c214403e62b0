"""Addresses of the audit."""

from django.urls import path

from yiyang.audit import views

# /audit/
urlpatterns = [
    path("", views.event_list, name="audit-list"),
    path("<int:event_id>/", views.event_detail, name="audit-detail"),
    path("events.csv", views.event_csv, name="audit-csv"),
]
