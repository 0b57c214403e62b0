"""Addresses of change requests and of the table of who keeps which field."""

from django.urls import path

from institutions import request_pages as pages

# /requests/
urlpatterns = [
    path("", pages.request_list, name="request-list"),
    path("differences/", pages.difference_list, name="difference-list"),
    path("<uuid:uid>/", pages.request_detail, name="request-detail"),
    path("<uuid:uid>/agree/", pages.request_agree, name="request-agree"),
    path("<uuid:uid>/return/", pages.request_return, name="request-return"),
    path("<uuid:uid>/withdraw/", pages.request_withdraw, name="request-withdraw"),
]
