"""Addresses of signing in and out."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from yiyang.access.views import SignIn, account

# /account/
urlpatterns = [
    path("", account, name="account"),
    path("sign-in", SignIn.as_view(), name="sign-in"),
    path("sign-out", LogoutView.as_view(), name="sign-out"),
]
