"""Every address of the portal, each list labelled with its prefix."""

from django.urls import include, path

from contracts.team_urls import picker_urlpatterns
from institutions.request_pages import ownership_list
from targets.views.home import home, work_source
from yiyang import views
from yiyang.api import docs as api_docs

urlpatterns = [
    path("", home, name="home"),
    path("work/<slug:source_id>/", work_source, name="work-source"),
    path("healthz", views.healthz, name="healthz"),
    path("account/", include("yiyang.access.urls")),
    path("accounts/", include("yiyang.access.account_urls")),
    path("accounts/<int:user_id>/tokens/", include("yiyang.api.page_urls")),
    path("attachments/", include("yiyang.attachments.urls")),
    path("audit/", include("yiyang.audit.urls")),
    path("targets/", include("targets.urls")),
    path("policies/", include("targets.policy_urls")),
    path("bureaus/", include("targets.bureau_urls")),
    path("quality/", include("targets.quality.urls")),
    path("papers/", include("targets.papers.urls")),
    path("editions/", include("targets.editions.urls")),
    path("bulletins/", include("targets.bulletins.urls")),
    path("api/v1/", include("yiyang.api.urls")),
    path("api/docs/", api_docs.docs, name="api-docs"),
    path("api/docs/errors/", api_docs.errors, name="api-errors"),
    path("api/openapi.yaml", api_docs.openapi, name="api-openapi"),
    path("institutions/", include("institutions.urls")),
    path("requests/", include("institutions.request_urls")),
    path("reconciliations/", include("institutions.reconciliation_urls")),
    path("ownership/", ownership_list, name="ownership-list"),
    path("pickers/", include("institutions.picker_urls")),
    path("teams/", include("contracts.team_urls")),
    path("pickers/teams/", include(picker_urlpatterns)),
    path("agreements/", include("contracts.agreement_urls")),
    path("imports/", include("institutions.imports.urls")),
    path("maps/", include("institutions.maps.urls")),
    path("persons/", include("contracts.urls")),
    path("tasks/", include("targets.taskboard.urls")),
    path("supervisions/", include("targets.supervision.urls")),
    path("proposals/", include("targets.proposals.urls")),
    path("tables/", include("targets.tabulations.urls")),
    path("mail/", include("targets.mailing.urls")),
    path("returns/", include("targets.returns.urls")),
    path("holidays/", include("yiyang.holidays.urls")),
    path("lists/", include("yiyang.listing.urls")),
    path("", include("institutions.lists.urls")),
    path("", include("contracts.lists.urls")),
]
