"""Addresses of the bureaus and their names."""

from django.urls import path

from targets.views import bureaus

# /bureaus/
urlpatterns = [
    path("", bureaus.bureau_list, name="bureau-list"),
    path("new/", bureaus.bureau_new, name="bureau-new"),
    path("<slug:code>/", bureaus.bureau_detail, name="bureau-detail"),
    path("<slug:code>/names/", bureaus.bureau_name, name="bureau-name"),
    path("<slug:code>/successor/", bureaus.bureau_successor, name="bureau-successor"),
]
