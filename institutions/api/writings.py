"""What of this app another system may write."""

from institutions.api import writing_institutions, writing_reports
from institutions.api.reconciliations import CODE, TITLE, ReconciliationView
from institutions.api.upload_schema import ReconciliationSchema, UploadRowsSchema, UploadSchema
from institutions.api.uploads import UPLOADS, UploadListView, UploadRowsView
from yiyang.api.addresses import register_address
from yiyang.api.resources import register_read_scope, register_write_scope
from yiyang.api.views import DetailView
from yiyang.api.writing import register_writing


def join_writing() -> None:
    """Put everything that writes into the API."""
    _register_writings()
    _register_uploads()


def _register_writings() -> None:
    register_writing("institutions", writing_institutions.WRITING)
    register_writing("licences", writing_reports.LICENCES)
    register_writing("beds", writing_reports.BEDS)
    register_writing("occupancies", writing_reports.OCCUPANCIES)


def _register_uploads() -> None:
    """Whole registers, and the two lists held against each other."""
    register_read_scope(UPLOADS.code, UPLOADS.title)
    register_write_scope(UPLOADS.code, UPLOADS.title)
    register_read_scope(CODE, TITLE)
    register_address(
        "uploads/",
        UploadListView.as_view(resource=UPLOADS, schema=UploadSchema()),
        UPLOADS.url_name,
    )
    register_address(
        "uploads/<str:key>/",
        DetailView.as_view(resource=UPLOADS),
        UPLOADS.detail_name,
    )
    register_address(
        "uploads/<str:key>/rows/",
        UploadRowsView.as_view(schema=UploadRowsSchema()),
        "uploads-rows",
    )
    register_address(
        "reconciliations/<str:key>/",
        ReconciliationView.as_view(schema=ReconciliationSchema()),
        "reconciliations-detail",
    )
