"""Addresses of 季度监测."""

from django.urls import path

from targets.lists.returns import RETURNS
from targets.views import return_corrections as corrections
from targets.views import return_forms as forms
from targets.views import return_periods as periods
from targets.views import return_sheets as sheets
from targets.views import returns
from yiyang.listing.views import list_paths

# /returns/
urlpatterns = [
    *list_paths("", RETURNS),
    path("periods/new/", periods.return_period_new, name="return-period-new"),
    path("periods/<int:period_id>/", periods.return_period, name="return-period"),
    path("editions/<int:edition_id>/", periods.return_edition, name="return-edition"),
    path("<int:return_id>/", returns.return_detail, name="return-detail"),
    path("<int:return_id>/step", returns.return_step, name="return-step"),
    path("<int:return_id>/sheet.xlsx", sheets.return_sheet_xlsx, name="return-sheet-xlsx"),
    path("<int:return_id>/sheet", sheets.return_sheet_upload, name="return-sheet-upload"),
    path("<int:return_id>/correct/", corrections.return_correct, name="return-correct"),
    path(
        "corrections/<int:correction_id>/",
        corrections.return_correction,
        name="return-correction",
    ),
    # /returns/forms/
    path("forms/", forms.return_form_list, name="return-form-list"),
    path("forms/<int:form_id>/", forms.return_form, name="return-form"),
    path("forms/<int:form_id>/version", forms.return_form_version, name="return-form-version"),
    path("forms/<int:form_id>/use", forms.return_form_use, name="return-form-use"),
    path("forms/<int:form_id>/amend/", forms.return_form_amend, name="return-form-amend"),
    path("forms/<int:form_id>/items/new/", forms.return_item_new, name="return-item-new"),
    path("items/<int:item_id>/", forms.return_item_edit, name="return-item-edit"),
    path("items/<int:item_id>/remove", forms.return_item_remove, name="return-item-remove"),
    path("forms/<int:form_id>/checks/new/", forms.return_check_new, name="return-check-new"),
    path("checks/<int:check_id>/", forms.return_check_edit, name="return-check-edit"),
    path("checks/<int:check_id>/remove", forms.return_check_remove, name="return-check-remove"),
]
