"""Addresses of 督办."""

from django.urls import path

from targets.lists.supervisions import SUPERVISIONS
from targets.views import supervision, supervision_forms
from yiyang.listing.views import list_paths

# /supervisions/
urlpatterns = [
    *list_paths("", SUPERVISIONS),
    path("new/", supervision_forms.supervision_new, name="supervision-new"),
    path("<int:supervision_id>/", supervision.supervision_detail, name="supervision-detail"),
    path("<int:supervision_id>/step", supervision.supervision_step, name="supervision-step"),
    path(
        "<int:supervision_id>/amend/",
        supervision_forms.supervision_amend,
        name="supervision-amend",
    ),
    path("<int:supervision_id>/print/", supervision.supervision_print, name="supervision-print"),
]
