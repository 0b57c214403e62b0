"""Addresses of the API: a list and a detail for each resource, and a no for all else."""

from django.urls import path, re_path

from yiyang.api.changes import ChangesView
from yiyang.api.resources import Resource, all_resources
from yiyang.api.views import DetailView, ListView, NoSuchAddress

app_name = "api"


def paths_of(resource: Resource) -> list[object]:
    """The two addresses of one resource."""
    return [
        path(f"{resource.code}/", ListView.as_view(resource=resource), name=resource.url_name),
        path(
            f"{resource.code}/<str:key>/",
            DetailView.as_view(resource=resource),
            name=resource.detail_name,
        ),
    ]


# /api/v1/
urlpatterns = [
    path("changes/", ChangesView.as_view(), name="changes"),
    *(address for resource in all_resources() for address in paths_of(resource)),
    re_path(r"^.*$", NoSuchAddress.as_view(), name="no-such-address"),
]
