"""Addresses of the target table, the indicators and the records behind them."""

from django.urls import path

from targets.views import indicators, records, table

# /targets/
urlpatterns = [
    path("", table.table, name="target-table"),
    path("export.xlsx", table.table_xlsx, name="target-table-xlsx"),
    path("export.csv", table.table_csv, name="target-table-csv"),
    path("export.jsonl", table.table_json, name="target-table-json"),
    path("indicators/", indicators.indicator_list, name="indicator-list"),
    path("<slug:code>/", indicators.indicator_detail, name="indicator-detail"),
    path("<slug:code>/<slug:reading>/records/", records.record_list, name="record-list"),
]
