"""Addresses of saved filters."""

from django.urls import path

from yiyang.listing import saved_views as views

# /lists/
urlpatterns = [
    path("filters/", views.saved_filter_list, name="saved-filter-list"),
    path("filters/<int:filter_id>/", views.saved_filter_change, name="saved-filter-change"),
    path("filters/<int:filter_id>/drop/", views.saved_filter_drop, name="saved-filter-drop"),
    path("<slug:code>/filters/new/", views.saved_filter_new, name="saved-filter-new"),
]
