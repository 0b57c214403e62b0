"""Addresses of policies: reading, entering, publishing, correcting and ending them."""

from django.urls import path

from targets.views import policies

# /policies/
urlpatterns = [
    path("", policies.policy_list, name="policy-list"),
    path("<slug:slug>/", policies.policy_detail, name="policy-detail"),
    path("<slug:slug>/table/", policies.policy_table, name="policy-table"),
]
