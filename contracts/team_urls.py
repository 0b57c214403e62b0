"""Addresses of the register of doctor teams."""

from django.urls import path

from contracts.views import pickers

# /pickers/teams/
picker_urlpatterns = [path("", pickers.team_picker, name="team-picker")]
