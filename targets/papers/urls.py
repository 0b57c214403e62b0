"""Addresses of the archive of papers."""

from django.urls import path

from targets.lists.papers import PAPERS
from targets.views import papers
from yiyang.listing.views import list_paths

# /papers/
urlpatterns = [
    *list_paths("", PAPERS),
    path("catalogue/", papers.paper_catalogue, name="paper-catalogue"),
    path("<uuid:uid>/", papers.paper_detail, name="paper-detail"),
    path("<uuid:uid>/paper.pdf", papers.paper_pdf, name="paper-pdf"),
    path("<uuid:uid>/paper.<slug:suffix>", papers.paper_file, name="paper-file"),
]
