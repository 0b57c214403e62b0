"""Addresses of the tokens of one account."""

from django.urls import path

from yiyang.api import pages

# /accounts/<id>/tokens/
urlpatterns = [
    path("new", pages.token_new, name="token-new"),
    path("<int:token_id>/rotate", pages.token_rotate, name="token-rotate"),
    path("<int:token_id>/revoke", pages.token_revoke, name="token-revoke"),
]
