"""Addresses of 通报."""

from django.urls import path

from targets.lists.bulletins import BULLETINS
from targets.views import bulletin_forms, bulletin_templates, bulletins
from yiyang.listing.views import list_paths

# /bulletins/
urlpatterns = [
    *list_paths("", BULLETINS),
    path("new/", bulletin_forms.bulletin_new, name="bulletin-new"),
    path("templates/", bulletin_templates.bulletin_template_list, name="bulletin-template-list"),
    path(
        "templates/house.docx",
        bulletin_templates.bulletin_template_house,
        name="bulletin-template-house",
    ),
    path(
        "templates/<int:template_id>/template.docx",
        bulletin_templates.bulletin_template_file,
        name="bulletin-template-file",
    ),
    path(
        "templates/<int:template_id>/void",
        bulletin_templates.bulletin_template_void,
        name="bulletin-template-void",
    ),
    path("<int:bulletin_id>/", bulletins.bulletin_detail, name="bulletin-detail"),
    path("<int:bulletin_id>/step", bulletins.bulletin_step, name="bulletin-step"),
    path("<int:bulletin_id>/amend/", bulletin_forms.bulletin_amend, name="bulletin-amend"),
    path("<int:bulletin_id>/print/", bulletins.bulletin_print, name="bulletin-print"),
    path("<int:bulletin_id>/bulletin.docx", bulletins.bulletin_docx, name="bulletin-docx"),
    path("<int:bulletin_id>/bulletin.pdf", bulletins.bulletin_pdf, name="bulletin-pdf"),
]
