"""Addresses of the maps."""

from django.urls import path

from institutions.maps import views

# /maps/
urlpatterns = [
    path("", views.map_list, name="map-list"),
    path("new/", views.map_new, name="map-new"),
    path("<int:map_id>/", views.map_detail, name="map-detail"),
    path("<int:map_id>/confirm/", views.map_confirm, name="map-confirm"),
    path("<int:map_id>/void/", views.map_void, name="map-void"),
]
