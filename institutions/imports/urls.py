"""Addresses of the import of office sheets."""

from django.urls import path

from institutions.imports import views

# /imports/
urlpatterns = [
    path("", views.import_list, name="import-list"),
    path("new/", views.import_new, name="import-new"),
    path("templates/<slug:register>.xlsx", views.import_template_xlsx, name="import-template-xlsx"),
    path("<int:batch_id>/", views.import_detail, name="import-detail"),
    path("<int:batch_id>/match/", views.import_match, name="import-match"),
    path("<int:batch_id>/confirm/", views.import_confirm, name="import-confirm"),
    path("<int:batch_id>/cancel/", views.import_cancel, name="import-cancel"),
    path("<int:batch_id>/retry/", views.import_retry, name="import-retry"),
    path("<int:batch_id>/result.xlsx", views.import_result_xlsx, name="import-result-xlsx"),
]
