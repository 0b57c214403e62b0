"""Addresses of the register of doctor teams."""

from django.urls import path

from contracts.views import pickers, teams

# /teams/
urlpatterns = [
    path("new/", teams.team_new, name="team-new"),
    path("<int:team_id>/", teams.team_detail, name="team-detail"),
    path("<int:team_id>/rename/", teams.team_rename, name="team-rename"),
    path("<int:team_id>/end/", teams.team_end, name="team-end"),
    path("<int:team_id>/areas/new/", teams.team_area_new, name="team-area-new"),
    path("<int:team_id>/areas/<int:area_id>/end/", teams.team_area_end, name="team-area-end"),
    path(
        "<int:team_id>/areas/<int:area_id>/correct/",
        teams.team_area_correct,
        name="team-area-correct",
    ),
]

# /pickers/teams/
picker_urlpatterns = [path("", pickers.team_picker, name="team-picker")]
