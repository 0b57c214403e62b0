"""Addresses of the register of agreements."""

from django.urls import path

from contracts.views import agreements

# /agreements/
urlpatterns = [
    path("new/", agreements.agreement_new, name="agreement-new"),
    path("<int:agreement_id>/", agreements.agreement_detail, name="agreement-detail"),
    path("<int:agreement_id>/<slug:verb>/", agreements.agreement_act, name="agreement-act"),
]
