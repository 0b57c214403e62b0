"""Addresses of statistical tables and line lists."""

from django.urls import path

from targets.views import line_lists, tabulations

# /tables/
urlpatterns = [
    path("", tabulations.tabulation_list, name="tabulation-list"),
    path("filings/<int:filing_id>/void/", tabulations.filing_void, name="tabulation-filing-void"),
    path("lists/<slug:code>/list.xlsx", line_lists.line_list_xlsx, name="line-list-xlsx"),
    path("<slug:code>/", tabulations.tabulation_detail, name="tabulation-detail"),
    path("<slug:code>/table.xlsx", tabulations.tabulation_xlsx, name="tabulation-xlsx"),
    path("<slug:code>/archive/", tabulations.tabulation_archive, name="tabulation-archive"),
    path("<slug:code>/filings/", tabulations.filing_list, name="tabulation-filing-list"),
]
