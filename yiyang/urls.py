"""Every address of the portal, each list labelled with its prefix."""

from django.urls import include, path

from yiyang import views

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("account/", include("yiyang.access.urls")),
]
