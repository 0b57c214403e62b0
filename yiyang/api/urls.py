"""Addresses of the API: a list and a detail for each resource, and a no for all else."""

from django.urls import path, re_path

from yiyang.api.addresses import all_addresses
from yiyang.api.changes import ChangesView
from yiyang.api.resources import Resource, all_resources
from yiyang.api.views import DetailView, ListView, NoSuchAddress, RootView
from yiyang.api.webhooks.views import SubscriptionsView, SubscriptionView
from yiyang.api.write_views import written_views

app_name = "api"


def paths_of(resource: Resource) -> list[object]:
    """The two addresses of one resource, and those by which it is written."""
    views = written_views(resource)
    whole = views.whole or ListView.as_view(resource=resource)
    one = views.one or DetailView.as_view(resource=resource)
    paths: list[object] = [path(f"{resource.code}/", whole, name=resource.url_name)]
    if views.bulk is not None:
        paths.append(path(f"{resource.code}/bulk/", views.bulk, name=f"{resource.code}-bulk"))
    return [*paths, path(f"{resource.code}/<str:key>/", one, name=resource.detail_name)]


# /api/v1/
urlpatterns = [
    path("", RootView.as_view(), name="root"),
    path("changes/", ChangesView.as_view(), name="changes"),
    path("subscriptions/", SubscriptionsView.as_view(), name="subscriptions"),
    path("subscriptions/<str:uid>/", SubscriptionView.as_view(), name="subscription"),
    *all_addresses(),
    *(address for resource in all_resources() for address in paths_of(resource)),
    re_path(r"^.*$", NoSuchAddress.as_view(), name="no-such-address"),
]
