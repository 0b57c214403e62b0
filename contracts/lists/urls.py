"""Addresses of the lists of agreements, teams and sign-ups."""

from contracts.lists.agreements import AGREEMENTS
from contracts.lists.signups import SIGNUPS
from contracts.lists.teams import TEAMS
from yiyang.listing.views import list_paths

urlpatterns = [
    # /agreements/
    *list_paths("agreements/", AGREEMENTS),
    # /teams/
    *list_paths("teams/", TEAMS),
    # /signups/
    *list_paths("signups/", SIGNUPS),
]
