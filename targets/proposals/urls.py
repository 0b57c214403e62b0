"""Addresses of 建议提案."""

from django.urls import path

from targets.lists.proposals import PROPOSALS
from targets.views import proposal_drafts, proposal_figures, proposals
from yiyang.listing.views import list_paths

# /proposals/
urlpatterns = [
    *list_paths("", PROPOSALS),
    path("new/", proposals.proposal_new, name="proposal-new"),
    path("<int:proposal_id>/", proposals.proposal_detail, name="proposal-detail"),
    path("<int:proposal_id>/amend/", proposals.proposal_amend, name="proposal-amend"),
    path("<int:proposal_id>/step", proposals.proposal_step, name="proposal-step"),
    path("<int:proposal_id>/reply/", proposal_drafts.proposal_reply, name="proposal-reply"),
    path("<int:proposal_id>/draft/", proposal_drafts.proposal_draft, name="proposal-draft"),
    path("<int:proposal_id>/draft.docx", proposal_drafts.proposal_docx, name="proposal-docx"),
    path(
        "<int:proposal_id>/figures/new/",
        proposal_figures.proposal_figure_new,
        name="proposal-figure-new",
    ),
    path(
        "<int:proposal_id>/figures/<int:figure_id>/renew",
        proposal_figures.proposal_figure_renew,
        name="proposal-figure-renew",
    ),
    path(
        "<int:proposal_id>/figures/<int:figure_id>/drop",
        proposal_figures.proposal_figure_drop,
        name="proposal-figure-drop",
    ),
]
